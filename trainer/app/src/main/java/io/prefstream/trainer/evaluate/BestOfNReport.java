package io.prefstream.trainer.evaluate;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.prefstream.schemas.ContentId;
import io.prefstream.trainer.evaluate.LineChart.Line;
import io.prefstream.trainer.evaluate.LineChart.Point;
import io.prefstream.trainer.evaluate.Selection.Method;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * How often each way of choosing among n candidates is right: {@code report.json}, {@code
 * report.md}, {@code best-of-n.svg} and {@code .png}.
 *
 * @param judged how right answers were told, and what votes are counted under, in a sentence
 * @param unanswered candidates of which the rule reads no answer
 * @param estimates by n, then by method
 */
record BestOfNReport(
        String model,
        Path data,
        String task,
        String judged,
        int problems,
        Map<String, String> unscored,
        long candidates,
        long unanswered,
        List<At> estimates) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int RESAMPLES = 1_000;

    /** Everything at one n. */
    record At(int n, Map<Method, Estimate> by) {}

    /**
     * Estimates at each of {@code sizes}; same selections and seed, same numbers.
     *
     * @param draws subsets that a vote is counted on
     */
    static List<At> estimates(
            List<Selection> selections, List<Integer> sizes, int draws, long seed) {
        List<At> all = new ArrayList<>();
        for (int n : sizes) {
            Map<Method, Estimate> by = new EnumMap<>(Method.class);
            for (Method method : Method.values()) {
                double[] values = new double[selections.size()];
                for (int i = 0; i < values.length; i++) {
                    // Both votes see the same subsets.
                    values[i] = value(method, selections.get(i), n, draws, random(seed, n, i));
                }
                // All methods are resampled alike.
                by.put(method, Estimate.of(values, RESAMPLES, random(seed, n, -1)));
            }
            all.add(new At(n, by));
        }
        return all;
    }

    private static double value(
            Method method, Selection selection, int n, int draws, Random random) {
        return switch (method) {
            case BEST_OF_N -> selection.bestOf(n);
            case MAJORITY -> selection.vote(n, false, draws, random);
            case WEIGHTED -> selection.vote(n, true, draws, random);
            case ORACLE -> selection.oracle(n);
            case RANDOM -> selection.random();
        };
    }

    private static Random random(long seed, int n, int problem) {
        return new Random(
                ContentId.seed(
                        "best-of-n",
                        Long.toString(seed),
                        Integer.toString(n),
                        Integer.toString(problem)));
    }

    void write(Path out) throws IOException {
        Files.createDirectories(out);
        JSON.writerWithDefaultPrettyPrinter()
                .writeValue(out.resolve("report.json").toFile(), json());
        Files.writeString(out.resolve("report.md"), markdown());
        chart().write(out, "best-of-n");
    }

    ObjectNode json() {
        ObjectNode json = JSON.createObjectNode();
        json.put("model", model).put("data", data.toString()).put("task", task);
        json.put("judged", judged);
        json.put("problems", problems).put("candidates", candidates);
        json.put("unanswered", unanswered);
        json.set("unscored", JSON.valueToTree(unscored));
        ArrayNode rows = json.putArray("estimates");
        for (At at : estimates) {
            ObjectNode row = rows.addObject().put("n", at.n());
            at.by()
                    .forEach(
                            (method, estimate) ->
                                    row.set(
                                            method.toString().replace(' ', '_'),
                                            JSON.valueToTree(estimate)));
        }
        return json;
    }

    String markdown() {
        StringBuilder text = new StringBuilder();
        text.append("# %s: best of N on %s%n%n".formatted(model, data.getFileName()));
        text.append(
                "%,d problems of task %s, %,d left out; of %,d candidates %,d give no answer that can be read. %s In brackets 95 %% bootstrap intervals over problems.%n%n"
                        .formatted(
                                problems, task, unscored.size(), candidates, unanswered, judged));
        text.append("| N |");
        for (Method method : Method.values()) {
            text.append(" %s |".formatted(method));
        }
        text.append("\n|---|---|---|---|---|---|\n");
        for (At at : estimates) {
            text.append("| %d |".formatted(at.n()));
            for (Estimate estimate : at.by().values()) {
                text.append(
                        String.format(
                                Locale.ROOT,
                                " %.3f (%.3f to %.3f) |",
                                estimate.value(),
                                estimate.low(),
                                estimate.high()));
            }
            text.append('\n');
        }
        return text.append("\n![best of N](best-of-n.svg)\n").toString();
    }

    private LineChart chart() {
        List<Line> lines = new ArrayList<>();
        for (Method method : Method.values()) {
            List<Point> points = new ArrayList<>();
            for (At at : estimates) {
                Estimate estimate = at.by().get(method);
                if (estimate != null) {
                    points.add(
                            new Point(at.n(), estimate.value(), estimate.low(), estimate.high()));
                }
            }
            lines.add(new Line(method.toString(), points));
        }
        return new LineChart(
                "Right answers when one of N is chosen", "N", "accuracy", true, false, lines);
    }
}
