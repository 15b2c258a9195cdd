package io.prefstream.model;

/** What a decoder's hidden states are mapped to. */
public enum Heads {
    /** Logits of the next token, by {@code lm_head}. */
    LANGUAGE,
    /** One reward a sequence, by {@code score}. */
    REWARD,
    /** Both over one trunk: a preference model that is still trained. */
    BOTH;

    public boolean language() {
        return this != REWARD;
    }

    public boolean reward() {
        return this != LANGUAGE;
    }
}
