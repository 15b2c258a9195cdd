package io.prefstream.trainer.serve;

import io.prefstream.model.ModelBundle;
import io.prefstream.model.engine.EngineOptions;
import io.prefstream.model.engine.TextEngine;
import io.prefstream.model.kernels.EngineKernels.Weights;
import io.prefstream.trainer.ModelLocation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which model a command opens, and within which limits. */
public final class EngineArguments {
    @Option(
            names = "--model",
            required = true,
            paramLabel = "DIR",
            description =
                    "Model folder in Hugging Face layout, or the URI of a release, such as"
                            + " s3a://bucket/prefix/releases/RELEASE, which is fetched first.")
    private String given = "";

    private @Nullable Path model;

    @Option(
            names = "--device",
            defaultValue = "cpu",
            paramLabel = "DEVICE",
            description = "cpu, cuda or cuda:N. Default ${DEFAULT-VALUE}.")
    private String device = "cpu";

    @Option(
            names = "--weights",
            description =
                    "How linear layers keep their weights: ${COMPLETION-CANDIDATES}. Default"
                            + " FLOAT16, on a GPU BFLOAT16.")
    private @Nullable Weights weights;

    @Option(
            names = "--max-sequences",
            paramLabel = "N",
            description = "Texts that run at once. Default 64, on a GPU 256.")
    private @Nullable Integer maxSequences;

    @Option(
            names = "--tokens-per-step",
            paramLabel = "N",
            description = "Upper bound of the tokens of one step. Default 512, on a GPU 4096.")
    private @Nullable Integer tokensPerStep;

    @Option(
            names = "--cache-bytes",
            paramLabel = "N",
            description =
                    "Memory of the key-value cache, taken at the start. Default 256 MiB, on a GPU"
                            + " 4 GiB.")
    private @Nullable Long cacheBytes;

    @Option(
            names = "--threads",
            defaultValue = "0",
            paramLabel = "N",
            description = "Processor threads of the engine; 0 takes one for each core.")
    private int threads;

    /**
     * Loads the model.
     *
     * @param maxQueued requests in hand at most
     * @throws IllegalArgumentException if there is no model, or a limit can't be
     */
    public TextEngine open(int maxQueued) throws IOException {
        try {
            return open(folder(), name(), maxQueued);
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException("--model=" + e.getMessage(), e);
        }
    }

    /**
     * Loads a folder's model in place of the one that was given.
     *
     * @param revision told with each answer
     * @param maxQueued requests in hand at most
     * @throws IllegalArgumentException if a limit can't be, or there is no such device
     * @throws IOException if the folder's model can't be loaded
     */
    TextEngine open(Path folder, String revision, int maxQueued) throws IOException {
        EngineOptions defaults = EngineOptions.of(device);
        EngineOptions options =
                defaults.withWeights(weights == null ? defaults.weights() : weights)
                        .withLimits(
                                maxSequences == null ? defaults.maxSequences() : maxSequences,
                                tokensPerStep == null ? defaults.tokensPerStep() : tokensPerStep,
                                cacheBytes == null ? defaults.cacheBytes() : cacheBytes)
                        .withMaxQueued(maxQueued)
                        .withThreads(threads);
        return new TextEngine(folder, revision, options);
    }

    /** What answers are said to come from: the folder's name, of what a link points to. */
    public String name() throws IOException {
        return String.valueOf(folder().toRealPath().getFileName());
    }

    /**
     * The folder that was given, of releases.
     *
     * @throws IllegalArgumentException if it isn't there, or is a model's own
     */
    Path releases() {
        Path releases = Path.of(given);
        if (!Files.isDirectory(releases)) {
            throw new IllegalArgumentException(
                    "--model=%s is no folder of releases, which --follow needs".formatted(given));
        }
        if (Files.exists(releases.resolve(ModelBundle.CONFIG))) {
            throw new IllegalArgumentException(
                    "--model=%s is a model; --follow needs the folder of releases around it"
                            .formatted(given));
        }
        return releases;
    }

    /** What was given, for messages. */
    public String given() {
        return given;
    }

    /**
     * The model's folder; a release is fetched by the first call.
     *
     * @throws IllegalArgumentException if there is none
     */
    public Path folder() throws IOException {
        Path folder = model == null ? ModelLocation.folder("--model", given) : model;
        model = folder;
        return folder;
    }
}
