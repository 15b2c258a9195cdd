package io.prefstream.generation.openai;

import io.prefstream.generation.ChatMessage;
import io.prefstream.generation.Generation;
import io.prefstream.generation.GenerationRequest;
import io.prefstream.generation.Prompt;
import io.prefstream.generation.alarm.Alarms;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A request on its way, over all its tries; one thread at a time works on it. */
final class RunningGeneration {
    final GenerationRequest request;
    final CompletableFuture<Generation> result = new CompletableFuture<>();

    /** What decides the replica. */
    final String beginning;

    /** Replicas that have failed it. */
    final Set<Integer> tried = new HashSet<>();

    volatile Alarms.Alarm deadline = () -> {};
    volatile Alarms.Alarm retry = () -> {};
    volatile int tries;
    private volatile long told;
    private final @Nullable Consumer<String> listener;
    private @Nullable Exchange exchange;

    /**
     * @param affinityChars of the prompt that decide the replica
     * @param listener null if the text is wanted only whole
     */
    RunningGeneration(
            GenerationRequest request, int affinityChars, @Nullable Consumer<String> listener) {
        this.request = request;
        this.listener = listener;
        beginning = beginning(request.prompt(), affinityChars);
    }

    /** Tells the listener, if there is one and the future isn't done. */
    void tell(String text) {
        if (listener != null && !result.isDone()) {
            told += text.length();
            listener.accept(text);
        }
    }

    /** Whether a listener has heard something that can't be taken back. */
    boolean hasTold() {
        return told > 0;
    }

    void late(Duration within) {
        result.completeExceptionally(
                new TimeoutException("no answer within deadline=%s".formatted(within)));
    }

    void fail(Throwable why) {
        result.completeExceptionally(why);
    }

    /** The exchange of a new try, given up already if the future is done. */
    synchronized Exchange newExchange() {
        Exchange begun = new Exchange();
        exchange = begun;
        if (result.isDone()) {
            begun.abandon();
        }
        return begun;
    }

    /** Gives up the try that is under way. */
    synchronized void giveUp() {
        if (exchange != null) {
            exchange.abandon();
        }
    }

    /** What a failure's message adds. */
    String history() {
        return (tries > 1 ? "; %d tries".formatted(tries) : "")
                + (told > 0 ? "; %d chars had been told".formatted(told) : "");
    }

    private static String beginning(Prompt prompt, int chars) {
        if (prompt instanceof Prompt.Text text) {
            return text.text();
        }
        StringBuilder turns = new StringBuilder();
        for (ChatMessage message : ((Prompt.Chat) prompt).messages()) {
            if (turns.length() >= chars) {
                break;
            }
            turns.append(message.role()).append('\n').append(message.content()).append('\n');
        }
        return turns.toString();
    }
}
