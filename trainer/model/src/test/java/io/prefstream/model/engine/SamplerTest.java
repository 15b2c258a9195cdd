package io.prefstream.model.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.prefstream.generation.Sampling;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Probabilities 0.5, 0.2, 0.15, 0.1, 0.05 of the tokens 3, 0, 4, 1, 2. */
class SamplerTest {
    private static final float[] P = {0.2f, 0.1f, 0.05f, 0.5f, 0.15f};

    @Test
    void drawsFollowTheDistribution() {
        int[] counts = new int[P.length];
        int draws = 40_000;
        for (int i = 0; i < draws; i++) {
            counts[Sampler.choose(P, Sampling.temperature(1), Sampler.uniform(7, i))]++;
        }
        for (int token = 0; token < P.length; token++) {
            // Five standard deviations of a binomial share are at most 0.0125.
            assertThat(counts[token] / (double) draws).isCloseTo(P[token], within(0.0125));
        }
    }

    /** Of a vocabulary of several blocks and a rest, a third of it impossible. */
    @Test
    void theTokenDrawnIsWhereTheSumPassesTheNumber() {
        Random random = new Random(3);
        float[] weights = new float[1_000];
        double mass = 0;
        for (int i = 0; i < weights.length; i++) {
            weights[i] = random.nextInt(3) == 0 ? 0 : (float) Math.exp(4 * random.nextGaussian());
            mass += weights[i];
        }
        double[] before = new double[weights.length + 1];
        for (int i = 0; i < weights.length; i++) {
            weights[i] /= (float) mass;
            before[i + 1] = before[i] + weights[i];
        }
        for (int i = 0; i < 20_000; i++) {
            double uniform = random.nextDouble();
            int token = Sampler.choose(weights, Sampling.temperature(1), uniform);
            assertThat(weights[token]).isPositive();
            assertThat(uniform).isBetween(before[token] - 1e-9, before[token + 1] + 1e-6);
        }
    }

    @Test
    void whatTopKTopPAndMinPKeep() {
        assertThat(kept(new Sampling(1, 1, 2, 0, 1))).containsExactly(0, 3);
        assertThat(kept(new Sampling(1, 0.5, 0, 0, 1))).containsExactly(3);
        assertThat(kept(new Sampling(1, 0.69, 0, 0, 1))).containsExactly(0, 3);
        assertThat(kept(new Sampling(1, 0.71, 0, 0, 1))).containsExactly(0, 3, 4);
        assertThat(kept(new Sampling(1, 1, 0, 0.3, 1))).containsExactly(0, 3, 4);
        assertThat(kept(new Sampling(1, 1, 0, 0.35, 1))).containsExactly(0, 3);
        // Top-p counts in what top-k left: of 0.5 and 0.2, 0.5 is 71 %.
        assertThat(kept(new Sampling(1, 0.7, 2, 0, 1))).containsExactly(3);
        assertThat(kept(new Sampling(1, 1, 1, 0, 1))).containsExactly(3);
    }

    @Test
    void anUnlikelyTokenIsNotDrawnThroughRounding() {
        float[] certain = {0, 1, 0};
        for (double uniform : new double[] {0, 0.5, Math.nextDown(1.0)}) {
            assertThat(Sampler.choose(certain, Sampling.temperature(1), uniform)).isEqualTo(1);
            assertThat(Sampler.choose(certain, new Sampling(1, 0.9, 2, 0, 1), uniform))
                    .isEqualTo(1);
        }
    }

    private static Set<Integer> kept(Sampling sampling) {
        Set<Integer> kept = new TreeSet<>();
        for (int i = 0; i < 1_000; i++) {
            kept.add(Sampler.choose(P, sampling, i / 1_000.0));
        }
        return kept;
    }
}
