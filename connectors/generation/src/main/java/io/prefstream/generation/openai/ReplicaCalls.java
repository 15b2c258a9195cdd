package io.prefstream.generation.openai;

import io.prefstream.generation.GenerationException;
import io.prefstream.generation.QueueFullException;
import io.prefstream.generation.alarm.Alarms;
import io.prefstream.generation.alarm.Backoff;
import java.net.URI;
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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Requests to the replicas of an endpoint: their turns, which replica works on which ({@link
 * PrefixAffineRouter}), tries that fail and are made again ({@link Backoff}), deadlines.
 *
 * <p>Costs a thread for each request in flight, {@code maxInFlight} for each replica at most. The
 * others wait in turn of their clients. Futures are completed on those threads, without locks.
 */
final class ReplicaCalls implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicaCalls.class);
    private static final Duration FIRST_BACKOFF = Duration.ofMillis(500);

    private final OpenAiSettings settings;
    private final Alarms alarms;
    private final Backoff backoff;
    private final ExecutorService threads;
    private final Set<RunningRequest<?>> live = ConcurrentHashMap.newKeySet();

    /** Guards the three below. */
    private final Object lock = new Object();

    private final PrefixAffineRouter router;
    private final TurnQueue<RunningRequest<?>> waiting = new TurnQueue<>();
    private boolean closed;

    ReplicaCalls(OpenAiSettings settings, Alarms alarms, Backoff backoff) {
        this.settings = settings;
        this.alarms = alarms;
        this.backoff = backoff;
        router =
                new PrefixAffineRouter(
                        settings.baseUrls().stream().map(URI::toString).toList(),
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

    /** Waits between tries, from half a second on. */
    static Backoff backoff(OpenAiSettings settings) {
        return new Backoff(
                FIRST_BACKOFF,
                settings.maxBackoff(),
                () -> ThreadLocalRandom.current().nextDouble());
    }

    /** Begins a request, whose future is completed in any case. */
    <T> CompletableFuture<T> begin(RunningRequest<T> running) {
        live.add(running);
        running.result.whenComplete((answer, failure) -> forget(running));
        running.within.ifPresent(within -> running.deadline = later(within, running::late));
        GenerationException refusal = admit(running);
        if (refusal != null) {
            running.fail(refusal);
            return running.result;
        }
        dispatch();
        return running.result;
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
    }

    /** Lets a request wait for its turn; why not, if not. */
    private @Nullable GenerationException admit(RunningRequest<?> running) {
        synchronized (lock) {
            if (closed) {
                return isClosed();
            }
            if (waiting.size() >= settings.maxWaiting()) {
                return new QueueFullException(
                        "%d requests wait already: max-waiting=%d"
                                .formatted(waiting.size(), settings.maxWaiting()));
            }
            waiting.add(running.client, running);
            return null;
        }
    }

    /** Starts what waits on replicas that have room. */
    private void dispatch() {
        List<Runnable> starts = new ArrayList<>();
        synchronized (lock) {
            while (!closed && router.hasRoom()) {
                Optional<RunningRequest<?>> turn = waiting.poll();
                if (turn.isEmpty()) {
                    break;
                }
                RunningRequest<?> running = turn.get();
                OptionalInt replica = router.acquire(running.beginning, running.tried);
                starts.add(() -> attempt(running, replica.orElseThrow()));
            }
        }
        starts.forEach(this::execute);
    }

    /** One try, on a thread of ours, from a place on a replica to its release. */
    private <T> void attempt(RunningRequest<T> running, int replica) {
        Exchange exchange = running.newExchange();
        try {
            T answer;
            try {
                answer = running.ask(replica, exchange);
            } finally {
                synchronized (lock) {
                    router.release(replica);
                }
                dispatch();
            }
            running.result.complete(answer);
        } catch (TryFailedException e) {
            failed(running, replica, e);
        } catch (RuntimeException | Error e) { // the listener's, or a role that is none
            exchange.abandon();
            running.fail(e);
        }
    }

    private void failed(RunningRequest<?> running, int replica, TryFailedException failure) {
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

    private void again(RunningRequest<?> running) {
        synchronized (lock) {
            if (!running.result.isDone()) {
                waiting.add(running.client, running);
            }
        }
        dispatch();
    }

    private void forget(RunningRequest<?> running) {
        live.remove(running);
        synchronized (lock) {
            waiting.remove(running.client, running);
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
        return new GenerationException("the client is closed");
    }
}
