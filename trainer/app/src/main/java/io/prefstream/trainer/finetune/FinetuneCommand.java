package io.prefstream.trainer.finetune;

import io.prefstream.trainer.Progress;
import io.prefstream.trainer.pairs.PairArguments;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import sun.misc.Signal;

/** {@code finetune}; the defaults are the paper's. */
@Command(
        name = "finetune",
        sortOptions = false,
        mixinStandardHelpOptions = true,
        description = {
            "Tune a released model to a task's pairs, with the preference loss alone.",
            "Writes OUT/model in a release's layout, OUT/report.json and OUT/report.md; with"
                    + " --curve also OUT/curve.svg and .png. On standard output one JSON object an"
                    + " event."
        })
public final class FinetuneCommand implements Callable<Integer> {
    private static final double HOLDOUT = 0.1;
    private static final int SEEDS = 3;

    @Option(
            names = "--model",
            required = true,
            paramLabel = "DIR",
            description =
                    "A release, its URI, or another model's folder; where it has no reward head one"
                            + " is drawn by the seed.")
    private String model = "";

    @Option(
            names = "--pairs",
            required = true,
            paramLabel = "FILE",
            description =
                    "Pairs to train on: JSON Lines, JSON or Parquet; prompt, chosen, rejected as"
                            + " TRL has them, or CodePMP's columns, or ReClor's and LogiQA"
                            + " 2.0's own.")
    private Path pairs = Path.of("");

    @Mixin private PairArguments reading = new PairArguments();

    @Option(
            names = "--test",
            paramLabel = "FILE",
            description = "Pairs that only judge. Default: some of --pairs.")
    private @Nullable Path test;

    @Option(
            names = "--holdout",
            paramLabel = "SHARE",
            description =
                    "Share of prompts that only judge, where there is no --test and a row has no"
                            + " split. Default 0.1.")
    private @Nullable Double holdout;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Output folder.")
    private Path out = Path.of("");

    @Option(
            names = "--compare-base",
            arity = "0..1",
            fallbackValue = "",
            paramLabel = "DIR",
            description =
                    "Beside it, the same from another model's folder, such as the one that --model"
                            + " was trained from: OUT/base. Without DIR from drawn weights of the"
                            + " same configuration: OUT/from-scratch.")
    private @Nullable String compareBase;

    @Option(
            names = "--curve",
            split = ",",
            paramLabel = "N",
            description = "Also tune on samples of so many pairs, such as 100,300,1000,3000.")
    private List<Integer> curve = new ArrayList<>();

    @Option(
            names = "--seeds",
            paramLabel = "N",
            description = "Runs of each point of --curve. Default 3.")
    private @Nullable Integer seeds;

    @Option(
            names = "--seed",
            defaultValue = "1",
            paramLabel = "N",
            description =
                    "Decides order, samples and drawn weights; the curve's seeds follow it. Default"
                            + " ${DEFAULT-VALUE}.")
    private long seed;

    @Option(
            names = "--recipe",
            defaultValue = "math-shepherd",
            paramLabel = "NAME",
            description =
                    "The paper's rate and warm-up: math-shepherd (3e-7, 0.03), reclor or logiqa2"
                            + " (3e-6, 0.25). Default ${DEFAULT-VALUE}.")
    private String recipe = "";

    @Option(names = "--learning-rate", paramLabel = "X", description = "The cosine's peak.")
    private @Nullable Double learningRate;

    @Option(
            names = "--warmup",
            paramLabel = "SHARE",
            description = "Share of the steps in which the rate rises.")
    private @Nullable Double warmup;

    @Option(names = "--epochs", defaultValue = "1", description = "Default ${DEFAULT-VALUE}.")
    private int epochs;

    @Option(
            names = "--batch",
            defaultValue = "32",
            description = "Pairs a step. Default ${DEFAULT-VALUE}.")
    private int batch;

    @Option(names = "--weight-decay", defaultValue = "0", description = "Default ${DEFAULT-VALUE}.")
    private double weightDecay;

    @Option(
            names = "--clip-norm",
            defaultValue = "1",
            description = "Largest global norm of the gradient. Default ${DEFAULT-VALUE}.")
    private double clipNorm;

    @Option(
            names = "--context",
            paramLabel = "N",
            description =
                    "Tokens of prompt and response together; a longer pair is left out and counted."
                            + " Default: the paper's 1,024, or the model's where it has less.")
    private @Nullable Integer context;

    @Option(
            names = "--tokens-at-once",
            defaultValue = "4096",
            paramLabel = "N",
            description = "Bound of a micro-batch. Default ${DEFAULT-VALUE}.")
    private int tokensAtOnce;

    @Option(
            names = "--max-bad-steps",
            defaultValue = "3",
            paramLabel = "N",
            description =
                    "Steps in a row without a finite loss after which it stops. Default"
                            + " ${DEFAULT-VALUE}.")
    private int maxBadSteps;

    private final PrintStream events;

    /**
     * @param events where events go, one JSON object a line
     */
    public FinetuneCommand(PrintStream events) {
        this.events = events;
    }

    @Override
    public Integer call() throws Exception {
        Recipe paper = recipe();
        FinetuneOptions options =
                new FinetuneOptions(
                        pairs,
                        learningRate == null ? paper.learningRate() : learningRate,
                        warmup == null ? paper.warmup() : warmup,
                        epochs,
                        batch,
                        weightDecay,
                        clipNorm,
                        context,
                        tokensAtOnce,
                        maxBadSteps);
        check();
        StartingModel given = StartingModel.given(model);
        Finetuner.Plan plan =
                new Finetuner.Plan(
                        beside(given), seed, List.copyOf(new TreeSet<>(curve)), seedsOfTheCurve());
        AtomicBoolean stop = new AtomicBoolean();
        Signal.handle(new Signal("TERM"), signal -> stop.set(true));
        Signal.handle(new Signal("INT"), signal -> stop.set(true));
        new Finetuner(
                        options,
                        new TuningPairs.Source(
                                reading.reader(null), pairs, test, holdout(), given.folder()),
                        out,
                        Progress.lines(events),
                        stop::get)
                .run(plan);
        return 0;
    }

    private List<StartingModel> beside(StartingModel given) throws IOException {
        if (compareBase == null) {
            return List.of(given);
        }
        return List.of(
                given,
                compareBase.isEmpty() ? given.fromScratch() : StartingModel.base(compareBase));
    }

    private void check() {
        if (holdout != null && test != null) {
            throw new IllegalArgumentException(
                    "--holdout=%s takes some of --pairs to judge by, which --test=%s does instead: give one of them"
                            .formatted(holdout, test));
        }
        if (!(holdout() > 0 && holdout() < 1)) {
            throw new IllegalArgumentException(
                    "--holdout=%s must be between 0 and 1".formatted(holdout));
        }
        if (seeds != null && curve.isEmpty()) {
            throw new IllegalArgumentException(
                    "--seeds=%d is how often each point of --curve is run, which isn't given; --seed decides a single run"
                            .formatted(seeds));
        }
        if (seeds() < 1) {
            throw new IllegalArgumentException("--seeds=%d must be at least 1".formatted(seeds));
        }
        for (int size : curve) {
            if (size < 1) {
                throw new IllegalArgumentException("--curve=%d must be at least 1".formatted(size));
            }
        }
        if (Files.exists(out) && !Files.isDirectory(out)) {
            throw new IllegalArgumentException("--out=" + out + " is no folder");
        }
        for (String written : StartingModel.OUTPUTS) {
            if (Files.exists(out.resolve(written))) {
                throw new IllegalArgumentException(
                        "--out=%s holds %s already; choose another folder".formatted(out, written));
            }
        }
    }

    private List<Long> seedsOfTheCurve() {
        List<Long> all = new ArrayList<>();
        for (int i = 0; i < seeds(); i++) {
            all.add(seed + i);
        }
        return all;
    }

    private double holdout() {
        return holdout == null ? HOLDOUT : holdout;
    }

    private int seeds() {
        return seeds == null ? SEEDS : seeds;
    }

    private Recipe recipe() {
        try {
            return Recipe.valueOf(recipe.toUpperCase(Locale.ROOT).replace('-', '_'));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "--recipe=%s is none of %s".formatted(recipe, List.of(Recipe.values())), e);
        }
    }
}
