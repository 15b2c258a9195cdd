package io.prefstream.model.score;

/**
 * Bounds of a scorer.
 *
 * @param maxQueuedRequests requests that may wait; a caller beyond them is blocked
 * @param maxQueuedTokens tokens that may wait, all requests together; a caller beyond them is
 *     blocked
 * @param tokensAtOnce padded tokens of one run of the model: its peak memory
 * @param threads threads of the engine that one run of the model uses; 0 leaves the choice to the
 *     engine. The engine has one setting for all threads of a process that start to compute later,
 *     so of several scorers the last one counts for those.
 */
public record ScorerOptions(
        int maxQueuedRequests, int maxQueuedTokens, int tokensAtOnce, int threads) {
    public ScorerOptions {
        if (maxQueuedRequests < 1 || maxQueuedTokens < 1 || tokensAtOnce < 1) {
            throw new IllegalArgumentException(
                    ("max-queued-requests=%d, max-queued-tokens=%d and tokens-at-once=%d must be"
                                    + " above 0")
                            .formatted(maxQueuedRequests, maxQueuedTokens, tokensAtOnce));
        }
        if (threads < 0) {
            throw new IllegalArgumentException(
                    "threads=%d must be at least 1, or 0 for the engine's own choice"
                            .formatted(threads));
        }
    }

    /** 1,024 requests or 262,144 tokens waiting, 4,096 tokens at once, the engine's threads. */
    public static ScorerOptions defaults() {
        return new ScorerOptions(1024, 262_144, 4096, 0);
    }

    public ScorerOptions withThreads(int newThreads) {
        return new ScorerOptions(maxQueuedRequests, maxQueuedTokens, tokensAtOnce, newThreads);
    }
}
