package io.prefstream.synthesize.mutation;

import java.io.Serializable;

/**
 * How pairs are made by mutation.
 *
 * @param neutralShare share of pairs in [0, 1] whose sides hold the same tokens; the others come
 *     from substitutions, as far as a snippet has any that is allowed
 * @param maxEdits most edits per pair, at least 1
 * @param maxDocChars most chars of the documentation comment in the instruction
 * @param maxInstructionChars most chars of an instruction; a longer one is no candidate
 */
public record MutationSettings(
        double neutralShare, int maxEdits, int maxDocChars, int maxInstructionChars)
        implements Serializable {

    public MutationSettings {
        require(
                neutralShare >= 0 && neutralShare <= 1,
                "synthesize.mutation.neutral-share=" + neutralShare + " must be from 0 to 1");
        require(maxEdits >= 1, "synthesize.mutation.max-edits=" + maxEdits + " must be at least 1");
        require(
                maxDocChars >= 0,
                "synthesize.instruction.max-doc-chars=" + maxDocChars + " must be at least 0");
        require(
                maxInstructionChars >= 1,
                "synthesize.instruction.max-chars=" + maxInstructionChars + " must be at least 1");
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }
}
