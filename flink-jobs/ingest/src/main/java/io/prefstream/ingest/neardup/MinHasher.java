package io.prefstream.ingest.neardup;

import io.prefstream.jobs.common.tokens.TokenHashes;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * MinHash over the shingles of a text (Broder 1997): of each of many pseudo-random orders of all
 * shingles, the smallest of this text. Two texts agree in one of them with a probability that is
 * the Jaccard similarity of their shingle sets.
 *
 * <p>A shingle is a run of n words ({@link TokenHashes}, as they are written) and is hashed to 32
 * bits; an order is {@code a·h + b mod 2³²} with odd a, compared with its sign. The inner loop is
 * over plain {@code int} arrays, four shingles at a time, so that the compiler turns it into vector
 * instructions; see {@code MinHasherBenchmark} for what that gives.
 */
final class MinHasher {

    /** Fewer words say nothing about similarity; BigCode's pipeline passes them unseen too. */
    static final int MIN_WORDS = 10;

    /** Part of the format: other orders make old signatures incomparable. */
    private static final long SEED = 0x70726566_73747265L;

    private static final long SHINGLE_PRIME = 0x9e3779b97f4a7c15L;

    private final int shingle;
    private final int[] factors;
    private final int[] addends;

    /**
     * @param permutations how many orders
     * @param shingle words of a shingle
     */
    MinHasher(int permutations, int shingle) {
        this.shingle = shingle;
        this.factors = new int[permutations];
        this.addends = new int[permutations];
        SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 0; i < permutations; i++) {
            factors[i] = random.nextInt() | 1;
            addends[i] = random.nextInt();
        }
    }

    /** The minima, one for each order; empty for a text of fewer than {@link #MIN_WORDS} words. */
    Optional<int[]> minima(String text) {
        int[] shingles = shingles(text);
        if (shingles.length == 0) {
            return Optional.empty();
        }
        int[] minima = new int[factors.length];
        java.util.Arrays.fill(minima, Integer.MAX_VALUE);
        int i = 0;
        for (; i + 4 <= shingles.length; i += 4) {
            lower(minima, shingles[i], shingles[i + 1], shingles[i + 2], shingles[i + 3]);
        }
        for (; i < shingles.length; i++) {
            lower(minima, shingles[i], shingles[i], shingles[i], shingles[i]);
        }
        return Optional.of(minima);
    }

    /** The hashes of a text's shingles, in order, repeats included; none for a short text. */
    int[] shingles(String text) {
        TokenHashes words = TokenHashes.of(text);
        if (words.size() < MIN_WORDS || words.size() < shingle) {
            return new int[0];
        }
        int[] shingles = new int[words.size() - shingle + 1];
        for (int i = 0; i < shingles.length; i++) {
            long hash = 0;
            for (int j = i; j < i + shingle; j++) {
                hash = (hash + words.at(j)) * SHINGLE_PRIME;
            }
            shingles[i] = (int) TokenHashes.mix(hash);
        }
        return shingles;
    }

    private void lower(int[] minima, int h0, int h1, int h2, int h3) {
        int[] a = factors;
        int[] b = addends;
        for (int p = 0; p < minima.length; p++) {
            int first = Math.min(a[p] * h0 + b[p], a[p] * h1 + b[p]);
            int second = Math.min(a[p] * h2 + b[p], a[p] * h3 + b[p]);
            minima[p] = Math.min(minima[p], Math.min(first, second));
        }
    }
}
