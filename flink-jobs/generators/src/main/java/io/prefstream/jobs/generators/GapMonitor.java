package io.prefstream.jobs.generators;

import io.prefstream.jobs.common.syntax.Language;
import io.prefstream.jobs.common.syntax.SyntaxTree;
import io.prefstream.jobs.generators.Writer.Answer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the strong model still writes better than the weak one: how much more often its answers
 * have an end and parse, by language, over the last {@value #WINDOW} functions.
 *
 * <p>That is the least a better model must do better, and all that can be seen without running
 * code. An alarm tells when the gap is within two standard errors of nothing, and again only after
 * it was beyond four. Safe for many threads.
 */
public final class GapMonitor {
    private static final Logger LOG = LoggerFactory.getLogger(GapMonitor.class);
    public static final int WINDOW = 200;
    private static final double CLOSED_ERRORS = 2;

    /** More than it takes to close, so that a gap at the edge is told once. */
    private static final double OPEN_ERRORS = 4;

    private final Map<Language, Deque<Integer>> differences = new EnumMap<>(Language.class);
    private final Set<Language> closed = new HashSet<>();

    /** Takes both answers to a function. */
    public void observe(Language language, Answer strong, Answer weak) {
        int difference = whole(language, strong) - whole(language, weak);
        boolean tell = false;
        double gap;
        synchronized (this) {
            Deque<Integer> window =
                    differences.computeIfAbsent(language, key -> new ArrayDeque<>());
            window.add(difference);
            if (window.size() > WINDOW) {
                window.remove();
            }
            gap = gap(language);
            if (window.size() == WINDOW) {
                double error = error(window, gap);
                if (gap <= CLOSED_ERRORS * error) {
                    tell = closed.add(language);
                } else if (gap > OPEN_ERRORS * error) {
                    closed.remove(language);
                }
            }
        }
        if (tell) {
            LOG.warn(
                    "{}: the strong model's answers are whole no more often than the weak one's"
                            + " (by {} of {} functions): its pairs say little",
                    language,
                    gap,
                    WINDOW);
        }
    }

    /** How much larger the share of whole answers is with the strong model; NaN before any. */
    public synchronized double gap(Language language) {
        Deque<Integer> window = differences.getOrDefault(language, new ArrayDeque<>());
        return window.stream().mapToInt(Integer::intValue).average().orElse(Double.NaN);
    }

    /** Whether the gap has closed. */
    public synchronized boolean isClosed(Language language) {
        return closed.contains(language);
    }

    private static double error(Deque<Integer> window, double mean) {
        double squares =
                window.stream()
                        .mapToDouble(difference -> (difference - mean) * (difference - mean))
                        .sum();
        return Math.sqrt(squares / (window.size() - 1) / window.size());
    }

    private static int whole(Language language, Answer answer) {
        if (answer.isCut()) {
            return 0;
        }
        try (SyntaxTree tree = SyntaxTree.parseFragment(language, answer.code())) {
            return tree.hasErrors() ? 0 : 1;
        }
    }
}
