package io.prefstream.model;

import io.prefstream.model.tokenizer.CodeTokenizer;
import io.prefstream.schemas.PromptText;

/**
 * How a prompt and a response become one token sequence: {@code encode(prompt + "\n") +
 * encode(response) + EOS}; a prompt that ends with a line break gets no second one.
 *
 * <p>Families with a beginning of sequence have it before the prompt, once, as the texts had that
 * such a model was trained on; a prompt that brings it along (a rendered chat) gets no other.
 *
 * <p>Prompt and response are encoded apart so that a response has the same tokens after every
 * prompt. Nothing is cut: the original's cut made chosen and rejected equal for long prompts and
 * moved the reward off the end; a sequence over the budget says so instead.
 */
public final class PairEncoding {
    private final CodeTokenizer tokenizer;
    private final int eosTokenId;
    private final int budget;

    /**
     * @param eosTokenId closes every sequence; the reward is read there
     * @param budget context length in tokens, EOS included
     */
    public PairEncoding(CodeTokenizer tokenizer, int eosTokenId, int budget) {
        if (budget < 2) {
            throw new IllegalArgumentException(
                    "context length %d must be at least 2".formatted(budget));
        }
        this.tokenizer = tokenizer;
        this.eosTokenId = eosTokenId;
        this.budget = budget;
    }

    public int budget() {
        return budget;
    }

    public EncodedText encode(String prompt, String response) {
        int[] head = tokenizer.encodePrompt(PromptText.closed(prompt));
        int[] tail = tokenizer.encode(response);
        int[] ids = new int[head.length + tail.length + 1];
        System.arraycopy(head, 0, ids, 0, head.length);
        System.arraycopy(tail, 0, ids, head.length, tail.length);
        ids[ids.length - 1] = eosTokenId;
        return new EncodedText(ids, head.length, budget);
    }

    public EncodedPair encodePair(String prompt, String chosen, String rejected) {
        return new EncodedPair(encode(prompt, chosen), encode(prompt, rejected));
    }
}
