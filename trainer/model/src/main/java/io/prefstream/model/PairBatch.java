package io.prefstream.model;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Pairs of one training step, cut into micro-batches of like length.
 *
 * <p>Sorting by length before cutting keeps padding small, and a micro-batch that fits the caches
 * is faster than one that does not; gradients of the micro-batches add up to exactly the batch's,
 * because each is weighted with the whole batch's counts.
 *
 * @param microBatches what is run at once, longest last
 * @param pairs pairs in all
 * @param responseTokens chosen response tokens in all, EOS included: what the language loss is a
 *     mean over
 * @param tokens real tokens of both sides in all
 */
public record PairBatch(
        List<List<EncodedPair>> microBatches, int pairs, int responseTokens, int tokens) {
    /** Sequences are padded to a multiple of this, so that few shapes occur. */
    static final int LENGTH_STEP = 16;

    public PairBatch {
        microBatches = List.copyOf(microBatches);
    }

    /**
     * @param tokensAtOnce upper bound of a micro-batch's padded tokens; a single longer pair runs
     *     alone
     */
    public static PairBatch of(List<EncodedPair> pairs, int tokensAtOnce) {
        return of(pairs, tokensAtOnce, 1);
    }

    /**
     * As {@link #of(List, int)}, with micro-batches enough for so many devices where there are the
     * pairs for it.
     */
    public static PairBatch of(List<EncodedPair> pairs, int tokensAtOnce, int devices) {
        if (pairs.isEmpty()) {
            throw new IllegalArgumentException("a batch needs at least one pair");
        }
        int responseTokens = 0;
        int tokens = 0;
        long padded = 0;
        for (EncodedPair pair : pairs) {
            if (pair.overBudget()) {
                throw new IllegalArgumentException(
                        "pair of %d tokens exceeds the context of %d"
                                .formatted(pair.length(), pair.chosen().budget()));
            }
            responseTokens += pair.chosen().length() - pair.chosen().promptTokens();
            tokens += pair.tokens();
            padded += 2L * padded(pair.length());
        }
        long atOnce =
                devices == 1
                        ? tokensAtOnce
                        : Math.min(tokensAtOnce, (padded + devices - 1) / devices);
        List<EncodedPair> sorted = new ArrayList<>(pairs);
        sorted.sort(Comparator.comparingInt(EncodedPair::length));
        List<List<EncodedPair>> parts = new ArrayList<>();
        int start = 0;
        for (int i = 1; i <= sorted.size(); i++) {
            if (i == sorted.size()
                    || 2L * (i + 1 - start) * padded(sorted.get(i).length()) > atOnce) {
                parts.add(List.copyOf(sorted.subList(start, i)));
                start = i;
            }
        }
        return new PairBatch(parts, pairs.size(), responseTokens, tokens);
    }

    /** Tokens that go through the model: each side as long as its micro-batch's longest. */
    public int paddedTokens() {
        return microBatches.stream().mapToInt(pairs -> paddedTokens(pairs)).sum();
    }

    /** The micro-batches that one device works on, in order. */
    record Share(List<List<EncodedPair>> microBatches) {}

    /**
     * The micro-batches spread over devices: the largest that is left to whoever has the fewest
     * padded tokens.
     */
    List<Share> shares(int devices) {
        if (devices == 1) {
            return List.of(new Share(microBatches));
        }
        List<List<EncodedPair>> largestFirst = new ArrayList<>(microBatches);
        largestFirst.sort(Comparator.comparingInt((List<EncodedPair> p) -> -paddedTokens(p)));
        List<Share> shares = new ArrayList<>();
        for (int i = 0; i < devices; i++) {
            shares.add(new Share(new ArrayList<>()));
        }
        long[] tokens = new long[devices];
        for (List<EncodedPair> pairs : largestFirst) {
            int least = 0;
            for (int i = 1; i < devices; i++) {
                least = tokens[i] < tokens[least] ? i : least;
            }
            shares.get(least).microBatches().add(pairs);
            tokens[least] += paddedTokens(pairs);
        }
        return shares;
    }

    private static int paddedTokens(List<EncodedPair> pairs) {
        int longest = pairs.get(pairs.size() - 1).length();
        return 2 * pairs.size() * padded(longest);
    }

    static int padded(int length) {
        return (length + LENGTH_STEP - 1) / LENGTH_STEP * LENGTH_STEP;
    }
}
