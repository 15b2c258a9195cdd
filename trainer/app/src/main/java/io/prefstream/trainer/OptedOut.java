package io.prefstream.trainer;

import io.prefstream.replay.ReplayUpdate;
import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.OptOuts;
import io.prefstream.schemas.PreferencePair;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what was opted out when the trainer started out of table and holdout. A later opt-out comes
 * as tombstones of its pairs, in the log's order; but not of pairs that validate has forgotten, and
 * not to a trainer that was away while the log lost them.
 */
final class OptedOut {

    private static final Logger LOG = LoggerFactory.getLogger(OptedOut.class);

    private final OptOuts known;

    OptedOut(OptOuts known) {
        this.known = known;
    }

    boolean covers(PreferencePair pair) {
        CandidatePair candidate = pair.getCandidate();
        return known.covering(candidate.getRepository(), candidate.getPath()).isPresent();
    }

    /**
     * Takes out what a trunk holds of it; repositories by the table's index, so that only pairs of
     * those with an opt-out of some paths are read.
     */
    void removeFrom(Trunk trunk) {
        if (known.isEmpty()) {
            return;
        }
        long removed = 0;
        try (ReplayUpdate update = trunk.table().begin()) {
            for (String repository : trunk.table().repositories()) {
                if (known.covering(repository, null).isPresent()) {
                    removed += update.removeRepository(repository);
                } else if (known.name(repository)) {
                    removed +=
                            update.removeRepository(
                                    repository, bytes -> covers(trunk.codec().decode(bytes)));
                }
            }
            update.commit();
        }
        for (PreferencePair pair : trunk.holdout().pairs()) {
            if (covers(pair)) {
                trunk.holdout().remove(pair.getId());
                removed++;
            }
        }
        if (removed > 0) {
            LOG.info("{} pairs are opted out and were taken out of table and holdout", removed);
        }
    }
}
