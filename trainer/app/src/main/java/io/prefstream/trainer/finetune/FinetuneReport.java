package io.prefstream.trainer.finetune;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.prefstream.trainer.ModelCard;
import io.prefstream.trainer.evaluate.LineChart;
import io.prefstream.trainer.evaluate.RowAccuracy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;

/**
 * What a tuning gave: {@code report.json}, {@code report.md} and, where there is a curve, {@code
 * curve.svg} and {@code .png}.
 *
 * @param whole runs on all pairs, one a model
 * @param curve runs on samples
 */
record FinetuneReport(
        FinetuneOptions options,
        TuningPairs.Source source,
        Finetuner.Plan plan,
        TuningPairs pairs,
        List<Finetuner.Run> whole,
        List<Finetuner.Run> curve) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * The runs of a model on as many pairs, over the seeds.
     *
     * @param deviation of a sample (n − 1); 0 for one run
     */
    record Spread(
            String model,
            int pairs,
            int runs,
            double mean,
            double deviation,
            double low,
            double high) {

        static Spread of(String model, int pairs, List<Finetuner.Run> runs) {
            DoubleSummaryStatistics all =
                    runs.stream().mapToDouble(run -> run.after().value()).summaryStatistics();
            double squares =
                    runs.stream()
                            .mapToDouble(run -> run.after().value() - all.getAverage())
                            .map(difference -> difference * difference)
                            .sum();
            return new Spread(
                    model,
                    pairs,
                    runs.size(),
                    all.getAverage(),
                    runs.size() < 2 ? 0 : Math.sqrt(squares / (runs.size() - 1)),
                    all.getMin(),
                    all.getMax());
        }
    }

    List<Spread> spreads() {
        List<Spread> spreads = new ArrayList<>();
        for (StartingModel model : plan.models()) {
            for (int size : plan.sizes()) {
                spreads.add(
                        Spread.of(
                                model.name(),
                                size,
                                curve.stream()
                                        .filter(run -> run.model().equals(model.name()))
                                        .filter(run -> run.pairs() == size)
                                        .toList()));
            }
        }
        return spreads;
    }

    void write(Path out) throws IOException {
        JSON.writerWithDefaultPrettyPrinter()
                .writeValue(out.resolve("report.json").toFile(), json());
        Files.writeString(out.resolve("report.md"), markdown());
        if (!curve.isEmpty()) {
            chart().write(out, "curve");
        }
    }

    ObjectNode json() {
        ObjectNode json = JSON.createObjectNode();
        json.set("settings", settings(options, source));
        ObjectNode models = json.putObject("models");
        plan.models().forEach(model -> models.put(model.name(), model.folder().toString()));
        json.put("trainPairs", pairs.train().size());
        json.put("testPairs", pairs.testPairs());
        json.put("overlongPairs", pairs.overlong()).put("heldOutPairs", pairs.heldOut());
        ArrayNode runs = json.putArray("runs");
        whole.forEach(run -> runs.add(json(run)));
        ArrayNode points = json.putArray("curve");
        for (Spread spread : spreads()) {
            points.addObject()
                    .put("model", spread.model())
                    .put("pairs", spread.pairs())
                    .put("runs", spread.runs())
                    .put("mean", spread.mean())
                    .put("standardDeviation", spread.deviation())
                    .put("lowest", spread.low())
                    .put("highest", spread.high());
        }
        ArrayNode curveRuns = json.putArray("curveRuns");
        curve.forEach(run -> curveRuns.add(json(run)));
        return json;
    }

    String markdown() {
        StringBuilder text = new StringBuilder("# Reward-model tuning\n\n");
        text.append(
                "%,d pairs to train on, %,d that only judge; %,d exceeded the context and were left out%s.%n%n"
                        .formatted(
                                pairs.train().size(),
                                pairs.testPairs(),
                                pairs.overlong(),
                                pairs.heldOut() == 0
                                        ? ""
                                        : ", and %,d that their split holds out"
                                                .formatted(pairs.heldOut())));
        text.append("| | |\n|---|---|\n");
        settings(options, source)
                .fields()
                .forEachRemaining(
                        field ->
                                text.append(
                                        "| %s | %s |%n"
                                                .formatted(
                                                        field.getKey(),
                                                        field.getValue().asText())));
        text.append(
                "\n| model | pairs | accuracy before | after (95 % interval) | its kind | skipped"
                        + " steps |\n"
                        + "|---|---|---|---|---|---|\n");
        for (Finetuner.Run run : whole) {
            text.append(
                    String.format(
                            Locale.ROOT,
                            "| %s | %,d | %.3f | %s | %s | %d of %d |%n",
                            run.model(),
                            run.pairs(),
                            run.before().value(),
                            interval(run.after()),
                            run.after().interval(),
                            run.outcome().skipped(),
                            run.outcome().steps()));
        }
        if (!curve.isEmpty()) {
            text.append(
                    "\n## Accuracy against number of pairs\n\nMean over %d seeds, standard deviation, lowest and highest.\n\n"
                            .formatted(plan.seeds().size()));
            text.append("| model | pairs | mean | deviation | lowest | highest |\n");
            text.append("|---|---|---|---|---|---|\n");
            for (Spread spread : spreads()) {
                text.append(
                        String.format(
                                Locale.ROOT,
                                "| %s | %,d | %.3f | %.3f | %.3f | %.3f |%n",
                                spread.model(),
                                spread.pairs(),
                                spread.mean(),
                                spread.deviation(),
                                spread.low(),
                                spread.high()));
            }
            text.append("\n![curve](curve.svg)\n");
        }
        return text.toString();
    }

    private LineChart chart() {
        List<LineChart.Line> lines = new ArrayList<>();
        List<Spread> spreads = spreads();
        for (StartingModel model : plan.models()) {
            lines.add(
                    new LineChart.Line(
                            model.name(),
                            spreads.stream()
                                    .filter(spread -> spread.model().equals(model.name()))
                                    .map(
                                            spread ->
                                                    new LineChart.Point(
                                                            spread.pairs(),
                                                            spread.mean(),
                                                            spread.low(),
                                                            spread.high()))
                                    .toList()));
        }
        return new LineChart(
                "Accuracy on held-out pairs, lowest to highest of %d seeds"
                        .formatted(plan.seeds().size()),
                "pairs tuned on",
                "accuracy",
                true,
                false,
                lines);
    }

    /** What a tuned model came from, for its folder. */
    static ObjectNode lineage(
            FinetuneOptions options,
            TuningPairs.Source source,
            StartingModel model,
            Finetuner.Run run)
            throws IOException {
        ObjectNode lineage = JSON.createObjectNode();
        lineage.put("from", model.folder().toString()).put("weightsDrawn", model.drawn());
        lineage.set("base", model.origin());
        lineage.set("settings", settings(options, source));
        lineage.set("run", json(run));
        return lineage.put("producer", "finetune/1");
    }

    /** A model card for its folder. */
    static String card(TuningPairs.Source source, StartingModel model, Finetuner.Run run) {
        String head =
                ModelCard.head(
                        null, null, List.of("prefstream", "reward-model", "preference-model"));
        return head
                + """

                # A reward model tuned on %,d pairs

                The reward of a prompt and a response is read at the last token, which is always the end token.
                Tuned with the preference loss alone from the %s model in `%s` on `%s`. `lineage.json` has the settings.

                | | |
                |---|---|
                | accuracy on held-out pairs before | %s |
                | after (95 %% interval: %s) | %s |
                """
                        .formatted(
                                run.pairs(),
                                run.model(),
                                model.given(),
                                source.pairs(),
                                interval(run.before()),
                                run.after().interval(),
                                interval(run.after()));
    }

    private static ObjectNode settings(FinetuneOptions options, TuningPairs.Source source) {
        ObjectNode settings = JSON.createObjectNode();
        settings.put("model", source.model().toString()).put("pairs", source.pairs().toString());
        if (source.test() == null) {
            settings.put("holdout", source.holdout());
        } else {
            settings.put("test", source.test().toString());
        }
        settings.put("schedule", "cosine").put("learningRate", options.learningRate());
        settings.put("warmup", options.warmup()).put("epochs", options.epochs());
        settings.put("batch", options.batch()).put("weightDecay", options.weightDecay());
        settings.put("clipNorm", options.clipNorm());
        return options.context() == null ? settings : settings.put("context", options.context());
    }

    private static ObjectNode json(Finetuner.Run run) {
        ObjectNode json =
                JSON.createObjectNode()
                        .put("model", run.model())
                        .put("pairs", run.pairs())
                        .put("seed", run.seed());
        json.set("before", JSON.valueToTree(run.before()));
        json.set("accuracy", JSON.valueToTree(run.after()));
        json.put("steps", run.outcome().steps()).put("skippedSteps", run.outcome().skipped());
        if (Double.isFinite(run.outcome().loss())) {
            json.put("lastEpochLoss", run.outcome().loss());
        }
        return json;
    }

    private static String interval(RowAccuracy accuracy) {
        return String.format(
                Locale.ROOT,
                "%.3f (%.3f to %.3f)",
                accuracy.value(),
                accuracy.low(),
                accuracy.high());
    }
}
