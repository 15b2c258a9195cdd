package io.prefstream.synthesize;

import io.prefstream.schemas.CodeSnippet;
import io.prefstream.schemas.ContentId;
import java.io.Serializable;

/**
 * A strategy's part of the budget.
 *
 * @param name of the strategy, in kebab case
 * @param share of the snippets that suit it, in [0, 1]; which ones is decided by their ids
 * @param variants attempts for each of them, each with a seed of its own
 * @param factory of the strategy
 */
public record StrategyShare(String name, double share, int variants, StrategyFactory factory)
        implements Serializable {

    /** Whether the share has this snippet in it. */
    public boolean covers(CodeSnippet snippet, long seed) {
        return ContentId.fraction(snippet.getId(), name, Long.toString(seed)) < share;
    }

    /** The seed of an attempt. */
    public long seed(CodeSnippet snippet, int variant, long seed) {
        return ContentId.seed(
                snippet.getId(), name, Integer.toString(variant), Long.toString(seed));
    }
}
