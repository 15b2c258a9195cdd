package io.prefstream.trainer;

import io.prefstream.schemas.PreferencePair;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a trunk keeps beside weights, optimizer, table and holdout set.
 *
 * @param version of this layout
 * @param seed that the run was started with
 * @param step optimizer steps of the trunk
 * @param random state of the generator that draws batches
 * @param pairs what became of every record read
 * @param prequential outcomes on fresh pairs
 * @param pairsSeen distinct pairs trained on
 * @param pairsByLicence the same by SPDX id
 * @param pairsByRepository the same by repository
 * @param curve evaluations on the holdout
 * @param releases releases made
 */
record TrainerState(
        int version,
        long seed,
        long step,
        long random,
        PairCounts pairs,
        Prequential.Saved prequential,
        long pairsSeen,
        Map<String, Long> pairsByLicence,
        Map<String, Long> pairsByRepository,
        List<CurvePoint> curve,
        List<Release> releases) {

    static final int VERSION = 2;

    /** Before the first step. */
    static TrainerState fresh(long seed) {
        return new TrainerState(
                VERSION,
                seed,
                0,
                seed,
                PairCounts.NONE,
                new Prequential.Saved(0, 0, ""),
                0,
                Map.of(),
                Map.of(),
                List.of(),
                List.of());
    }

    /**
     * An evaluation.
     *
     * @param kind {@code trunk} or {@code release}
     */
    record CurvePoint(
            long step,
            String kind,
            Accuracy holdout,
            @Nullable Accuracy prequential,
            double loss) {}

    /** A release that was published. */
    record Release(
            String id, String kind, long step, long forkSteps, String path, Accuracy holdout) {}

    /** Pairs trained on, counted once each. */
    static final class Seen {
        private long pairs;
        private final Map<String, Long> byLicence;
        private final Map<String, Long> byRepository;

        Seen(long pairs, Map<String, Long> byLicence, Map<String, Long> byRepository) {
            this.pairs = pairs;
            this.byLicence = new TreeMap<>(byLicence);
            this.byRepository = new TreeMap<>(byRepository);
        }

        void add(PreferencePair pair) {
            pairs++;
            var licence = pair.getCandidate().getLicence();
            byLicence.merge(licence == null ? "unknown" : licence.getSpdxId(), 1L, Long::sum);
            byRepository.merge(pair.getCandidate().getRepository(), 1L, Long::sum);
        }

        long pairs() {
            return pairs;
        }

        Map<String, Long> byLicence() {
            return new TreeMap<>(byLicence);
        }

        Map<String, Long> byRepository() {
            return new TreeMap<>(byRepository);
        }
    }
}
