package io.prefstream.trainer.finetune;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.prefstream.schemas.PreferencePair;
import io.prefstream.trainer.CheckpointFolder;
import io.prefstream.trainer.Learner;
import io.prefstream.trainer.ModelLearner;
import io.prefstream.trainer.Progress;
import io.prefstream.trainer.evaluate.RowAccuracy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Tunes a model on all pairs, and on samples of them for the curve of accuracy against number of
 * pairs; each beside the same from another model or from drawn weights where asked for.
 *
 * <p>{@code OUT/model} (and {@code OUT/base} or {@code OUT/from-scratch}) appear as a whole, in a
 * release's layout; {@code OUT/report.json}, {@code report.md} and {@code curve.svg} follow.
 */
final class Finetuner {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int TELL_EVERY = 20;

    private final FinetuneOptions options;
    private final TuningPairs.Source source;
    private final Path out;
    private final Path work;
    private final Progress progress;
    private final Tuning tuning;

    /**
     * @param out where models and reports go
     * @param progress hears of each run and of every twentieth step
     * @param stopped asked before every step
     */
    Finetuner(
            FinetuneOptions options,
            TuningPairs.Source source,
            Path out,
            Progress progress,
            BooleanSupplier stopped) {
        this.options = options;
        this.source = source;
        this.out = out;
        this.work = out.resolve(".finetune-work");
        this.progress = progress;
        this.tuning = new Tuning(options, stopped);
    }

    /**
     * What is to be tuned.
     *
     * @param models the given one first
     * @param seed of the runs on all pairs, whose models are kept
     * @param sizes of the curve, none for no curve
     * @param seeds of each point of the curve
     */
    record Plan(List<StartingModel> models, long seed, List<Integer> sizes, List<Long> seeds) {
        Plan {
            models = List.copyOf(models);
            sizes = List.copyOf(sizes);
            seeds = List.copyOf(seeds);
        }
    }

    /**
     * One run and its result.
     *
     * @param pairs trained on
     * @param before accuracy before the first step
     */
    record Run(
            String model,
            int pairs,
            long seed,
            RowAccuracy before,
            RowAccuracy after,
            Tuning.Outcome outcome) {}

    /**
     * Everything.
     *
     * @throws IllegalArgumentException if model or pairs can't be used, before anything is tuned
     */
    FinetuneReport run(Plan plan) throws IOException {
        Files.createDirectories(out);
        CheckpointFolder.delete(work);
        try {
            TuningPairs pairs = read(plan);
            progress.tell(
                    JSON.createObjectNode()
                            .put("event", "pairs")
                            .put("train", pairs.train().size())
                            .put("test", pairs.testPairs())
                            .put("overlong", pairs.overlong())
                            .put("heldOut", pairs.heldOut()));
            List<Run> curve = new ArrayList<>();
            for (int size : plan.sizes()) {
                for (long seed : plan.seeds()) {
                    for (StartingModel model : plan.models()) {
                        List<PreferencePair> some = Tuning.sample(pairs.train(), size, seed);
                        curve.add(tune(model, some, pairs.test(), seed, false));
                    }
                }
            }
            List<Run> whole = new ArrayList<>();
            for (StartingModel model : plan.models()) {
                whole.add(tune(model, pairs.train(), pairs.test(), plan.seed(), true));
            }
            FinetuneReport report = new FinetuneReport(options, source, plan, pairs, whole, curve);
            report.write(out);
            return report;
        } finally {
            CheckpointFolder.delete(work);
        }
    }

    /** Pairs that fit all models: they are compared on the same ones. */
    private TuningPairs read(Plan plan) throws IOException {
        TuningPairs pairs;
        try (Learner learner = open(plan.models().get(0), plan.seed())) {
            pairs = TuningPairs.read(source, learner);
        }
        for (StartingModel other : plan.models().subList(1, plan.models().size())) {
            try (Learner learner = open(other, plan.seed())) {
                pairs = pairs.thatFit(source, learner);
            }
        }
        for (int size : plan.sizes()) {
            if (size > pairs.train().size()) {
                throw new IllegalArgumentException(
                        "--curve=%,d: %s has %,d pairs to train on"
                                .formatted(size, source.pairs(), pairs.train().size()));
            }
        }
        return pairs;
    }

    private Learner open(StartingModel model, long seed) throws IOException {
        CheckpointFolder.delete(work);
        Path folder = model.at(work.resolve("initial"), seed);
        return ModelLearner.create(options.learner(folder, work.resolve("learner"), seed));
    }

    private Run tune(
            StartingModel model,
            List<PreferencePair> train,
            List<List<PreferencePair>> test,
            long seed,
            boolean keep)
            throws IOException {
        try (Learner learner = open(model, seed)) {
            RowAccuracy before = tuning.judge(learner, test);
            ObjectNode about =
                    JSON.createObjectNode()
                            .put("model", model.name())
                            .put("pairs", train.size())
                            .put("seed", seed);
            Tuning.Outcome outcome =
                    tuning.run(
                            learner,
                            train,
                            seed,
                            (step, steps, result, rate) -> {
                                if (step % TELL_EVERY == 0 || step == steps) {
                                    progress.tell(
                                            event("step", about)
                                                    .put("step", step)
                                                    .put("steps", steps)
                                                    .put("loss", result.rewardLoss())
                                                    .put("learningRate", rate));
                                }
                            });
            RowAccuracy after = tuning.judge(learner, test);
            progress.tell(
                    event("tuned", about)
                            .put("skippedSteps", outcome.skipped())
                            .put("accuracyBefore", before.value())
                            .put("accuracy", after.value()));
            Run run = new Run(model.name(), train.size(), seed, before, after, outcome);
            if (keep) {
                export(model, learner, run);
            }
            return run;
        }
    }

    private void export(StartingModel model, Learner learner, Run run) throws IOException {
        String name = model.output();
        try (CheckpointFolder.Unfinished unfinished = new CheckpointFolder(out).begin(name)) {
            learner.export(unfinished.path());
            ObjectNode lineage = FinetuneReport.lineage(options, source, model, run);
            JSON.writerWithDefaultPrettyPrinter()
                    .writeValue(unfinished.path().resolve("lineage.json").toFile(), lineage);
            Files.writeString(
                    unfinished.path().resolve("README.md"),
                    FinetuneReport.card(source, model, run));
            unfinished.seal();
            Path path = unfinished.replace(name);
            progress.tell(JSON.createObjectNode().put("event", "model").put("path", "" + path));
        }
    }

    private static ObjectNode event(String name, ObjectNode about) {
        ObjectNode event = JSON.createObjectNode().put("event", name);
        event.setAll(about);
        return event;
    }
}
