package io.prefstream.replay;

import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.OptOuts;
import io.prefstream.schemas.PreferencePair;

/**
 * Keeps what was opted out when a reader of the pair log started out of its buffer. A later opt-out
 * comes as tombstones of its pairs, in the log's order; but not of pairs that validate has
 * forgotten, and not to a reader that was away while the log lost them.
 */
public final class OptedOut {

    private final OptOuts known;

    public OptedOut(OptOuts known) {
        this.known = known;
    }

    /** Whether the pair is not to be taken in. */
    public boolean covers(PreferencePair pair) {
        CandidatePair candidate = pair.getCandidate();
        return known.covering(candidate.getRepository(), candidate.getPath()).isPresent();
    }

    /**
     * Takes out what a buffer of pairs holds of it; repositories by what is known of items in
     * memory, so that only pairs of those with an opt-out of some paths are read.
     */
    public Removed removeFrom(ReplayBuffer buffer, PairCodec codec) {
        Removed removed = new Removed(0, 0);
        if (known.isEmpty()) {
            return removed;
        }
        try (ReplayUpdate update = buffer.begin()) {
            removed =
                    update.removeRepositories(
                                    repository -> known.covering(repository, null).isPresent())
                            .plus(
                                    update.removeRepositories(
                                            known::name, bytes -> covers(codec.decode(bytes))));
            update.commit();
        }
        return removed;
    }
}
