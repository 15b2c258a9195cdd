package io.prefstream.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.EngineException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FailureLineTest {

    /** As libtorch says it on a GPU, shortened. */
    private static final String CUDA =
            "CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 79"
                    + " GiB.\n"
                    + "Exception raised from malloc at CUDACachingAllocator.cpp:1184\n"
                    + "frame #0: c10::Error::Error";

    @ParameterizedTest
    @CsvSource({
        "train, batch.tokens-at-once",
        "finetune, --tokens-at-once",
        "pretrain, --tokens-at-once",
        "pairs, --tokens-per-step",
    })
    void memoryThatIsMissingIsOneLineWithTheOptionThatBoundsIt(String command, String option) {
        assertThat(FailureLine.of(new EngineException(CUDA), command))
                .contains(
                        "the engine has no memory left ("
                                + option
                                + " bounds how much it needs at once): CUDA out of memory. Tried to"
                                + " allocate 2.00 GiB. GPU 0 has a total capacity of 79 GiB.");
        assertThat(
                        FailureLine.of(
                                new EngineException(
                                        "[enforce fail at alloc_cpu.cpp:117] DefaultCPUAllocator:"
                                                + " can't allocate memory: you tried to allocate 9"
                                                + " bytes.\nframe #0"),
                                command))
                .get()
                .asString()
                .startsWith("the engine has no memory left (" + option)
                .endsWith("you tried to allocate 9 bytes.");
    }

    @Test
    void whatElseFailsInTheEngineIsItsFirstLine() {
        assertThat(FailureLine.of(new EngineException("device-side assert\nframe #0"), "train"))
                .contains("the engine failed: device-side assert");
    }

    @Test
    void whatFailedElsewhereIsToldWithoutItsWrappers() {
        EngineException own = new EngineException(CUDA);
        assertThat(FailureLine.cause(new ExecutionException(new CompletionException(own))))
                .isSameAs(own);
        IOException alone = new IOException("x");
        assertThat(FailureLine.cause(alone)).isSameAs(alone);
        Exception empty = new ExecutionException("nothing", null);
        assertThat(FailureLine.cause(empty)).isSameAs(empty);
    }

    @Test
    void expectedFailuresAreTheirMessageAndBugsAreNone() {
        assertThat(FailureLine.of(new IOException("x is cut"), "train")).contains("x is cut");
        assertThat(FailureLine.of(new TrainingException("no loss"), "train")).contains("no loss");
        assertThat(FailureLine.of(new IllegalArgumentException("--n=0"), "train"))
                .contains("--n=0");
        assertThat(FailureLine.of(new AccessDeniedException("/x"), "train"))
                .contains("/x: access denied");
        assertThat(FailureLine.of(new NullPointerException("a bug"), "train")).isEmpty();
    }
}
