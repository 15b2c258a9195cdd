package io.prefstream.trainer;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Warm-up, stable trunk, decayed forks. */
public record ScheduleConfig(
        @Nullable Long steps,
        long warmupSteps,
        @Nullable Long releaseEvery,
        @Nullable Duration releaseEveryTime,
        @Nullable Long releaseEveryPairs,
        double decayFraction,
        long decayMaxSteps,
        DecayShape decayShape,
        long trunkEverySteps,
        @Nullable Duration trunkEveryTime) {

    /** How the learning rate falls on the fork of a release. */
    public enum DecayShape {
        LINEAR,
        ONE_MINUS_SQRT
    }

    public ScheduleConfig {
        if (steps != null) {
            Limits.atLeast("schedule.steps", steps, 1);
        }
        Limits.atLeast("schedule.warmup-steps", warmupSteps, 0);
        if (releaseEvery != null) {
            Limits.atLeast("schedule.release-every", releaseEvery, 1);
        }
        Limits.positive("schedule.release-every-time", releaseEveryTime);
        if (releaseEveryPairs != null) {
            Limits.atLeast("schedule.release-every-pairs", releaseEveryPairs, 1);
        }
        Limits.share("schedule.decay-fraction", decayFraction);
        Limits.atLeast("schedule.decay-max-steps", decayMaxSteps, 0);
        Limits.atLeast("schedule.trunk-every-steps", trunkEverySteps, 1);
        Limits.positive("schedule.trunk-every-time", trunkEveryTime);
    }
}
