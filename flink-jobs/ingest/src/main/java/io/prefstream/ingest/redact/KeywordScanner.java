package io.prefstream.ingest.redact;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds all occurrences of many ASCII keywords, in any case, in one pass over a text (Aho and
 * Corasick, CACM 18(6), 1975).
 *
 * <p>A dense table over the characters that occur in keywords: one look-up for each character,
 * which is what the libraries with maps in their nodes don't give. Immutable.
 *
 * @param <T> what a keyword stands for
 */
final class KeywordScanner<T> {

    /** Is told of an occurrence. */
    interface Hit<T> {
        void at(int start, int end, T value);
    }

    private record Entry<T>(int length, T value) {}

    private final byte[] classOf = new byte[128];
    private final int classes;
    private final int[] next;
    private final List<@Nullable List<Entry<T>>> entries = new ArrayList<>();

    /**
     * @param keywords in lower case; several values may have the same keyword
     */
    KeywordScanner(SortedMap<String, List<T>> keywords) {
        int count = 1;
        for (String keyword : keywords.keySet()) {
            for (int i = 0; i < keyword.length(); i++) {
                char c = keyword.charAt(i);
                if (classOf[c] == 0) {
                    classOf[c] = (byte) count;
                    classOf[Character.toString(c).toUpperCase(Locale.ROOT).charAt(0)] =
                            (byte) count;
                    count++;
                }
            }
        }
        classes = count;
        int states = 1 + keywords.keySet().stream().mapToInt(String::length).sum();
        next = new int[states * classes];
        Arrays.fill(next, -1);
        entries.addAll(Collections.nCopies(states, null));
        int used = 1;
        for (var keyword : keywords.entrySet()) {
            int state = 0;
            for (int i = 0; i < keyword.getKey().length(); i++) {
                int edge = state * classes + classOf[keyword.getKey().charAt(i)];
                if (next[edge] < 0) {
                    next[edge] = used++;
                }
                state = next[edge];
            }
            for (T value : keyword.getValue()) {
                addEntry(state, new Entry<>(keyword.getKey().length(), value));
            }
        }
        fillFailures(used);
    }

    /** Tells of each occurrence, by its end; longer keywords first. */
    void scan(String text, Hit<T> hit) {
        int state = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            state = next[state * classes + (c < 128 ? classOf[c] : 0)];
            List<Entry<T>> found = entries.get(state);
            if (found != null) {
                for (Entry<T> entry : found) {
                    hit.at(i + 1 - entry.length(), i + 1, entry.value());
                }
            }
        }
    }

    private void addEntry(int state, Entry<T> entry) {
        List<Entry<T>> there = entries.get(state);
        if (there == null) {
            there = new ArrayList<>();
            entries.set(state, there);
        }
        there.add(entry);
    }

    /** Makes each missing edge that of the longest suffix which has one, breadth first. */
    private void fillFailures(int states) {
        int[] failure = new int[states];
        Deque<Integer> queue = new ArrayDeque<>();
        for (int c = 0; c < classes; c++) {
            if (next[c] < 0) {
                next[c] = 0;
            } else {
                queue.add(next[c]);
            }
        }
        while (!queue.isEmpty()) {
            int state = queue.remove();
            List<Entry<T>> inherited = entries.get(failure[state]);
            if (inherited != null) {
                inherited.forEach(entry -> addEntry(state, entry));
            }
            for (int c = 0; c < classes; c++) {
                int edge = state * classes + c;
                int byFailure = next[failure[state] * classes + c];
                if (next[edge] < 0) {
                    next[edge] = byFailure;
                } else {
                    failure[next[edge]] = byFailure;
                    queue.add(next[edge]);
                }
            }
        }
    }
}
