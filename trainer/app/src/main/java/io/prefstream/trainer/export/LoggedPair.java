package io.prefstream.trainer.export;

import io.prefstream.schemas.PreferencePair;

/**
 * A pair and where it lies on the log.
 *
 * @param partition of the log
 * @param offset in the partition
 */
record LoggedPair(int partition, long offset, PreferencePair pair) {

    /** The pair's id. */
    String id() {
        return pair.getId();
    }
}
