package io.prefstream.trainer.pretrain;

import io.prefstream.model.Precision;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import sun.misc.Signal;

/** {@code pretrain}; the defaults are those of the strong demonstration model. */
@Command(
        name = "pretrain",
        description = "Train a small language model from source code alone.",
        mixinStandardHelpOptions = true)
public final class PretrainCommand implements Callable<Integer> {
    @Option(
            names = "--sources",
            required = true,
            description = "Folder of source archives (jar, zip) and folders, one per artifact.")
    Path sources = Path.of("");

    @Option(
            names = "--out",
            required = true,
            description = "Folder of trunk, curve and model; an interrupted run goes on from it.")
    Path out = Path.of("");

    @Option(names = "--hidden", defaultValue = "256", description = "Default ${DEFAULT-VALUE}.")
    int hidden;

    @Option(
            names = "--intermediate",
            defaultValue = "768",
            description = "Default ${DEFAULT-VALUE}.")
    int intermediate;

    @Option(names = "--layers", defaultValue = "6", description = "Default ${DEFAULT-VALUE}.")
    int layers;

    @Option(names = "--heads", defaultValue = "4", description = "Default ${DEFAULT-VALUE}.")
    int heads;

    @Option(
            names = "--key-value-heads",
            defaultValue = "2",
            description = "Default ${DEFAULT-VALUE}.")
    int keyValueHeads;

    @Option(
            names = "--context",
            defaultValue = "512",
            description = "Tokens a window has. Default ${DEFAULT-VALUE}.")
    int context;

    @Option(
            names = "--held-out",
            defaultValue = "0.05",
            description = "Share of artifacts kept for evaluation. Default ${DEFAULT-VALUE}.")
    double heldOut;

    @Option(
            names = "--batch",
            defaultValue = "16",
            description = "Windows a step. Default ${DEFAULT-VALUE}.")
    int batch;

    @Option(names = "--steps", defaultValue = "3000", description = "Default ${DEFAULT-VALUE}.")
    long steps;

    @Option(
            names = "--learning-rate",
            defaultValue = "0.002",
            description = "After the warm-up. Default ${DEFAULT-VALUE}.")
    double learningRate;

    @Option(
            names = "--warmup",
            defaultValue = "100",
            description = "Steps. Default ${DEFAULT-VALUE}.")
    long warmup;

    @Option(
            names = "--decay",
            defaultValue = "0.3",
            description = "Share of the steps in which the rate falls. Default ${DEFAULT-VALUE}.")
    double decay;

    @Option(names = "--seed", defaultValue = "1", description = "Default ${DEFAULT-VALUE}.")
    long seed;

    @Option(
            names = "--evaluate-every",
            defaultValue = "100",
            description = "Steps between evaluations and trunks. Default ${DEFAULT-VALUE}.")
    long evaluateEvery;

    @Option(
            names = "--tokens-at-once",
            defaultValue = "4096",
            description = "Bound of a micro-batch. Default ${DEFAULT-VALUE}.")
    int tokensAtOnce;

    @Option(
            names = "--precision",
            defaultValue = "F32",
            description = "Of matrix products: ${COMPLETION-CANDIDATES}. Default ${DEFAULT-VALUE}.")
    Precision precision = Precision.F32;

    private final PrintStream print;

    public PretrainCommand(PrintStream print) {
        this.print = print;
    }

    @Override
    public Integer call() throws Exception {
        if (!Files.isDirectory(sources)) {
            throw new IllegalArgumentException("--sources=" + sources + " is no folder");
        }
        if (Files.exists(out) && !Files.isDirectory(out)) {
            throw new IllegalArgumentException("--out=" + out + " is no folder");
        }
        AtomicBoolean stop = new AtomicBoolean();
        Signal.handle(new Signal("TERM"), signal -> stop.set(true));
        Signal.handle(new Signal("INT"), signal -> stop.set(true));
        PretrainOptions options =
                new PretrainOptions(
                        sources,
                        out,
                        hidden,
                        intermediate,
                        layers,
                        heads,
                        keyValueHeads,
                        context,
                        heldOut,
                        batch,
                        steps,
                        learningRate,
                        warmup,
                        decay,
                        seed,
                        evaluateEvery,
                        tokensAtOnce,
                        precision);
        print.println(new Pretrainer(options, stop::get).run());
        return 0;
    }
}
