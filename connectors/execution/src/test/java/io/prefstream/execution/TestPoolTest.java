package io.prefstream.execution;

import static io.prefstream.execution.TestLanguage.PYTHON;
import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.execution.testing.Machine;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Runs in line, for real. Where the machine doesn't isolate, opening must say so. */
class TestPoolTest {

    private static final String ANSWER = "def one():\n    return 1\n";

    @Test
    void moreRunsThanSandboxesWaitAndAreAllAnswered() throws Exception {
        try (TestPool pool = open(2)) {
            if (pool == null) {
                return;
            }
            List<CompletableFuture<PassRate>> runs =
                    IntStream.range(0, 6)
                            .mapToObj(
                                    number ->
                                            pool.run(
                                                    PYTHON,
                                                    ANSWER,
                                                    List.of(
                                                            "assert one() == 1",
                                                            "assert one() == " + number)))
                            .toList();
            assertThat(runs)
                    .extracting(run -> run.join().passed())
                    .containsExactly(1, 2, 1, 1, 1, 1);
            assertThat(pool.isolation().holds(Isolation.Level.FILES)).isTrue();
        }
    }

    @Test
    void closingEndsWhatRunsAndWhatWaits() throws Exception {
        String marker = "marker-" + UUID.randomUUID();
        TestPool pool = open(1);
        if (pool == null) {
            return;
        }
        CompletableFuture<PassRate> running =
                pool.run(
                        PYTHON,
                        "import os; os.system(\"sh -c 'sleep 600; :' " + marker + "\")",
                        List.of("pass"));
        CompletableFuture<PassRate> waiting = pool.run(PYTHON, ANSWER, List.of("pass"));
        Machine.awaitProcessWith(marker);

        pool.close();

        assertThat(Machine.processesWith(marker)).isEmpty();
        assertThat(pool.run(PYTHON, ANSWER, List.of("pass"))).isNotDone();
        assertThat(running).isNotDone();
        assertThat(waiting).isNotDone();
    }

    /** Null where this machine doesn't isolate and that was said. */
    private static TestPool open(int capacity) throws Exception {
        try {
            return TestPool.open(BenchSettings.DEFAULTS, "isolation", capacity);
        } catch (SandboxException refusal) {
            Machine.assertRefusal(refusal);
            return null;
        }
    }
}
