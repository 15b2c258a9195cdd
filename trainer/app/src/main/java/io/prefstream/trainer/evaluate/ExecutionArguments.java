package io.prefstream.trainer.evaluate;

import io.prefstream.execution.BenchSettings;
import io.prefstream.execution.Isolation;
import io.prefstream.execution.TestLanguage;
import io.prefstream.execution.TestPool;
import io.prefstream.trainer.KebabConverter;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Whether a command may run code that models wrote, and behind what. */
final class ExecutionArguments {

    /** The tests of one answer, beside the time that each may take. */
    private static final int TESTS_IN_FULL = 6;

    @Option(
            names = "--execute",
            description =
                    "Allow that the candidates' code is run, in a sandbox (docs/execution.md says"
                            + " what isolates it); needed for humaneval and mbpp.")
    private boolean execute;

    @Option(
            names = "--isolation",
            defaultValue = "files",
            paramLabel = "LEVEL",
            converter = LevelConverter.class,
            description =
                    "What must hold around code, or nothing is run: network (no network, and"
                            + " limits), or files (also none of the machine's files but its"
                            + " programs). Default ${DEFAULT-VALUE}.")
    private Isolation.Level isolation = Isolation.Level.FILES;

    @Option(
            names = "--test-timeout",
            defaultValue = "10",
            paramLabel = "SECONDS",
            description = "Time for each test. Default ${DEFAULT-VALUE}.")
    private int testTimeout;

    @Option(
            names = "--sandboxes",
            paramLabel = "N",
            description =
                    "Candidates that are run at a time, each in up to 1 GiB. Default: one for each"
                            + " core.")
    private int sandboxes = Runtime.getRuntime().availableProcessors();

    /** Refuses to run anything that wasn't asked for. */
    void check(CodeBenchmark task) {
        if (!execute) {
            throw new IllegalArgumentException(
                    "--task=%s runs code that models wrote, in a sandbox (docs/execution.md): --execute allows it"
                            .formatted(task));
        }
        if (testTimeout < 1) {
            throw new IllegalArgumentException(
                    "--test-timeout=%d must be at least 1".formatted(testTimeout));
        }
        if (sandboxes < 1) {
            throw new IllegalArgumentException(
                    "--sandboxes=%d must be at least 1".formatted(sandboxes));
        }
    }

    /**
     * Where code is run.
     *
     * @throws IOException if this machine isolates less than is asked for, or has no python3
     */
    TestPool open() throws IOException, InterruptedException {
        Duration each = Duration.ofSeconds(testTimeout);
        TestPool pool =
                TestPool.open(
                        new BenchSettings(
                                isolation,
                                each.multipliedBy(TESTS_IN_FULL),
                                each,
                                BenchSettings.DEFAULTS.memoryBytes()),
                        "--isolation",
                        sandboxes);
        Optional<String> unusable = pool.unusable(TestLanguage.PYTHON);
        if (unusable.isPresent()) {
            pool.close();
            throw new IOException(unusable.get());
        }
        return pool;
    }

    /** Levels by the names that they are written with. */
    static final class LevelConverter extends KebabConverter<Isolation.Level> {
        LevelConverter() {
            super(Isolation.Level.class);
        }
    }
}
