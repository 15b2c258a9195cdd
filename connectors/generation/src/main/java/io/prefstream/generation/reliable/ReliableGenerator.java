package io.prefstream.generation.reliable;

import io.prefstream.generation.Generation;
import io.prefstream.generation.GenerationException;
import io.prefstream.generation.GenerationRequest;
import io.prefstream.generation.Prompt;
import io.prefstream.generation.QueueFullException;
import io.prefstream.generation.TextGenerator;
import io.prefstream.generation.alarm.Alarms;
import io.prefstream.generation.alarm.Backoff;
import io.prefstream.generation.alarm.ThreadAlarms;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A generator that a job can rely on: whatever another one does, a request ends with an answer, or
 * with a failure that is the request's own.
 *
 * <ul>
 *   <li>An answer that the {@link AnswerLog} knows is not asked for again.
 *   <li>As many tokens are under way as the generator keeps up with ({@link TokenLimit}).
 *   <li>A generator that fails again and again is left alone for a while ({@link CircuitBreaker});
 *       requests wait, however long it takes, and so does whoever sends them once enough wait.
 *   <li>A failure counts against a request ({@link RetryBudget}) only if others were served while
 *       it was under way: otherwise the generator is to blame and not the request. A refusal for
 *       load (429, 503, a full queue) never counts, and one of all requests (a key, credit) only if
 *       something that was sent after it was served.
 *   <li>What a server asks for by {@code Retry-After}, up to {@link ReliableSettings#longestPause},
 *       it gets: until then nothing is sent.
 * </ul>
 *
 * <p>A request's deadline is that of one try. Texts are told whole. Futures are completed on the
 * threads of the generator behind this one, or on the caller's. Safe for many threads.
 */
public final class ReliableGenerator implements TextGenerator {
    private static final Logger LOG = LoggerFactory.getLogger(ReliableGenerator.class);
    private static final int CHARS_PER_TOKEN = 4;
    private static final Duration FIRST_BACKOFF = Duration.ofMillis(500);

    private final TextGenerator generator;
    private final ReliableSettings settings;
    private final @Nullable AnswerLog answers;
    private final Alarms alarms;
    private final LongSupplier clock;
    private final Backoff backoff;
    private final AtomicInteger dispatches = new AtomicInteger();

    /** Guards all below. */
    private final Object lock = new Object();

    private final TokenLimit limit;
    private final CircuitBreaker breaker;
    private final Queue<Call> waiting = new ArrayDeque<>();
    private final Set<Call> live = new HashSet<>();
    private boolean closed;
    private boolean warned;
    private long servedSentAt;
    private int inFlight;
    private long busySince;
    private long requests;
    private long answeredFromLog;
    private long completed;
    private long failed;
    private long retries;
    private long pauses;
    private long promptTokens;
    private long completionTokens;
    private long latencyNanos;
    private long busyNanos;

    /** A request on its way, over all its tries. */
    private static final class Call {
        final GenerationRequest request;
        final RetryBudget budget;
        final long tokens;
        final CompletableFuture<Generation> result = new CompletableFuture<>();

        /** Of the try that is under way. */
        long startedAt;

        long completedBefore;
        boolean tries;
        int attempts;
        int refusals;

        /** When it was last refused as all others should be. */
        OptionalLong refusedAt = OptionalLong.empty();

        @Nullable CompletableFuture<Generation> upstream;

        Call(GenerationRequest request, RetryBudget budget) {
            this.request = request;
            this.budget = budget;
            tokens = chars(request.prompt()) / CHARS_PER_TOKEN + request.maxTokens();
        }

        private static long chars(Prompt prompt) {
            if (prompt instanceof Prompt.Text text) {
                return text.text().length();
            }
            return ((Prompt.Chat) prompt)
                    .messages().stream().mapToLong(message -> message.content().length()).sum();
        }
    }

    /**
     * Owns the generator from now on, not the log.
     *
     * @param answers null to ask for everything
     */
    public ReliableGenerator(
            TextGenerator generator, ReliableSettings settings, @Nullable AnswerLog answers) {
        this(
                generator,
                settings,
                answers,
                new ThreadAlarms(),
                System::nanoTime,
                () -> ThreadLocalRandom.current().nextDouble());
    }

    /** With alarms, a clock (in nanoseconds) and a random number (from 0 to 1) of a test's. */
    ReliableGenerator(
            TextGenerator generator,
            ReliableSettings settings,
            @Nullable AnswerLog answers,
            Alarms alarms,
            LongSupplier clock,
            DoubleSupplier random) {
        this.generator = generator;
        this.settings = settings;
        this.answers = answers;
        this.alarms = alarms;
        this.clock = clock;
        limit = new TokenLimit(settings.maxTokens());
        servedSentAt = clock.getAsLong();
        breaker =
                new CircuitBreaker(
                        settings.failuresToPause(),
                        new Backoff(settings.firstPause(), settings.longestPause(), random),
                        clock.getAsLong());
        backoff = new Backoff(FIRST_BACKOFF, settings.longestPause(), random);
    }

    @Override
    public String model() {
        return generator.model();
    }

    /** With a budget of this request alone. */
    @Override
    public CompletableFuture<Generation> generate(
            GenerationRequest request, Consumer<String> onText) {
        CompletableFuture<Generation> whole =
                generate(request, new RetryBudget(settings.tries(), 0));
        CompletableFuture<Generation> told =
                whole.thenApply(
                        generation -> {
                            onText.accept(generation.text());
                            return generation;
                        });
        told.whenComplete((generation, failure) -> whole.cancel(true));
        return told;
    }

    /** Begins a generation with the tries that are left of a piece of work's. */
    public CompletableFuture<Generation> generate(GenerationRequest request, RetryBudget budget) {
        Call call = new Call(request, budget);
        Optional<Generation> known =
                answers == null ? Optional.empty() : answers.find(request.key(model()));
        synchronized (lock) {
            requests++;
            if (closed) {
                call.result.completeExceptionally(isClosed());
            } else if (known.isPresent()) {
                answeredFromLog++;
                call.result.complete(known.get());
            } else {
                live.add(call);
                waiting.add(call);
            }
        }
        if (!call.result.isDone()) {
            call.result.whenComplete((generation, failure) -> forget(call, failure));
            dispatch();
        }
        return call.result;
    }

    /** What was done so far. */
    public ReliableMetrics metrics() {
        synchronized (lock) {
            long busy = busyNanos + (inFlight > 0 ? clock.getAsLong() - busySince : 0);
            return new ReliableMetrics(
                    requests,
                    answeredFromLog,
                    completed,
                    failed,
                    retries,
                    pauses,
                    promptTokens,
                    completionTokens,
                    latencyNanos,
                    busy,
                    inFlight,
                    waiting.size(),
                    limit.inFlight(),
                    limit.limit(),
                    breaker.paused(clock.getAsLong()),
                    (promptTokens * settings.promptPrice()
                                    + completionTokens * settings.completionPrice())
                            / 1e6);
        }
    }

    @Override
    public void close() {
        List<Call> abandoned;
        synchronized (lock) {
            closed = true;
            waiting.clear();
            abandoned = new ArrayList<>(live);
        }
        alarms.close();
        abandoned.forEach(call -> call.result.completeExceptionally(isClosed()));
        generator.close();
    }

    /** Sends what may be sent; whoever comes while somebody is at it leaves it to them. */
    private void dispatch() {
        if (dispatches.getAndIncrement() > 0) {
            return;
        }
        int seen = 1;
        do {
            Call call = next();
            while (call != null) {
                send(call);
                call = next();
            }
            seen = dispatches.addAndGet(-seen);
        } while (seen > 0);
    }

    private @Nullable Call next() {
        synchronized (lock) {
            Call head = waiting.peek();
            long now = clock.getAsLong();
            if (head == null || !breaker.admits(now) || !limit.admits(head.tokens)) {
                return null;
            }
            waiting.remove();
            limit.started(head.tokens);
            head.tries = breaker.started();
            head.startedAt = now;
            head.completedBefore = completed;
            if (head.attempts++ > 0) {
                retries++;
            }
            if (inFlight++ == 0) {
                busySince = now;
            }
            return head;
        }
    }

    private void send(Call call) {
        CompletableFuture<Generation> upstream;
        try {
            upstream = generator.generate(call.request);
        } catch (RuntimeException e) {
            upstream = CompletableFuture.failedFuture(e);
        }
        boolean unwanted;
        synchronized (lock) {
            call.upstream = upstream;
            unwanted = call.result.isDone();
        }
        if (unwanted) {
            upstream.cancel(true);
        }
        CompletableFuture<?> unused =
                upstream.whenComplete(
                        (generation, failure) -> {
                            if (failure == null) {
                                succeeded(call, generation);
                            } else {
                                failed(call, cause(failure));
                            }
                            dispatch();
                        });
    }

    private void succeeded(Call call, Generation generation) {
        keep(call, generation);
        synchronized (lock) {
            long now = clock.getAsLong();
            ended(now);
            breaker.succeeded();
            if (now - call.startedAt > settings.slow().toNanos()) {
                limit.overloaded(call.tokens, call.startedAt, now);
            } else {
                limit.keptUp(call.tokens);
            }
            completed++;
            servedSentAt = call.startedAt - servedSentAt > 0 ? call.startedAt : servedSentAt;
            promptTokens += generation.promptTokens();
            completionTokens += generation.completionTokens();
            latencyNanos += now - call.startedAt;
        }
        call.result.complete(generation);
    }

    private void failed(Call call, Throwable failure) {
        boolean passing =
                failure instanceof TimeoutException
                        || failure instanceof GenerationException e
                                && (e.retryable() || e.refusesAll());
        if (call.result.isDone() || !passing) {
            synchronized (lock) {
                ended(clock.getAsLong());
                limit.gone(call.tokens);
                breaker.gone(call.tries);
                failed++;
            }
            call.result.completeExceptionally(failure);
            return;
        }
        Duration pause = Duration.ofNanos(-1);
        GenerationException told = failure instanceof GenerationException e ? e : null;
        boolean load = told != null && told.overloaded();
        Duration asked = told == null ? Duration.ZERO : told.retryAfter().orElse(Duration.ZERO);
        boolean blamed;
        synchronized (lock) {
            long now = clock.getAsLong();
            ended(now);
            limit.overloaded(call.tokens, call.startedAt, now);
            if (failure instanceof QueueFullException) {
                breaker.gone(call.tries);
            } else {
                pause = breaker.failed(call.tries, asked, now);
                pauses += pause.isNegative() ? 0 : 1;
            }
            boolean othersWereServed = completed > call.completedBefore;
            if (told != null && told.refusesAll()) {
                // Not so, if something was sent after the last refusal, and served.
                othersWereServed =
                        call.refusedAt.isPresent() && servedSentAt - call.refusedAt.getAsLong() > 0;
                call.refusedAt = OptionalLong.of(now);
            }
            blamed = othersWereServed && !load;
            call.refusals += load ? 1 : 0;
        }
        if (!pause.isNegative()) {
            LOG.warn(
                    "{}: nothing is sent for {}, {} wait: {}",
                    model(),
                    pause,
                    metrics().waiting(),
                    String.valueOf(failure.getMessage()));
            alarms.after(pause, this::dispatch);
        }
        if (blamed && !call.budget.spend()) {
            synchronized (lock) {
                failed++;
            }
            call.result.completeExceptionally(
                    new GenerationException(
                            "after %d tries, while others were served: %s"
                                    .formatted(call.budget.spent(), failure.getMessage()),
                            failure));
            return;
        }
        Duration wait = backoff.before(Math.max(1, load ? call.refusals : call.budget.spent()));
        Duration least = backoff.capped(asked);
        alarms.after(wait.compareTo(least) < 0 ? least : wait, () -> again(call));
    }

    private void again(Call call) {
        synchronized (lock) {
            if (!call.result.isDone()) {
                waiting.add(call);
            }
        }
        dispatch();
    }

    private void ended(long now) {
        if (--inFlight == 0) {
            busyNanos += now - busySince;
        }
    }

    /** A log that can't be written costs money, not answers. */
    private void keep(Call call, Generation generation) {
        if (answers == null) {
            return;
        }
        try {
            answers.put(call.request.key(generation.model()), generation);
        } catch (IOException e) {
            boolean first;
            synchronized (lock) {
                first = !warned;
                warned = true;
            }
            if (first) {
                LOG.warn("answers can't be kept, a restart will ask for them again", e);
            }
        }
    }

    private void forget(Call call, @Nullable Throwable failure) {
        CompletableFuture<Generation> upstream;
        synchronized (lock) {
            live.remove(call);
            waiting.remove(call);
            upstream = call.upstream;
        }
        if (failure != null && upstream != null) {
            upstream.cancel(true);
        }
    }

    private static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null
                ? failure.getCause()
                : failure;
    }

    private static GenerationException isClosed() {
        return new GenerationException("the generator is closed");
    }
}
