package io.prefstream.generation.openai;

import io.prefstream.generation.Generation;
import io.prefstream.generation.GenerationException;
import io.prefstream.generation.GenerationRequest;
import io.prefstream.generation.TextGenerator;
import io.prefstream.generation.alarm.Alarms;
import io.prefstream.generation.alarm.Backoff;
import io.prefstream.generation.alarm.ThreadAlarms;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

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
    private final OpenAiSettings settings;
    private final Replicas replicas;
    private final ReplicaCalls calls;

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
                ReplicaCalls.backoff(settings));
    }

    /** With an environment, alarms, a clock for {@code Retry-After} and a backoff of a test's. */
    OpenAiTextGenerator(
            OpenAiSettings settings,
            Function<String, @Nullable String> environment,
            Alarms alarms,
            Clock clock,
            Backoff backoff) {
        this.settings = settings;
        replicas = new Replicas(settings, ApiKey.read(settings, environment), clock);
        calls = new ReplicaCalls(settings, alarms, backoff);
    }

    @Override
    public String model() {
        return settings.modelAndRevision();
    }

    @Override
    public CompletableFuture<Generation> generate(
            GenerationRequest request, Consumer<String> onText) {
        return calls.begin(new RunningGeneration(request, settings, replicas, onText));
    }

    @Override
    public CompletableFuture<Generation> generate(GenerationRequest request) {
        return calls.begin(new RunningGeneration(request, settings, replicas, null));
    }

    /** Gives up what is under way; its futures fail. */
    @Override
    public void close() {
        calls.close();
        replicas.close();
    }
}
