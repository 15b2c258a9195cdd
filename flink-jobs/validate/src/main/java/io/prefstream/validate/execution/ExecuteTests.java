package io.prefstream.validate.execution;

import io.prefstream.execution.SandboxException;
import io.prefstream.execution.TestLanguage;
import io.prefstream.execution.TestPool;
import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.CheckOutcome;
import io.prefstream.schemas.PreferencePair;
import io.prefstream.topics.flink.AvroType;
import io.prefstream.validate.PairAssembly;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.streaming.api.functions.async.ResultFuture;
import org.apache.flink.streaming.api.functions.async.RichAsyncFunction;
import org.jspecify.annotations.Nullable;

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

    private final ExecutionSettings settings;
    private final PairAssembly assembly;

    private transient @Nullable TestPool pool;

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
            pool =
                    TestPool.open(
                            settings.bench(),
                            ExecutionOptions.SANDBOX.isolationKey(),
                            settings.capacity());
        } catch (SandboxException e) {
            throw new SuppressRestartsException(e);
        }
    }

    /** Ends what is running, and waits until its processes and folders are gone. */
    @Override
    public void close() {
        if (pool != null) {
            pool.close();
        }
    }

    @Override
    public void asyncInvoke(PreferencePair draft, ResultFuture<PreferencePair> result) {
        CandidatePair candidate = draft.getCandidate();
        TestPool opened = Objects.requireNonNull(pool);
        Optional<TestLanguage> language = TestLanguage.of(candidate.getLanguage());
        if (candidate.getTests().isEmpty()) {
            skip(draft, "no tests", result);
        } else if (language.isEmpty()) {
            skip(draft, candidate.getLanguage() + " tests can't be run", result);
        } else if (opened.unusable(language.get()).isPresent()) {
            skip(draft, opened.unusable(language.get()).get(), result);
        } else {
            execute(opened, draft, language.get(), result);
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

    /** Where the pool is closed meanwhile nothing completes; the pair comes again. */
    private void execute(
            TestPool opened,
            PreferencePair draft,
            TestLanguage language,
            ResultFuture<PreferencePair> result) {
        CompletableFuture<?> unused =
                outcomes(opened, draft.getCandidate(), language)
                        .thenAccept(
                                outcomes ->
                                        result.complete(List.of(assembly.with(draft, outcomes))))
                        .exceptionally(
                                failure -> {
                                    result.completeExceptionally(failure);
                                    return null;
                                });
    }

    private CompletableFuture<List<CheckOutcome>> outcomes(
            TestPool opened, CandidatePair candidate, TestLanguage language) {
        List<String> tests = candidate.getTests();
        ExecutionRule rule = settings.rule();
        return opened.run(language, candidate.getChosen().getText(), tests)
                .thenCompose(
                        chosen ->
                                rule.limits().suffices(chosen)
                                        ? opened.run(
                                                        language,
                                                        candidate.getRejected().getText(),
                                                        tests)
                                                .thenApply(
                                                        rejected -> rule.compared(chosen, rejected))
                                        : CompletableFuture.completedFuture(rule.failed(chosen)));
    }
}
