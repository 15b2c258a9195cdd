package io.prefstream.generation;

import java.io.Serializable;

/**
 * How the next token is chosen from the model's distribution, in this order: repetition penalty,
 * temperature, top-k, top-p, min-p.
 *
 * @param temperature 0 takes the most likely token, as does one below 1e-5, by which logits can't
 *     be divided; 1 leaves the distribution as it is
 * @param topP smallest set of the most likely tokens with at least this probability; 1 keeps all
 * @param topK so many of the most likely tokens; 0 keeps all
 * @param minP share of the most likely token's probability that a token must have; 0 keeps all
 * @param repetitionPenalty divides positive logits of tokens that have occurred and multiplies
 *     negative ones (arXiv 1909.05858); 1 changes nothing
 */
public record Sampling(
        double temperature, double topP, int topK, double minP, double repetitionPenalty)
        implements Serializable {
    private static final double LEAST_TEMPERATURE = 1e-5;

    public static final Sampling GREEDY = new Sampling(0, 1, 0, 0, 1);

    public Sampling {
        if (!(temperature >= 0 && temperature <= 100)) {
            throw new IllegalArgumentException(
                    "temperature=%s must be from 0 to 100".formatted(temperature));
        }
        if (!(topP > 0 && topP <= 1)) {
            throw new IllegalArgumentException("top_p=%s must be in (0, 1]".formatted(topP));
        }
        if (topK < 0) {
            throw new IllegalArgumentException("top_k=%d must be at least 0".formatted(topK));
        }
        if (!(minP >= 0 && minP <= 1)) {
            throw new IllegalArgumentException("min_p=%s must be from 0 to 1".formatted(minP));
        }
        if (!(repetitionPenalty > 0 && repetitionPenalty <= 100)) {
            throw new IllegalArgumentException(
                    "repetition_penalty=%s must be in (0, 100]".formatted(repetitionPenalty));
        }
    }

    /** The whole distribution at this temperature. */
    public static Sampling temperature(double temperature) {
        return new Sampling(temperature, 1, 0, 0, 1);
    }

    /** Whether the choice is the most likely token's. */
    public boolean greedy() {
        return temperature < LEAST_TEMPERATURE;
    }
}
