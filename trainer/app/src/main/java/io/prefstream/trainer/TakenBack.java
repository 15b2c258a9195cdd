package io.prefstream.trainer;

import io.prefstream.replay.Removed;

/**
 * Pairs that were taken back, by opt-outs and other recalls: by tombstones, or when a run started.
 *
 * @param trainedOn of the table, drawn for a step of the trunk before: they are in the weights
 * @param untrained of the table, never drawn
 * @param heldOut of the holdout
 * @param notHeld tombstones of pairs that were in neither when they were read: they had left the
 *     table, trained on or not, or never came
 */
public record TakenBack(long trainedOn, long untrained, long heldOut, long notHeld) {

    static final TakenBack NONE = new TakenBack(0, 0, 0, 0);

    /** With those of the table and the holdout that are gone. */
    TakenBack plus(Removed ofTable, long ofHoldout) {
        return new TakenBack(
                trainedOn + ofTable.drawn(),
                untrained + ofTable.undrawn(),
                heldOut + ofHoldout,
                notHeld);
    }

    /** With what a tombstone took back. */
    TakenBack plusTombstone(Removed ofTable, boolean ofHoldout) {
        boolean found = ofHoldout || ofTable.total() > 0;
        TakenBack sum = plus(ofTable, ofHoldout ? 1 : 0);
        return found
                ? sum
                : new TakenBack(sum.trainedOn, sum.untrained, sum.heldOut, sum.notHeld + 1);
    }
}
