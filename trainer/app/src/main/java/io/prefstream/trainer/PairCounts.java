package io.prefstream.trainer;

import java.util.Map;
import java.util.TreeMap;

/**
 * What became of every record that was read: {@code read = train + holdout + duplicate + updated +
 * skipped + deadLettered + removals}, always.
 *
 * @param updated pairs whose record was replaced by that of higher rules
 * @param removals tombstones of pairs, whether the pair was still there or not
 * @param skippedByReason {@code superseded-rules}, {@code over-budget}, {@code empty-side}, {@code
 *     empty-prompt}, {@code opted-out}, {@code unknown-split}
 * @param takenBack of the pairs taken in, those taken back
 */
public record PairCounts(
        long read,
        long train,
        long holdout,
        long duplicate,
        long updated,
        long skipped,
        long deadLettered,
        long removals,
        Map<String, Long> skippedByReason,
        TakenBack takenBack) {

    static final PairCounts NONE = new PairCounts(0, 0, 0, 0, 0, 0, 0, 0, Map.of(), TakenBack.NONE);

    public PairCounts {
        skippedByReason = new TreeMap<>(skippedByReason);
    }

    /** What became of one record. */
    enum Fate {
        TRAIN,
        HOLDOUT,
        DUPLICATE,
        UPDATED,
        DEAD_LETTERED,
        REMOVAL
    }

    PairCounts plus(Fate fate) {
        return new PairCounts(
                read + 1,
                train + (fate == Fate.TRAIN ? 1 : 0),
                holdout + (fate == Fate.HOLDOUT ? 1 : 0),
                duplicate + (fate == Fate.DUPLICATE ? 1 : 0),
                updated + (fate == Fate.UPDATED ? 1 : 0),
                skipped,
                deadLettered + (fate == Fate.DEAD_LETTERED ? 1 : 0),
                removals + (fate == Fate.REMOVAL ? 1 : 0),
                skippedByReason,
                takenBack);
    }

    PairCounts plusSkipped(String reason) {
        Map<String, Long> reasons = new TreeMap<>(skippedByReason);
        reasons.merge(reason, 1L, Long::sum);
        return new PairCounts(
                read + 1,
                train,
                holdout,
                duplicate,
                updated,
                skipped + 1,
                deadLettered,
                removals,
                reasons,
                takenBack);
    }

    PairCounts withTakenBack(TakenBack sum) {
        return new PairCounts(
                read,
                train,
                holdout,
                duplicate,
                updated,
                skipped,
                deadLettered,
                removals,
                skippedByReason,
                sum);
    }
}
