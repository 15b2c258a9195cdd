package io.prefstream.trainer;

import org.jspecify.annotations.Nullable;

/** What is measured, and how often. */
public record EvaluationConfig(
        @Nullable Long every,
        int holdoutCap,
        double prequentialShare,
        int prequentialWindow,
        boolean probes,
        int probePairs,
        double probeMargin) {
    public EvaluationConfig {
        if (every != null) {
            Limits.atLeast("evaluation.every", every, 1);
        }
        Limits.atLeast("evaluation.holdout-cap", holdoutCap, 1);
        Limits.share("evaluation.prequential-share", prequentialShare);
        Limits.atLeast("evaluation.prequential-window", prequentialWindow, 1);
        Limits.atLeast("evaluation.probe-pairs", probePairs, 1);
        Limits.share("evaluation.probe-margin", probeMargin);
    }
}
