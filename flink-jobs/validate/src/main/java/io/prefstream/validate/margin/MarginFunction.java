package io.prefstream.validate.margin;

import io.prefstream.generation.GenerationException;
import io.prefstream.jobs.generators.release.CheckpointUnusableException;
import io.prefstream.model.engine.EngineClosedException;
import io.prefstream.schemas.PreferencePair;
import io.prefstream.topics.flink.AvroType;
import io.prefstream.validate.PairAssembly;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.streaming.api.functions.async.ResultFuture;
import org.apache.flink.streaming.api.functions.async.RichAsyncFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the preference model for a pair's margin without holding up the stream, and lets the pair go
 * on without one where there is no answer: no model yet, an unusable checkpoint, a text that it
 * refuses, the attempts used up, or the time over. Each pair that comes in goes out, once. A model
 * that refuses for load is waited for, within that time, and no attempt is counted.
 *
 * <p>Memory is bounded by the operator's capacity: that many pairs are under way per subtask. An
 * answer and the timeout may come at the same moment on different threads; the first to claim the
 * inquiry answers it, the other does nothing.
 */
public final class MarginFunction extends RichAsyncFunction<ScoringTask, PreferencePair>
        implements ResultTypeQueryable<PreferencePair> {

    private static final long serialVersionUID = 1L;

    private static final Logger LOG = LoggerFactory.getLogger(MarginFunction.class);

    private static final Duration WHILE_BUSY = Duration.ofSeconds(1);

    private final MarginScorer.Factory scorers;
    private final MarginSettings settings;
    private final PairAssembly assembly;

    @SuppressWarnings("NullAway.Init") // in open()
    private transient MarginScorer scorer;

    @SuppressWarnings("NullAway.Init") // in open()
    private transient ScheduledExecutorService retries;

    @SuppressWarnings("NullAway.Init") // in open()
    private transient Map<ScoringTask, Inquiry> underWay;

    public MarginFunction(
            MarginScorer.Factory scorers, MarginSettings settings, PairAssembly assembly) {
        this.scorers = scorers;
        this.settings = settings;
        this.assembly = assembly;
    }

    /** Said by hand: Flink cannot derive the type of an Avro record without setters. */
    @Override
    public TypeInformation<PreferencePair> getProducedType() {
        return AvroType.forRecord(PreferencePair.class);
    }

    @Override
    public void open(OpenContext context) {
        underWay = Collections.synchronizedMap(new IdentityHashMap<>());
        retries =
                Executors.newSingleThreadScheduledExecutor(
                        task -> {
                            Thread thread = new Thread(task, "validate-margin-retries");
                            thread.setDaemon(true);
                            return thread;
                        });
        scorer = scorers.open();
    }

    @Override
    public void close() {
        if (retries != null) {
            retries.shutdownNow();
        }
        if (scorer != null) {
            scorer.close();
        }
    }

    @Override
    public void asyncInvoke(ScoringTask task, ResultFuture<PreferencePair> result) {
        Inquiry inquiry = new Inquiry(task, result);
        underWay.put(task, inquiry);
        inquiry.attempt(1);
    }

    @Override
    public void timeout(ScoringTask task, ResultFuture<PreferencePair> result) {
        Inquiry inquiry = underWay.get(task);
        if (inquiry == null) {
            return; // Answered at this very moment, by the scorer's thread.
        }
        inquiry.answer(
                MarginOutcome.skipped(
                        "no answer within validate.margin.timeout=" + settings.timeout()));
        inquiry.cancel();
    }

    /** One pair under way: its attempts, and the one answer that it gets. */
    private final class Inquiry {

        private final ScoringTask task;
        private final ResultFuture<PreferencePair> result;
        private final AtomicBoolean answered = new AtomicBoolean();
        private volatile @Nullable CompletableFuture<?> current;

        Inquiry(ScoringTask task, ResultFuture<PreferencePair> result) {
            this.task = task;
            this.result = result;
        }

        void attempt(int number) {
            if (answered.get()) {
                return;
            }
            CompletableFuture<MarginScorer.Margin> margin;
            try {
                margin = scorer.margin(task.draft().getCandidate(), task.model());
            } catch (RuntimeException e) {
                margin = CompletableFuture.failedFuture(e);
            }
            current = margin;
            CompletableFuture<?> unused =
                    margin.whenComplete((value, failure) -> done(number, value, failure));
        }

        private void done(
                int number, MarginScorer.@Nullable Margin margin, @Nullable Throwable failure) {
            if (margin != null && Double.isFinite(margin.value())) {
                answer(MarginOutcome.scored(margin));
            } else if (margin != null) {
                answer(
                        MarginOutcome.skipped(
                                "checkpoint %s gives a margin of %s"
                                        .formatted(margin.checkpointId(), margin.value())));
            } else {
                failed(number, rootOf(failure));
            }
        }

        private void failed(int number, Throwable failure) {
            if (failure instanceof CheckpointUnusableException) {
                answer(MarginOutcome.skipped(String.valueOf(failure.getMessage())));
                return;
            }
            boolean busy = failure instanceof GenerationException e && e.overloaded();
            boolean again = busy || number < settings.attempts() && isWorthAnother(failure);
            if (again && !answered.get()) {
                try {
                    retries.schedule(
                            () -> attempt(busy ? number : number + 1),
                            pauseAfter(failure).toMillis(),
                            TimeUnit.MILLISECONDS);
                    return;
                } catch (RejectedExecutionException closing) {
                    LOG.debug("no further attempt: the task is closing");
                }
            }
            answer(
                    MarginOutcome.skipped(
                            "no margin after %d of validate.margin.attempts=%d: %s"
                                    .formatted(number, settings.attempts(), failure)));
        }

        void answer(MarginOutcome outcome) {
            if (!answered.compareAndSet(false, true)) {
                return;
            }
            underWay.remove(task);
            try {
                result.complete(List.of(assembly.withMargin(task.draft(), outcome)));
            } catch (RuntimeException e) {
                result.completeExceptionally(e);
            }
        }

        /** Gives up the attempt under way, so that a scorer can drop what nobody waits for. */
        void cancel() {
            CompletableFuture<?> attempt = current;
            if (attempt != null) {
                attempt.cancel(false);
            }
        }
    }

    /** Not so of what the model refuses: a text over its context, a key. */
    private static boolean isWorthAnother(Throwable failure) {
        return !(failure instanceof GenerationException e)
                || e.retryable()
                || e instanceof EngineClosedException; // Another one is in its place.
    }

    /** As long as a server asks for; one that is busy and doesn't say is left alone for a while. */
    private Duration pauseAfter(Throwable failure) {
        Duration pause = settings.retryDelay();
        if (failure instanceof GenerationException e) {
            Duration asked = e.retryAfter().orElse(e.overloaded() ? WHILE_BUSY : Duration.ZERO);
            return asked.compareTo(pause) > 0 ? asked : pause;
        }
        return pause;
    }

    private static Throwable rootOf(@Nullable Throwable failure) {
        Throwable root = failure;
        while (root instanceof CompletionException && root.getCause() != null) {
            root = root.getCause();
        }
        return root == null ? new IllegalStateException("an answer without a margin") : root;
    }
}
