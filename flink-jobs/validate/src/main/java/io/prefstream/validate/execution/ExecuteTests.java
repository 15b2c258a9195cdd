package io.prefstream.validate.execution;

import io.prefstream.execution.PassRate;
import io.prefstream.execution.SandboxException;
import io.prefstream.execution.TestBench;
import io.prefstream.execution.TestLanguage;
import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.CheckOutcome;
import io.prefstream.schemas.PreferencePair;
import io.prefstream.topics.flink.AvroType;
import io.prefstream.validate.PairAssembly;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.streaming.api.functions.async.ResultFuture;
import org.apache.flink.streaming.api.functions.async.RichAsyncFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs each pair's tests on chosen, and where that passes on rejected, and writes on the pair what
 * came of it. A pair without tests, or in a language whose tests can't be run here, goes on with
 * outcomes that say so. Each pair that comes in goes out, once.
 *
 * <p>As many sandboxes run at a time, per subtask, as the operator has pairs under way. What tested
 * code does is an outcome; where the sandbox itself fails the task fails, and Flink gives it the
 * pairs under way again. On a machine that doesn't isolate as much as is asked for the job ends
 * without a restart.
 */
public final class ExecuteTests extends RichAsyncFunction<PreferencePair, PreferencePair>
        implements ResultTypeQueryable<PreferencePair> {

    private static final long serialVersionUID = 1L;

    private static final Logger LOG = LoggerFactory.getLogger(ExecuteTests.class);

    private final ExecutionSettings settings;
    private final PairAssembly assembly;

    @SuppressWarnings("NullAway.Init") // in open()
    private transient TestBench bench;

    @SuppressWarnings("NullAway.Init") // in open()
    private transient ExecutorService running;

    public ExecuteTests(ExecutionSettings settings, PairAssembly assembly) {
        this.settings = settings;
        this.assembly = assembly;
    }

    /** Said by hand: Flink cannot derive the type of an Avro record without setters. */
    @Override
    public TypeInformation<PreferencePair> getProducedType() {
        return AvroType.forRecord(PreferencePair.class);
    }

    @Override
    public void open(OpenContext context) throws IOException, InterruptedException {
        try {
            bench = TestBench.open(settings.bench(), ExecutionOptions.SANDBOX.isolationKey());
        } catch (SandboxException e) {
            throw new SuppressRestartsException(e);
        }
        running =
                Executors.newFixedThreadPool(
                        settings.capacity(),
                        task -> {
                            Thread thread = new Thread(task, "validate-execute-tests");
                            thread.setDaemon(true);
                            return thread;
                        });
    }

    /** Ends what is running, and waits until its processes and folders are gone. */
    @Override
    public void close() throws InterruptedException {
        if (running != null) {
            running.shutdownNow();
            if (!running.awaitTermination(10, TimeUnit.SECONDS)) {
                LOG.warn("tests are still being ended");
            }
        }
    }

    @Override
    public void asyncInvoke(PreferencePair draft, ResultFuture<PreferencePair> result) {
        CandidatePair candidate = draft.getCandidate();
        Optional<TestLanguage> language = TestLanguage.of(candidate.getLanguage());
        if (candidate.getTests().isEmpty()) {
            skip(draft, "no tests", result);
        } else if (language.isEmpty()) {
            skip(draft, candidate.getLanguage() + " tests can't be run", result);
        } else if (bench.unusable(language.get()).isPresent()) {
            skip(draft, bench.unusable(language.get()).get(), result);
        } else {
            running.execute(() -> execute(draft, language.get(), result));
        }
    }

    @Override
    public void timeout(PreferencePair draft, ResultFuture<PreferencePair> result) {
        result.completeExceptionally(
                new TimeoutException(
                        "tests of pair %s did not end within %s, though the sandbox ends each side's after %s=%s"
                                .formatted(
                                        draft.getId(),
                                        settings.pairTimeout(),
                                        ExecutionOptions.SANDBOX.timeoutKey(),
                                        settings.bench().timeout())));
    }

    private void skip(PreferencePair draft, String why, ResultFuture<PreferencePair> result) {
        result.complete(List.of(assembly.with(draft, ExecutionRule.skipped(why))));
    }

    private void execute(
            PreferencePair draft, TestLanguage language, ResultFuture<PreferencePair> result) {
        try {
            List<CheckOutcome> outcomes = outcomes(draft.getCandidate(), language);
            result.complete(List.of(assembly.with(draft, outcomes)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // The task is closing; the pair comes again.
        } catch (IOException | RuntimeException e) {
            result.completeExceptionally(e);
        }
    }

    private List<CheckOutcome> outcomes(CandidatePair candidate, TestLanguage language)
            throws IOException, InterruptedException {
        List<String> tests = candidate.getTests();
        ExecutionRule rule = settings.rule();
        PassRate chosen = bench.run(language, candidate.getChosen().getText(), tests);
        if (!rule.suffices(chosen)) {
            return rule.failed(chosen);
        }
        return rule.compared(chosen, bench.run(language, candidate.getRejected().getText(), tests));
    }
}
