package io.prefstream.model.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.generation.Sampling;
import io.prefstream.model.Golden;
import io.prefstream.model.kernels.EngineKernels.Weights;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class EngineCoreTest {
    private static final EngineOptions TWO_LANES =
            EngineOptions.defaults()
                    .withWeights(Weights.FLOAT32)
                    .withLimits(8, 40, 1L << 20)
                    .withThreads(2);

    /** Both of 20 tokens; half of the 40 a step in all are left, not a quarter. */
    @Test
    void memoryThatRunsOutInTwoStepsAtOnceHalvesTheLimitsOnce() throws Exception {
        Golden golden = Golden.QWEN2;
        try (StepDecoder decoder = PagedDecoder.load(golden.config(), golden.folder(), TWO_LANES)) {
            EngineCore core =
                    new EngineCore(
                            TWO_LANES, new EngineCore.Loaded(decoder, "golden", 2), () -> {});
            for (int i = 0; i < 8; i++) {
                core.add(Recorded.sequence(new int[10], Sampling.GREEDY, 4, i, new Recorded()));
            }
            EngineStep first = plan(core);
            EngineStep second = plan(core);
            assertThat(first.rows().batch.tokens()).isEqualTo(20);
            assertThat(second.rows().batch.tokens()).isEqualTo(20);
            for (EngineStep step : List.of(first, second)) {
                core.made(
                        step,
                        new EngineStep.Made(
                                List.of(), 1, new IllegalStateException("out of memory")));
            }
            assertThat(plan(core).rows().batch.tokens()).isEqualTo(10);
            assertThat(plan(core).rows().batch.tokens()).isEqualTo(10);
            assertThat(core.plan(true, System.nanoTime())).isNull();
            assertThat(core.endings()).isEmpty();
        }
    }

    private static EngineStep plan(EngineCore core) {
        return Objects.requireNonNull(core.plan(true, System.nanoTime()));
    }
}
