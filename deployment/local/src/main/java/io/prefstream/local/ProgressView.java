package io.prefstream.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One line per stage and a bar for the trainer's steps: drawn over itself on a terminal, and on
 * anything else one plain line now and then.
 */
final class ProgressView {

    private static final int BAR_CELLS = 24;
    private static final long PLAIN_EVERY_SECONDS = 10;
    private static final String CLEAR_LINE = "\u001b[2K";

    private final PrintStream out;
    private final boolean terminal;
    private int drawn;
    private long nextPlainSecond;

    ProgressView(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /**
     * What there is to show.
     *
     * @param away generators that nothing is sent to, with the requests that wait for each
     * @param trainer the trainer's last progress line; missing before the first
     * @param steps where the trainer ends, null for never
     * @param note what the trainer is doing if it makes no steps
     */
    record Moment(
            long seconds,
            TopicCounts counts,
            Map<String, Long> away,
            JsonNode trainer,
            @Nullable Long steps,
            @Nullable String note) {}

    /** Says something once, above the progress lines. */
    void say(String line) {
        erase();
        out.println(line);
        out.flush();
    }

    /** Shows how far things are. */
    void show(Moment moment) {
        if (terminal) {
            erase();
            List<String> lines = lines(moment);
            lines.forEach(out::println);
            drawn = lines.size();
            out.flush();
        } else if (moment.seconds() >= nextPlainSecond) {
            nextPlainSecond = moment.seconds() + PLAIN_EVERY_SECONDS;
            out.println(plain(moment));
            out.flush();
        }
    }

    /** From now on nothing is drawn over. */
    void end() {
        drawn = 0;
    }

    static List<String> lines(Moment moment) {
        TopicCounts counts = moment.counts();
        List<String> lines = new ArrayList<>();
        lines.add(
                "feed        %,9d events%s"
                        .formatted(
                                counts.events(),
                                counts.feedGaps() == 0
                                        ? ""
                                        : ", %,d gaps".formatted(counts.feedGaps())));
        lines.add(stage("ingest", counts.snippets(), "snippets", counts));
        lines.add(stage("synthesize", counts.candidates(), "candidates", counts));
        moment.away()
                .forEach(
                        (generator, waiting) ->
                                lines.add("            " + awaited(generator, waiting)));
        lines.add(stage("validate", counts.pairs(), "pairs", counts));
        lines.add("train       " + trainer(moment));
        return lines;
    }

    static String plain(Moment moment) {
        TopicCounts counts = moment.counts();
        StringBuilder away = new StringBuilder();
        moment.away()
                .forEach(
                        (generator, waiting) ->
                                away.append(awaited(generator, waiting)).append("; "));
        return "[%3d s] %,d events, %,d snippets, %,d candidates, %,d pairs, %,d rejections; %strain %s"
                .formatted(
                        moment.seconds(),
                        counts.events(),
                        counts.snippets(),
                        counts.candidates(),
                        counts.pairs(),
                        counts.allRejections(),
                        away,
                        trainer(moment).strip());
    }

    private static String awaited(String generator, long waiting) {
        return "generator %s is away, %,d requests wait (logs/pipeline.log)"
                .formatted(generator, waiting);
    }

    private static String stage(String stage, long out, String what, TopicCounts counts) {
        long rejected =
                counts.rejectionKinds().entrySet().stream()
                        .filter(kind -> kind.getKey().stage().equals(stage))
                        .mapToLong(Map.Entry::getValue)
                        .sum();
        return "%-12s%,9d %s, %,d rejections".formatted(stage, out, what, rejected);
    }

    private static String trainer(Moment moment) {
        JsonNode said = moment.trainer();
        long step = said.path("step").asLong();
        Long steps = moment.steps();
        StringBuilder line = new StringBuilder();
        if (steps != null) {
            line.append(bar(step, steps)).append(' ');
        }
        line.append("step %,d".formatted(step));
        if (steps != null) {
            line.append(" of %,d".formatted(steps));
        }
        append(line, "loss", said.path("loss"), "%.3f");
        append(line, "fresh pairs", said.path("prequentialAccuracy"), "%.3f");
        append(line, "holdout", said.path("holdoutAccuracy"), "%.3f");
        if (moment.note() != null) {
            line.append(", ").append(moment.note());
        }
        return line.toString();
    }

    static String bar(long done, long all) {
        int cells = (int) Math.min(BAR_CELLS, BAR_CELLS * done / Math.max(1, all));
        return "[" + "#".repeat(cells) + "-".repeat(BAR_CELLS - cells) + "]";
    }

    private static void append(StringBuilder line, String name, JsonNode value, String format) {
        if (value.isNumber()) {
            line.append(", ")
                    .append(name)
                    .append(' ')
                    .append(String.format(Locale.ROOT, format, value.asDouble()));
        }
    }

    private void erase() {
        if (drawn > 0) {
            out.print("\u001b[" + drawn + "A");
            for (int i = 0; i < drawn; i++) {
                out.print(CLEAR_LINE + "\n");
            }
            out.print("\u001b[" + drawn + "A");
            drawn = 0;
        }
    }
}
