package io.prefstream.model.engine;

import io.prefstream.generation.Sampling;
import java.util.Arrays;

/**
 * Chooses a token from a row of probabilities. The only randomness is one uniform number, made from
 * seed and position alone.
 */
final class Sampler {
    private static final int BLOCK = 64;

    private Sampler() {}

    /** Uniform in [0, 1), the same for the same seed and position (SplitMix64's mixing). */
    static double uniform(long seed, int position) {
        long z = mix(seed + 0x9E3779B97F4A7C15L) + (position + 1) * 0x9E3779B97F4A7C15L;
        return (mix(z) >>> 11) * 0x1p-53;
    }

    /**
     * @param probabilities at the temperature: [vocabulary]; none is below 0, their sum is 1
     * @param uniform in [0, 1)
     */
    static int choose(float[] probabilities, Sampling sampling, double uniform) {
        if (sampling.topK() == 0 && sampling.topP() == 1 && sampling.minP() == 0) {
            return draw(probabilities, uniform);
        }
        int[] kept = candidates(probabilities, sampling);
        double mass = 0;
        for (int token : kept) {
            mass += probabilities[token];
        }
        double target = uniform * mass;
        double sum = 0;
        for (int token : kept) {
            sum += probabilities[token];
            if (target < sum) {
                return token;
            }
        }
        return kept[kept.length - 1];
    }

    /**
     * Walks through blocks, whose four sums don't wait for each other, then through one of them.
     */
    private static int draw(float[] probabilities, double uniform) {
        double sum = 0;
        int start = 0;
        while (start + BLOCK <= probabilities.length) {
            double after = sum + blockSum(probabilities, start);
            if (uniform < after) {
                break;
            }
            sum = after;
            start += BLOCK;
        }
        for (int token = start; token < probabilities.length; token++) {
            sum += probabilities[token];
            if (uniform < sum) {
                return token;
            }
        }
        return lastPossible(probabilities);
    }

    private static double blockSum(float[] probabilities, int start) {
        double a = 0;
        double b = 0;
        double c = 0;
        double d = 0;
        for (int i = start; i < start + BLOCK; i += 4) {
            a += probabilities[i];
            b += probabilities[i + 1];
            c += probabilities[i + 2];
            d += probabilities[i + 3];
        }
        return (a + b) + (c + d);
    }

    /** When rounding left the sum of all below the number drawn. */
    private static int lastPossible(float[] probabilities) {
        int token = probabilities.length - 1;
        while (token > 0 && probabilities[token] == 0) {
            token--;
        }
        return token;
    }

    /** Tokens that top-k, top-p and min-p leave, most likely first, of equals the lower one. */
    private static int[] candidates(float[] probabilities, Sampling sampling) {
        float best = 0;
        for (float p : probabilities) {
            best = Math.max(best, p);
        }
        // A token below (1 - top-p) / (n - 1) is in no smallest set of mass top-p.
        double floor =
                Math.max(
                        best * sampling.minP(),
                        (1 - sampling.topP()) / Math.max(1, probabilities.length - 1));
        long[] order = new long[probabilities.length];
        int count = 0;
        for (int token = 0; token < probabilities.length; token++) {
            float p = probabilities[token];
            if (p > 0 && (p >= floor || p == best)) {
                // Bits of a positive float sort as the float does.
                order[count++] = ((long) ~Float.floatToIntBits(p)) << 32 | token;
            }
        }
        Arrays.sort(order, 0, count);
        int kept = sampling.topK() == 0 ? count : Math.min(count, sampling.topK());
        double wanted = sampling.topP();
        if (sampling.topK() > 0) {
            double mass = 0;
            for (int i = 0; i < kept; i++) {
                mass += probabilities[(int) order[i]];
            }
            wanted *= mass;
        }
        int[] tokens = new int[kept];
        double sum = 0;
        int size = 0;
        while (size < kept) {
            int token = (int) order[size];
            tokens[size++] = token;
            sum += probabilities[token];
            if (sampling.topP() < 1 && sum >= wanted) {
                break;
            }
        }
        return Arrays.copyOf(tokens, size);
    }

    private static long mix(long z) {
        long a = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        long b = (a ^ (a >>> 27)) * 0x94D049BB133111EBL;
        return b ^ (b >>> 31);
    }
}
