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
        if (pairs.isEmpty()) {
            throw new IllegalArgumentException("a batch needs at least one pair");
        }
        int responseTokens = 0;
        int tokens = 0;
        for (EncodedPair pair : pairs) {
            if (pair.overBudget()) {
                throw new IllegalArgumentException(
                        "pair of %d tokens exceeds the context of %d"
                                .formatted(pair.length(), pair.chosen().budget()));
            }
            responseTokens += pair.chosen().length() - pair.chosen().promptTokens();
            tokens += pair.chosen().length() + pair.rejected().length();
        }
        List<EncodedPair> sorted = new ArrayList<>(pairs);
        sorted.sort(Comparator.comparingInt(EncodedPair::length));
        List<List<EncodedPair>> parts = new ArrayList<>();
        int start = 0;
        for (int i = 1; i <= sorted.size(); i++) {
            if (i == sorted.size()
                    || 2L * (i + 1 - start) * padded(sorted.get(i).length()) > tokensAtOnce) {
                parts.add(List.copyOf(sorted.subList(start, i)));
                start = i;
            }
        }
        return new PairBatch(parts, pairs.size(), responseTokens, tokens);
    }

    /** Tokens that go through the model: each side as long as its micro-batch's longest. */
    public int paddedTokens() {
        int sum = 0;
        for (List<EncodedPair> pairs : microBatches) {
            int longest = pairs.get(pairs.size() - 1).length();
            sum += 2 * pairs.size() * padded(longest);
        }
        return sum;
    }

    static int padded(int length) {
        return (length + LENGTH_STEP - 1) / LENGTH_STEP * LENGTH_STEP;
    }
}
