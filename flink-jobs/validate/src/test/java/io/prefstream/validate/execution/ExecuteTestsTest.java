package io.prefstream.validate.execution;

import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.execution.BenchSettings;
import io.prefstream.execution.Isolation;
import io.prefstream.execution.PassRule;
import io.prefstream.execution.testing.Machine;
import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.PreferencePair;
import io.prefstream.validate.Candidates;
import io.prefstream.validate.HoldoutSplit;
import io.prefstream.validate.LabelConfidence;
import io.prefstream.validate.PairAssembly;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.functions.DefaultOpenContext;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.streaming.api.functions.async.CollectionSupplier;
import org.apache.flink.streaming.api.functions.async.ResultFuture;
import org.junit.jupiter.api.Test;

class ExecuteTestsTest {

    private static final PairAssembly ASSEMBLY =
            new PairAssembly(
                    "test/1",
                    1,
                    new HoldoutSplit(0.1, HoldoutSplit.Unit.FILE),
                    new LabelConfidence(0.25, 0.7));

    private final Results results = new Results();
    private final ExecuteTests function =
            new ExecuteTests(
                    new ExecutionSettings(
                            new BenchSettings(
                                    Isolation.Level.FILES,
                                    Duration.ofMinutes(5),
                                    Duration.ofMinutes(5),
                                    1L << 30),
                            1,
                            new ExecutionRule(new PassRule(0.8, 0.4))),
                    ASSEMBLY);

    @Test
    void closingEndsWhatRunsAndAnswersNothing() throws Exception {
        String marker = "marker-" + UUID.randomUUID();
        try {
            function.open(DefaultOpenContext.INSTANCE);
        } catch (SuppressRestartsException refusal) {
            Machine.assertRefusal(refusal.getCause());
            return;
        }
        function.asyncInvoke(
                draft("import os; os.system(\"sh -c 'sleep 600; :' " + marker + "\")"), results);
        Machine.awaitProcessWith(marker);

        function.close();

        assertThat(Machine.processesWith(marker)).isEmpty();
        assertThat(results.completions).isEmpty();
        assertThat(results.failures).isEmpty();
    }

    @Test
    void aPairBeyondAllLimitsFailsTheTaskAndIsNotLost() {
        function.timeout(draft("pass"), results);

        assertThat(results.completions).isEmpty();
        assertThat(results.failures).hasSize(1);
        assertThat(results.failures.remove())
                .isInstanceOf(TimeoutException.class)
                .hasMessageContaining("did not end within PT11M")
                .hasMessageContaining("validate.execution.timeout=PT5M");
    }

    private static PreferencePair draft(String test) {
        CandidatePair candidate =
                CandidatePair.newBuilder(Candidates.python("x = 1", "x = 2"))
                        .setTests(List.of(test))
                        .build();
        return ASSEMBLY.draft(candidate, List.of());
    }

    /** Keeps what it is told. */
    private static final class Results implements ResultFuture<PreferencePair> {

        final BlockingQueue<Collection<PreferencePair>> completions = new LinkedBlockingQueue<>();
        final BlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();

        @Override
        public void complete(Collection<PreferencePair> result) {
            completions.add(result);
        }

        @Override
        public void completeExceptionally(Throwable error) {
            failures.add(error);
        }

        @Override
        public void complete(CollectionSupplier<PreferencePair> supplier) {
            throw new AssertionError("not used");
        }
    }
}
