package io.prefstream.generation.openai;

import io.prefstream.generation.Generation;
import io.prefstream.generation.GenerationException;
import io.prefstream.generation.GenerationRequest;
import io.prefstream.generation.QueueFullException;
import io.prefstream.generation.TextGenerator;
import io.prefstream.generation.alarm.Alarms;
import io.prefstream.generation.alarm.Backoff;
import io.prefstream.generation.alarm.ThreadAlarms;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A model behind one or more OpenAI-compatible endpoints.
 *
 * <p>The official client speaks the protocol (HTTP/2 where TLS offers it, HTTP/1.1 elsewhere); ours
 * is what it has not: the choice among replicas ({@link PrefixAffineRouter}), retries that may go
 * to another one, and calls that can be given up at any moment ({@link Exchange}). Answers are
 * always streamed, so that cancelling the future, its deadline or closing this resets the
 * connection and the server stops working.
 *
 * <p>Retried, at most {@code maxRetries} times with {@link Backoff}: 408, 409, 425, 429 and all of
 * 5xx, connections that fail or break, silence, and answers that are none. The same request may be
 * sent again since the server keeps nothing of it. But text that was told can't be taken back: once
 * a listener has some, a failure is final. A caller without a listener has heard nothing, and its
 * request is retried until its text is whole. Any other status is final at once: as the request's
 * own where it speaks of its content, else as one that refuses all ({@link
 * GenerationException#refusesAll()}): a key without rights (401, 403) or credit (402), a model or a
 * path that isn't there, a redirection. Another replica is asked after the latter, too.
 *
 * <p>What a model thinks before it answers ({@code reasoning_content}) is no part of the text.
 *
 * <p>Costs a thread for each request in flight, {@code maxInFlight} for each replica at most. The
 * others wait in turn of their clients. Futures are completed, and listeners called, on those
 * threads, without locks; a listener's call that is under way when a future is cancelled ends by
 * itself. A listener that throws fails its future with what it threw.
 */
public final class OpenAiTextGenerator implements TextGenerator {
    private static final Logger LOG = LoggerFactory.getLogger(OpenAiTextGenerator.class);
    private static final Duration FIRST_BACKOFF = Duration.ofMillis(500);

    private final OpenAiSettings settings;
    private final Replicas replicas;
    private final Alarms alarms;
    private final Backoff backoff;
    private final ExecutorService threads;
    private final Set<RunningGeneration> live = ConcurrentHashMap.newKeySet();

    /** Guards the three below. */
    private final Object lock = new Object();

    private final PrefixAffineRouter router;
    private final TurnQueue<RunningGeneration> waiting = new TurnQueue<>();
    private boolean closed;

    /**
     * Opens connections when they are needed.
     *
     * @throws IllegalArgumentException if the key isn't where the settings say
     */
    public OpenAiTextGenerator(OpenAiSettings settings) {
        this(
                settings,
                System::getenv,
                new ThreadAlarms(),
                Clock.systemUTC(),
                new Backoff(
                        FIRST_BACKOFF,
                        settings.maxBackoff(),
                        () -> ThreadLocalRandom.current().nextDouble()));
    }

    /** With an environment, alarms, a clock for {@code Retry-After} and a backoff of a test's. */
    OpenAiTextGenerator(
            OpenAiSettings settings,
            Function<String, @Nullable String> environment,
            Alarms alarms,
            Clock clock,
            Backoff backoff) {
        this.settings = settings;
        this.alarms = alarms;
        this.backoff = backoff;
        replicas = new Replicas(settings, ApiKey.read(settings, environment), clock);
        router =
                new PrefixAffineRouter(
                        replicas.urls(),
                        settings.affinityChars(),
                        settings.maxInFlight(),
                        System::nanoTime);
        AtomicInteger count = new AtomicInteger();
        threads =
                Executors.newCachedThreadPool(
                        task -> {
                            Thread thread =
                                    new Thread(
                                            task, "generation-client-" + count.getAndIncrement());
                            thread.setDaemon(true);
                            return thread;
                        });
    }

    @Override
    public String model() {
        return settings.modelAndRevision();
    }

    @Override
    public CompletableFuture<Generation> generate(
            GenerationRequest request, Consumer<String> onText) {
        return begin(new RunningGeneration(request, settings.affinityChars(), onText));
    }

    @Override
    public CompletableFuture<Generation> generate(GenerationRequest request) {
        return begin(new RunningGeneration(request, settings.affinityChars(), null));
    }

    /** Gives up what is under way; its futures fail. */
    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
        }
        live.forEach(running -> running.fail(isClosed()));
        alarms.close();
        threads.shutdown();
        replicas.close();
    }

    private CompletableFuture<Generation> begin(RunningGeneration running) {
        live.add(running);
        running.result.whenComplete((generation, failure) -> forget(running));
        running.request
                .deadline()
                .ifPresent(within -> running.deadline = later(within, () -> running.late(within)));
        GenerationException refusal = admit(running);
        if (refusal != null) {
            running.fail(refusal);
            return running.result;
        }
        dispatch();
        return running.result;
    }

    /** Lets a request wait for its turn; why not, if not. */
    private @Nullable GenerationException admit(RunningGeneration running) {
        synchronized (lock) {
            if (closed) {
                return isClosed();
            }
            if (waiting.size() >= settings.maxWaiting()) {
                return new QueueFullException(
                        "%d requests wait already: max-waiting=%d"
                                .formatted(waiting.size(), settings.maxWaiting()));
            }
            waiting.add(running.request.client(), running);
            return null;
        }
    }

    /** Starts what waits on replicas that have room. */
    private void dispatch() {
        List<Runnable> starts = new ArrayList<>();
        synchronized (lock) {
            while (!closed && router.hasRoom()) {
                Optional<RunningGeneration> turn = waiting.poll();
                if (turn.isEmpty()) {
                    break;
                }
                RunningGeneration running = turn.get();
                OptionalInt replica = router.acquire(running.beginning, running.tried);
                starts.add(() -> attempt(running, replica.orElseThrow()));
            }
        }
        starts.forEach(this::execute);
    }

    /** One try, on a thread of ours, from a place on a replica to its release. */
    private void attempt(RunningGeneration running, int replica) {
        Exchange exchange = running.newExchange();
        try {
            Generation generation;
            try {
                Answer answer =
                        new Answer(running.request, settings.maxCharsPerToken(), running::tell);
                replicas.ask(replica, running.request, answer, exchange);
                generation = answer.generation(model());
            } finally {
                synchronized (lock) {
                    router.release(replica);
                }
                dispatch();
            }
            running.result.complete(generation);
        } catch (TryFailedException e) {
            failed(running, replica, e);
        } catch (RuntimeException | Error e) { // the listener's, or a role that is none
            exchange.abandon();
            running.fail(e);
        }
    }

    private void failed(RunningGeneration running, int replica, TryFailedException failure) {
        if (running.result.isDone()) {
            return; // cancelled, late or closed: the failure is ours
        }
        running.tries++;
        running.tried.add(replica);
        Duration asked = failure.retryAfter() == null ? Duration.ZERO : failure.retryAfter();
        Duration avoid = failure.unusable() ? settings.coolDown() : backoff.capped(asked);
        boolean another;
        synchronized (lock) {
            if (!avoid.isZero()) {
                router.avoid(replica, avoid);
            }
            another = router.anyWelcome();
        }
        if (!failure.retryable(another)
                || running.tries > settings.maxRetries()
                || running.hasTold()) {
            running.fail(failure.told(running.history(), !another));
            return;
        }
        Duration wait = backoff.before(running.tries);
        if (!another && asked.compareTo(wait) > 0) {
            wait = backoff.capped(asked);
        }
        LOG.info("try {} failed, the next is in {}: {}", running.tries, wait, failure.getMessage());
        running.retry = later(wait, () -> again(running));
    }

    private void again(RunningGeneration running) {
        synchronized (lock) {
            if (!running.result.isDone()) {
                waiting.add(running.request.client(), running);
            }
        }
        dispatch();
    }

    private void forget(RunningGeneration running) {
        live.remove(running);
        synchronized (lock) {
            waiting.remove(running.request.client(), running);
        }
        running.deadline.cancel();
        running.retry.cancel();
        if (running.result.isCompletedExceptionally()) {
            running.giveUp();
        }
    }

    private Alarms.Alarm later(Duration delay, Runnable task) {
        return alarms.after(delay, () -> execute(task));
    }

    private void execute(Runnable task) {
        try {
            threads.execute(task);
        } catch (RejectedExecutionException e) {
            LOG.debug("closed: what was to be done has failed already");
        }
    }

    private static GenerationException isClosed() {
        return new GenerationException("the generator is closed");
    }
}
