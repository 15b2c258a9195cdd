package io.prefstream.trainer.probe;

import io.prefstream.replay.SplitMix64;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Logistic regression on the difference of two responses' n-gram counts, hashed into 2^18 weights:
 * what counting tokens can know.
 *
 * <p>The Bradley-Terry form: P(first is better) = σ(w · (φ(first) − φ(second))), without an
 * intercept, so it is indifferent to the order of the two. AdaGrad, {@value #EPOCHS} passes in an
 * order drawn by the seed. Cost: linear in the tokens; n-grams that both sides have cancel out.
 */
final class NgramProbe implements Probe {

    private static final int BUCKETS = 1 << 18;
    private static final int EPOCHS = 5;
    private static final double RATE = 0.2;
    private static final double DECAY = 1e-5;

    private final int n;
    private final long seed;
    private final float[] weights = new float[BUCKETS];
    private final float[] squares = new float[BUCKETS];

    NgramProbe(int n, long seed) {
        this.n = n;
        this.seed = seed;
    }

    @Override
    public void fit(List<Pair> pairs) {
        List<Difference> differences = new ArrayList<>(pairs.size());
        for (Pair pair : pairs) {
            differences.add(difference(pair.chosen(), pair.rejected()));
        }
        SplitMix64 random = new SplitMix64(seed);
        for (int epoch = 0; epoch < EPOCHS; epoch++) {
            shuffle(differences, random);
            for (Difference difference : differences) {
                learn(difference);
            }
        }
    }

    @Override
    public double margin(String first, String second) {
        return dot(difference(first, second));
    }

    private void learn(Difference x) {
        double error = 1 / (1 + Math.exp(dot(x)));
        for (int i = 0; i < x.buckets().length; i++) {
            int bucket = x.buckets()[i];
            double gradient = error * x.counts()[i] - DECAY * weights[bucket];
            squares[bucket] += (float) (gradient * gradient);
            weights[bucket] += (float) (RATE * gradient / (1e-6 + Math.sqrt(squares[bucket])));
        }
    }

    private double dot(Difference x) {
        double sum = 0;
        for (int i = 0; i < x.buckets().length; i++) {
            sum += weights[x.buckets()[i]] * x.counts()[i];
        }
        return sum;
    }

    /** The n-grams of which one side has more, and how many more the first has. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Difference(int[] buckets, int[] counts) {}

    private Difference difference(String first, String second) {
        Map<Integer, Integer> counts = new HashMap<>();
        count(first, 1, counts);
        count(second, -1, counts);
        counts.values().removeIf(count -> count == 0);
        int[] buckets = counts.keySet().stream().mapToInt(Integer::intValue).sorted().toArray();
        int[] values = new int[buckets.length];
        for (int i = 0; i < buckets.length; i++) {
            values[i] = counts.getOrDefault(buckets[i], 0);
        }
        return new Difference(buckets, values);
    }

    private void count(String code, int by, Map<Integer, Integer> counts) {
        List<String> tokens = CodeTokens.of(code);
        for (int i = 0; i + n <= tokens.size(); i++) {
            int hash = tokens.subList(i, i + n).hashCode() * 0x9E3779B1;
            counts.merge(hash >>> (Integer.SIZE - 18), by, Integer::sum);
        }
    }

    private static void shuffle(List<Difference> differences, SplitMix64 random) {
        for (int i = differences.size() - 1; i > 0; i--) {
            Collections.swap(differences, i, random.nextInt(i + 1));
        }
    }
}
