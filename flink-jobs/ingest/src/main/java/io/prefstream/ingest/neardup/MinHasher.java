package io.prefstream.ingest.neardup;

import io.prefstream.jobs.common.tokens.TokenHashes;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * MinHash over the shingles of a text (Broder 1997): of each of many pseudo-random orders of all
 * shingles, the smallest of this text. Two texts agree in one of them with a probability that is
 * the Jaccard similarity of their shingle sets.
 *
 * <p>A shingle is a run of n words ({@link TokenHashes}, as they are written) and is hashed to 32
 * bits; an order is that of the upper 31 bits of {@code a·h + b mod 2³²} with odd a. The inner loop
 * is over plain {@code int} arrays and without a branch, for the compiler to vectorise; see {@code
 * MinHasherBenchmark} for what that gives.
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
        Arrays.fill(minima, Integer.MAX_VALUE);
        for (int shingleHash : shingles) {
            lower(minima, factors, addends, shingleHash);
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

    /**
     * Takes a shingle into account. {@code Math.min} says the same and took more than twice as long
     * on Java 17; so did two or four shingles at a time.
     */
    private static void lower(int[] minima, int[] a, int[] b, int hash) {
        for (int p = 0; p < minima.length; p++) {
            int difference = ((a[p] * hash + b[p]) >>> 1) - minima[p];
            minima[p] += difference & (difference >> 31);
        }
    }
}
