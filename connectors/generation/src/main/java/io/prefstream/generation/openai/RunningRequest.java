package io.prefstream.generation.openai;

import io.prefstream.generation.alarm.Alarms;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A request on its way, over all its tries; one thread at a time works on it.
 *
 * @param <T> its answer
 */
abstract class RunningRequest<T> {
    final CompletableFuture<T> result = new CompletableFuture<>();

    /** Whose turn it takes. */
    final String client;

    final Optional<Duration> within;

    /** What decides the replica. */
    final String beginning;

    /** Replicas that have failed it. */
    final Set<Integer> tried = new HashSet<>();

    volatile Alarms.Alarm deadline = () -> {};
    volatile Alarms.Alarm retry = () -> {};
    volatile int tries;
    private @Nullable Exchange exchange;

    /**
     * @param within time that it has
     */
    RunningRequest(String client, Optional<Duration> within, String beginning) {
        this.client = client;
        this.within = within;
        this.beginning = beginning;
    }

    /**
     * Asks a replica once, on the caller's thread.
     *
     * @throws TryFailedException if there is no answer
     */
    abstract T ask(int replica, Exchange exchange) throws TryFailedException;

    /** Whether something was told that can't be taken back, so that no other try may follow. */
    boolean hasTold() {
        return false;
    }

    /** What a failure's message adds. */
    String history() {
        return tries > 1 ? "; %d tries".formatted(tries) : "";
    }

    final void late() {
        within.ifPresent(
                time -> fail(new TimeoutException("no answer within deadline=%s".formatted(time))));
    }

    final void fail(Throwable why) {
        result.completeExceptionally(why);
    }

    /** The exchange of a new try, given up already if the future is done. */
    final synchronized Exchange newExchange() {
        Exchange begun = new Exchange();
        exchange = begun;
        if (result.isDone()) {
            begun.abandon();
        }
        return begun;
    }

    /** Gives up the try that is under way. */
    final synchronized void giveUp() {
        if (exchange != null) {
            exchange.abandon();
        }
    }
}
