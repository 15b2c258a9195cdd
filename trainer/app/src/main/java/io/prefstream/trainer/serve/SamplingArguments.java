package io.prefstream.trainer.serve;

import io.prefstream.generation.Sampling;
import picocli.CommandLine.Option;

/** How a command chooses tokens. */
final class SamplingArguments {
    @Option(
            names = "--temperature",
            defaultValue = "1",
            paramLabel = "T",
            description = "0 takes the most likely token. Default ${DEFAULT-VALUE}.")
    private double temperature;

    @Option(
            names = "--top-p",
            defaultValue = "1",
            paramLabel = "P",
            description = "The fewest tokens of this probability. Default ${DEFAULT-VALUE}, all.")
    private double topP;

    @Option(
            names = "--top-k",
            defaultValue = "0",
            paramLabel = "K",
            description = "So many of the most likely tokens. Default ${DEFAULT-VALUE}, all.")
    private int topK;

    @Option(
            names = "--min-p",
            defaultValue = "0",
            paramLabel = "P",
            description =
                    "Share of the likeliest token's probability that a token needs. Default"
                            + " ${DEFAULT-VALUE}.")
    private double minP;

    @Option(
            names = "--repetition-penalty",
            defaultValue = "1",
            paramLabel = "R",
            description = "Above 1 makes tokens that occurred less likely. Default 1.")
    private double repetitionPenalty;

    /**
     * The choice that was made of them.
     *
     * @throws IllegalArgumentException if a value can't be
     */
    Sampling sampling() {
        return new Sampling(temperature, topP, topK, minP, repetitionPenalty);
    }
}
