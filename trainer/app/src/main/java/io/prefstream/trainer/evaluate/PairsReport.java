package io.prefstream.trainer.evaluate;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.prefstream.trainer.Accuracy;
import io.prefstream.trainer.Calibration;
import io.prefstream.trainer.evaluate.LineChart.Line;
import io.prefstream.trainer.evaluate.LineChart.Point;
import io.prefstream.trainer.pairs.ComparisonFile;
import io.prefstream.trainer.pairs.PairFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What rewards say of comparisons: {@code report.json}, {@code report.md}, {@code calibration.svg}
 * and {@code .png}.
 *
 * @param ownGroups whether groups are the layout's own, by which a benchmark's score is told
 * @param judged what has rewards, at least one
 * @param unscored what has none, by key, and why
 */
record PairsReport(
        String model,
        Path data,
        PairFormat format,
        boolean ownGroups,
        List<Judged> judged,
        Map<String, String> unscored) {
    private static final ObjectMapper JSON = new ObjectMapper();

    void write(Path out) throws IOException {
        Files.createDirectories(out);
        JSON.writerWithDefaultPrettyPrinter()
                .writeValue(out.resolve("report.json").toFile(), json());
        Files.writeString(out.resolve("report.md"), markdown());
        chart().write(out, "calibration");
    }

    private List<Float> margins() {
        return judged.stream().flatMap(row -> row.margins().stream()).toList();
    }

    private long ties() {
        return margins().stream().filter(margin -> margin == 0).count();
    }

    private RowAccuracy accuracy() {
        return RowAccuracy.of(judged.stream().map(Judged::margins).toList());
    }

    private Calibration calibration() {
        return Calibration.of(array(margins()));
    }

    /** Of questions with options: how often the right one has the highest reward of all. */
    private Optional<Accuracy> questions() {
        boolean asked =
                format.trains() && judged.stream().anyMatch(row -> row.rejected().length > 1);
        return asked
                ? Optional.of(
                        new Accuracy(
                                judged.stream().mapToDouble(BenchmarkScores::first).sum(),
                                judged.size()))
                : Optional.empty();
    }

    private boolean scoredAs(PairFormat benchmark) {
        return ownGroups && format == benchmark;
    }

    private Map<String, RowAccuracy> groups() {
        Map<String, List<List<Float>>> margins = new TreeMap<>();
        for (Judged row : judged) {
            margins.computeIfAbsent(row.comparison().group(), name -> new ArrayList<>())
                    .add(row.margins());
        }
        Map<String, RowAccuracy> groups = new TreeMap<>();
        margins.forEach((name, rows) -> groups.put(name, RowAccuracy.of(rows)));
        return groups;
    }

    private static float[] array(List<Float> margins) {
        float[] all = new float[margins.size()];
        for (int i = 0; i < all.length; i++) {
            all[i] = margins.get(i);
        }
        return all;
    }

    ObjectNode json() {
        ObjectNode json = JSON.createObjectNode();
        json.put("model", model).put("data", data.toString()).put("format", format.toString());
        json.put("rows", judged.size());
        json.set("unscored", JSON.valueToTree(unscored));
        json.set("accuracy", JSON.valueToTree(accuracy()));
        json.put("ties", ties());
        json.set("groups", JSON.valueToTree(groups()));
        json.set("calibration", JSON.valueToTree(calibration()));
        questions().ifPresent(right -> json.set("questions", JSON.valueToTree(right)));
        if (scoredAs(PairFormat.REWARD_BENCH_2)) {
            json.set("rewardBench2", JSON.valueToTree(BenchmarkScores.rewardBench2(judged)));
        } else if (scoredAs(PairFormat.RM_BENCH)) {
            json.set("rmBench", JSON.valueToTree(BenchmarkScores.rmBench(judged)));
        }
        return json;
    }

    String markdown() {
        StringBuilder text = new StringBuilder();
        text.append("# %s on %s%n%n".formatted(model, data.getFileName()));
        text.append(
                "%,d rows of %s judged, %,d left out; %,d pairs in all, %,d ties (half right).%n%n"
                        .formatted(
                                judged.size(), format, unscored.size(), margins().size(), ties()));
        if (!unscored.isEmpty() && !format.trains()) {
            text.append(
                    "What exceeds the context is left out, which benchmarks' own programs cut:"
                            + " these scores can't be compared with others'.\n\n");
        }
        text.append(
                "| group | pairs | accuracy (95 %% interval: %s) |%n|---|---|---|%n"
                        .formatted(accuracy().interval()));
        Map<String, RowAccuracy> groups = groups();
        if (!groups.keySet().equals(Set.of(ComparisonFile.ALL))) {
            groups.forEach((name, accuracy) -> text.append(row(name, accuracy)));
        }
        text.append(row("**all**", accuracy()));
        Calibration calibration = calibration();
        text.append(
                String.format(
                        Locale.ROOT,
                        "%nExpected calibration error %.3f, Brier score %.3f, log loss %.3f.%n",
                        calibration.expectedError(),
                        calibration.brier(),
                        calibration.logLoss()));
        questions()
                .ifPresent(
                        right ->
                                text.append(
                                        String.format(
                                                Locale.ROOT,
                                                "%nOf %,d questions the right option has the"
                                                        + " highest reward of all in %.3f (%.3f to"
                                                        + " %.3f).%n",
                                                right.pairs(),
                                                right.value(),
                                                right.low(),
                                                right.high())));
        if (scoredAs(PairFormat.REWARD_BENCH_2)) {
            text.append("\n| RewardBench 2 | score |\n|---|---|\n");
            BenchmarkScores.rewardBench2(judged)
                    .forEach(
                            (name, score) ->
                                    text.append(
                                            String.format(
                                                    Locale.ROOT, "| %s | %.3f |%n", name, score)));
        } else if (scoredAs(PairFormat.RM_BENCH)) {
            text.append("\n| RM-Bench | easy | normal | hard | average |\n|---|---|---|---|---|\n");
            BenchmarkScores.rmBench(judged)
                    .forEach(
                            (name, score) ->
                                    text.append(
                                            String.format(
                                                    Locale.ROOT,
                                                    "| %s | %.3f | %.3f | %.3f | %.3f |%n",
                                                    name,
                                                    score.easy(),
                                                    score.normal(),
                                                    score.hard(),
                                                    score.average())));
        }
        return text.append("\n![calibration](calibration.svg)\n").toString();
    }

    private static String row(String name, RowAccuracy accuracy) {
        return String.format(
                Locale.ROOT,
                "| %s | %,d | %.3f (%.3f to %.3f) |%n",
                name,
                accuracy.pairs(),
                accuracy.value(),
                accuracy.low(),
                accuracy.high());
    }

    private LineChart chart() {
        List<Point> points = new ArrayList<>();
        for (Calibration.Bin bin : calibration().bins()) {
            RowAccuracy accuracy = RowAccuracy.of(inBinOf(bin));
            points.add(
                    new Point(bin.confidence(), bin.accuracy(), accuracy.low(), accuracy.high()));
        }
        return new LineChart(
                "How often a confident judgement is right",
                "confidence: σ of the margin",
                "accuracy",
                false,
                true,
                List.of(new Line("95 % interval", points)));
    }

    /** The margins of each row that are in a bin. */
    private List<List<Float>> inBinOf(Calibration.Bin bin) {
        return judged.stream()
                .map(
                        row ->
                                row.margins().stream()
                                        .filter(margin -> Calibration.bin(margin) == bin.number())
                                        .toList())
                .toList();
    }
}
