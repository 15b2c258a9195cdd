package io.prefstream.model.engine;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A step that was planned, for one thread to make while others make theirs.
 *
 * @param limit tokens a step when it was planned
 * @param begun when its planning began, by {@link System#nanoTime}
 */
record EngineStep(EngineCore.Loaded model, StepRows rows, int limit, long begun) {

    /**
     * What came of it.
     *
     * @param outcomes of its turns; none when it failed
     * @param modelNanos spent in the model's kernels
     * @param failure why there are no outcomes
     */
    record Made(List<StepRows.Outcome> outcomes, long modelNanos, @Nullable Throwable failure) {}

    /** Computes it, and draws its tokens. */
    Made make() {
        long start = System.nanoTime();
        try (StepOutput output = model.decoder().step(rows.batch)) {
            long modelNanos = System.nanoTime() - start;
            return new Made(rows.outcomes(output), modelNanos, null);
        } catch (RuntimeException | Error e) {
            return new Made(List.of(), System.nanoTime() - start, e);
        }
    }
}
