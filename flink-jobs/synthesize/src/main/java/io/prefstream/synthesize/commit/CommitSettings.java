package io.prefstream.synthesize.commit;

import java.io.Serializable;

/**
 * Which fixes become pairs.
 *
 * @param maxChangedTokens most tokens that were taken out of a function and put in, together
 * @param maxChangedFiles most files that the commit changed
 * @param maxDocChars most chars of the documentation comment in the instruction
 * @param maxInstructionChars most chars of an instruction; a longer one is no candidate
 */
public record CommitSettings(
        int maxChangedTokens, int maxChangedFiles, int maxDocChars, int maxInstructionChars)
        implements Serializable {}
