package io.prefstream.model.score;

/**
 * Bounds of a scorer.
 *
 * @param maxQueuedRequests requests that may wait; a caller beyond them is blocked
 * @param maxQueuedTokens tokens that may wait, all requests together; a caller beyond them is
 *     blocked
 * @param tokensAtOnce padded tokens of one run of the model: its peak memory
 */
public record ScorerOptions(int maxQueuedRequests, int maxQueuedTokens, int tokensAtOnce) {
    public ScorerOptions {
        if (maxQueuedRequests < 1 || maxQueuedTokens < 1 || tokensAtOnce < 1) {
            throw new IllegalArgumentException(
                    ("max-queued-requests=%d, max-queued-tokens=%d and tokens-at-once=%d must be"
                                    + " above 0")
                            .formatted(maxQueuedRequests, maxQueuedTokens, tokensAtOnce));
        }
    }

    /** 1,024 requests or 262,144 tokens waiting, 4,096 tokens at once. */
    public static ScorerOptions defaults() {
        return new ScorerOptions(1024, 262_144, 4096);
    }
}
