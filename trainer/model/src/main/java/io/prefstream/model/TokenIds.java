package io.prefstream.model;

import java.util.List;
import java.util.OptionalInt;

/**
 * Tokens with a role.
 *
 * @param endOfSequence any of them ends a text; the first closes the texts that are trained on
 * @param padding fills rows up; a reward model's differs from every end of sequence
 */
public record TokenIds(int beginOfSequence, List<Integer> endOfSequence, OptionalInt padding) {
    public TokenIds {
        endOfSequence = List.copyOf(endOfSequence);
        if (endOfSequence.isEmpty()) {
            throw new IllegalArgumentException("eos_token_id=[] must name a token");
        }
    }

    /** One token each. */
    public static TokenIds of(int beginOfSequence, int endOfSequence, int padding) {
        return new TokenIds(beginOfSequence, List.of(endOfSequence), OptionalInt.of(padding));
    }
}
