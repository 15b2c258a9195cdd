package io.prefstream.model;

import java.util.Arrays;

/**
 * Tokens of one prompt and response, end-of-sequence last; never cut.
 *
 * @param ids the tokens; treated as immutable
 * @param promptTokens how many of them are the prompt's
 * @param budget the context length that they were measured against
 */
public record EncodedText(int[] ids, int promptTokens, int budget) {
    public EncodedText {
        if (promptTokens < 1 || promptTokens >= ids.length) {
            throw new IllegalArgumentException(
                    "%d prompt tokens of %d: both prompt and response need one"
                            .formatted(promptTokens, ids.length));
        }
    }

    public int length() {
        return ids.length;
    }

    /** True when the sequence does not fit the context; a model refuses it. */
    public boolean overBudget() {
        return ids.length > budget;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof EncodedText that
                && Arrays.equals(ids, that.ids)
                && promptTokens == that.promptTokens
                && budget == that.budget;
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(ids) * 31 + promptTokens;
    }

    @Override
    public String toString() {
        return "EncodedText[%d tokens, %d of the prompt]".formatted(ids.length, promptTokens);
    }
}
