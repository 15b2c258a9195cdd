package io.prefstream.trainer;

import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps back a release that is worse than the last published one.
 *
 * <p>Both are compared on the holdout pairs that both judged: the holdout changes as the stream
 * goes on, and a model must not be refused because newer pairs are harder. So nothing is refused
 * for its accuracy before there was a release, or while too few pairs were judged by both.
 *
 * @param margin by which the accuracy may be lower; null: any
 * @param minPairs pairs both must have judged
 */
record ReleaseGate(@Nullable Double margin, int minPairs) {

    /**
     * Why a release must not be published, in one line; empty if it may.
     *
     * @param lastPublished the verdicts of the last published release; empty if there is none
     */
    Optional<String> refusal(Judgement now, Map<String, Double> lastPublished) {
        if (now.notFinite() > 0) {
            return Optional.of(
                    "the rewards of %,d of %,d holdout pairs are no numbers"
                            .formatted(now.notFinite(), now.margins().length));
        }
        double before = 0;
        double after = 0;
        long common = 0;
        for (Map.Entry<String, Double> verdict : now.verdicts().entrySet()) {
            Double earlier = lastPublished.get(verdict.getKey());
            if (earlier != null) {
                common++;
                before += earlier;
                after += verdict.getValue();
            }
        }
        if (margin == null || common < minPairs || after >= before - margin * common) {
            return Optional.empty();
        }
        return Optional.of(
                "holdout accuracy %.4f is below the %.4f of the last published release, on the %,d pairs that both judged, by more than release.gate-margin=%s"
                        .formatted(after / common, before / common, common, margin));
    }
}
