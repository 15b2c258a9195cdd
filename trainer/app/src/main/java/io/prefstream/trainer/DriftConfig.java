package io.prefstream.trainer;

import org.jspecify.annotations.Nullable;

/** When fresh pairs count as having become harder, and what happens then. */
public record DriftConfig(
        @Nullable Double delta,
        int window,
        Action action,
        double historyFraction,
        int historySteps) {

    /** What an alarm does beside being told. */
    public enum Action {
        NONE,
        /** More of a batch is drawn from history, for so many steps. */
        HISTORY,
        /** A release is due. */
        RELEASE
    }

    public DriftConfig {
        if (delta != null && !(delta > 0 && delta < 1)) {
            throw new IllegalArgumentException("drift.delta=%s must be in (0, 1)".formatted(delta));
        }
        Limits.atLeast("drift.window", window, 64);
        Limits.belowOne("drift.history-fraction", historyFraction);
        Limits.atLeast("drift.history-steps", historySteps, 1);
    }

    /** Refuses an action that there is no history for. */
    void checkAgainst(ReplayConfig replay) {
        if (action != Action.HISTORY) {
            return;
        }
        if (replay.historyCapacity() == 0) {
            throw new IllegalArgumentException(
                    "drift.action=history needs pairs to draw from: replay.history.capacity=0 must"
                            + " be above 0 (0 is the default where uses or age are limited)");
        }
        if (historyFraction <= replay.history().fraction()) {
            throw new IllegalArgumentException(
                    "drift.history-fraction=%s must be above replay.history.fraction=%s"
                            .formatted(historyFraction, replay.history().fraction()));
        }
    }
}
