package io.prefstream.trainer;

import io.prefstream.trainer.probe.ProbeReport;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a trunk keeps beside weights, optimizer, table and holdout set.
 *
 * @param version of this layout
 * @param seed that the run was started with
 * @param step optimizer steps of the trunk
 * @param draws of batches, where they stand
 * @param skippedBatches batches whose loss was no number, of the trunk and of forks
 * @param pairs what became of every record read
 * @param fresh how the model did on fresh pairs
 * @param seen distinct pairs that batches of the trunk drew
 * @param curve evaluations on the holdout
 * @param releases releases made, published and refused
 * @param verdicts of the last published release on the holdout pairs it judged
 * @param period the next release's
 */
record TrainerState(
        int version,
        long seed,
        long step,
        BatchDraws.Saved draws,
        long skippedBatches,
        PairCounts pairs,
        FreshPairs.Saved fresh,
        Seen seen,
        List<CurvePoint> curve,
        List<Release> releases,
        Map<String, Double> verdicts,
        ReleasePeriod.Saved period) {

    static final int VERSION = 7;

    /** Before the first step. */
    static TrainerState fresh(long seed) {
        return new TrainerState(
                VERSION,
                seed,
                0,
                BatchDraws.Saved.fresh(seed),
                0,
                PairCounts.NONE,
                FreshPairs.Saved.NONE,
                Seen.NONE,
                List.of(),
                List.of(),
                Map.of(),
                ReleasePeriod.Saved.NONE);
    }

    /**
     * An evaluation.
     *
     * @param kind {@code trunk} or {@code release}
     * @param calibrationError on the holdout, see {@link Calibration}
     */
    record CurvePoint(
            long step,
            String kind,
            Accuracy holdout,
            @Nullable Accuracy prequential,
            double loss,
            @Nullable Double calibrationError) {}

    /**
     * A release that was made.
     *
     * @param cause why it was due: {@code steps}, {@code time}, {@code fresh-pairs}, {@code drift},
     *     {@code end}
     * @param refused why it was not published; null if it was
     * @param probes what trivial readers say of the same holdout
     */
    record Release(
            String id,
            String kind,
            long step,
            long forkSteps,
            String path,
            Accuracy holdout,
            String cause,
            @Nullable String refused,
            @Nullable ProbeReport probes) {}

    /**
     * Pairs that batches drew, counted once each.
     *
     * @param byLicence by SPDX id
     * @param earliest when the oldest of the code was published; null where no pair says
     * @param latest the newest
     */
    record Seen(
            long pairs,
            Map<String, Long> byLicence,
            Map<String, Long> byRepository,
            @Nullable String earliest,
            @Nullable String latest) {

        static final Seen NONE = new Seen(0, Map.of(), Map.of(), null, null);
    }
}
