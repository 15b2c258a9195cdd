package io.prefstream.synthesize;

import io.prefstream.schemas.CandidatePair;

/** What came of trying to make a pair. */
public sealed interface Attempt {

    /** A pair, not yet validated. */
    record Candidate(CandidatePair pair) implements Attempt {}

    /**
     * No pair.
     *
     * @param detail one line in words
     */
    record NoCandidate(SynthesizeReason reason, String detail) implements Attempt {}
}
