package io.prefstream.model;

/**
 * Rotary position embedding (arXiv 2104.09864): the base of its frequencies and how they are
 * stretched for long contexts.
 *
 * @param theta base of the frequencies
 */
public record Rotary(double theta, Scaling scaling) {
    public static final Scaling UNSCALED = new Linear(1);

    public Rotary {
        if (!(theta > 0) || Double.isInfinite(theta)) {
            throw new IllegalArgumentException("rope_theta=%s must be above 0".formatted(theta));
        }
    }

    public static Rotary unscaled(double theta) {
        return new Rotary(theta, UNSCALED);
    }

    /** How a frequency is changed. */
    public sealed interface Scaling {
        double apply(double frequency);
    }

    /** Positions divided by a factor (arXiv 2306.15595); a factor of 1 changes nothing. */
    public record Linear(double factor) implements Scaling {
        public Linear {
            atLeastOne("factor", factor);
        }

        @Override
        public double apply(double frequency) {
            return frequency / factor;
        }
    }

    /**
     * Llama 3.1's: wave lengths under {@code originalContext / highFactor} tokens stay, those over
     * {@code originalContext / lowFactor} are stretched by {@code factor}, between them it is
     * interpolated (transformers, {@code rope_type=llama3}).
     */
    public record Llama3(double factor, double lowFactor, double highFactor, int originalContext)
            implements Scaling {
        public Llama3 {
            atLeastOne("factor", factor);
            if (!(lowFactor > 0) || !(highFactor > lowFactor) || originalContext <= 0) {
                throw new IllegalArgumentException(
                        ("rope_scaling needs 0 < low_freq_factor=%s < high_freq_factor=%s and"
                                        + " original_max_position_embeddings=%d above 0")
                                .formatted(lowFactor, highFactor, originalContext));
            }
        }

        @Override
        public double apply(double frequency) {
            double wavesInContext = originalContext * frequency / (2 * Math.PI);
            double kept = (wavesInContext - lowFactor) / (highFactor - lowFactor);
            double share = Math.max(0, Math.min(1, kept));
            return share * frequency + (1 - share) * frequency / factor;
        }
    }

    /** Radians a position, one for each pair of a head's dimensions, fastest first. */
    public float[] inverseFrequencies(int headSize) {
        float[] frequencies = new float[headSize / 2];
        for (int i = 0; i < frequencies.length; i++) {
            frequencies[i] = (float) scaling.apply(Math.pow(theta, -2.0 * i / headSize));
        }
        return frequencies;
    }

    private static void atLeastOne(String key, double value) {
        if (!(value >= 1) || Double.isInfinite(value)) {
            throw new IllegalArgumentException(
                    "rope_scaling %s=%s must be at least 1".formatted(key, value));
        }
    }
}
