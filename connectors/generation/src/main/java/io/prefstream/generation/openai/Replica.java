package io.prefstream.generation.openai;

import com.openai.client.OpenAIClient;
import com.openai.core.JsonField;
import com.openai.core.http.StreamResponse;
import com.openai.errors.OpenAIException;
import com.openai.errors.OpenAIIoException;
import com.openai.errors.OpenAIServiceException;
import com.openai.errors.SseException;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.completions.Completion;
import com.openai.models.completions.CompletionChoice;
import com.openai.models.completions.CompletionUsage;
import io.prefstream.generation.Generation.TokenLogProbability;
import io.prefstream.generation.GenerationRequest;
import io.prefstream.generation.Prompt;
import io.prefstream.generation.alarm.Backoff;
import io.prefstream.generation.openai.ExchangeGuard.UnusableAnswerException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One endpoint: asks once and reads the stream to its end, on the caller's thread, and says of each
 * failure what it means for the next try.
 *
 * <p>A stream that breaks after its finish reason is whole, less perhaps the count of its tokens.
 */
final class Replica {
    /** Beside 5xx, all of which speak of the server or of what stands before it. */
    private static final Set<Integer> PASSING = Set.of(408, 409, 425, 429);

    /** Of both those that speak of load; 529 is no standard, but several hosts'. */
    private static final Set<Integer> LOAD = Set.of(429, 503, 529);

    /** Those that speak of the request's content: no other request is to blame. */
    private static final Set<Integer> LASTING = Set.of(400, 413, 414, 415, 422, 431, 451);

    private final String url;
    private final OpenAIClient client;
    private final ExchangeGuard guard;
    private final OpenAiSettings settings;
    private final UnaryOperator<String> mask;
    private final Clock clock;

    /**
     * @param client of this endpoint, without retries of its own
     * @param guard of the client's calls
     * @param mask takes the key out of what a server says
     * @param clock that {@code Retry-After} dates are compared with
     */
    Replica(
            String url,
            OpenAIClient client,
            ExchangeGuard guard,
            OpenAiSettings settings,
            UnaryOperator<String> mask,
            Clock clock) {
        this.url = url;
        this.client = client;
        this.guard = guard;
        this.settings = settings;
        this.mask = mask;
        this.clock = clock;
    }

    /**
     * Asks once.
     *
     * @param answer takes what comes
     * @param exchange gives the call up
     * @throws TryFailedException if there is no answer, or it isn't one; whatever the answer's
     *     listener throws passes through
     */
    void ask(GenerationRequest request, Answer answer, Exchange exchange)
            throws TryFailedException {
        int top = request.topLogProbabilities().orElse(0);
        guard.enter(exchange);
        try {
            if (request.prompt() instanceof Prompt.Text text) {
                try (StreamResponse<Completion> stream =
                        client.completions()
                                .createStreaming(
                                        RequestBodies.completion(
                                                text, request, settings.model()))) {
                    Iterator<Completion> chunks = stream.stream().iterator();
                    for (Completion chunk = next(chunks);
                            chunk != null;
                            chunk = answer.complete() ? null : next(chunks)) {
                        take(chunk, top, answer);
                    }
                }
            } else {
                Prompt.Chat chat = (Prompt.Chat) request.prompt();
                try (StreamResponse<ChatCompletionChunk> stream =
                        client.chat()
                                .completions()
                                .createStreaming(
                                        RequestBodies.chat(chat, request, settings.model()))) {
                    Iterator<ChatCompletionChunk> chunks = stream.stream().iterator();
                    for (ChatCompletionChunk chunk = next(chunks);
                            chunk != null;
                            chunk = answer.complete() ? null : next(chunks)) {
                        take(chunk, top, answer);
                    }
                }
            }
        } catch (OpenAIServiceException e) {
            throw refused(e);
        } catch (OpenAIIoException e) {
            if (!answer.finished()) {
                throw broken(e, exchange);
            }
        } catch (OpenAIException e) {
            throw garbage(e);
        } finally {
            guard.leave();
        }
    }

    /** The next chunk; null at the end. */
    private <T> @Nullable T next(Iterator<T> chunks) throws TryFailedException {
        try {
            return chunks.hasNext() ? chunks.next() : null;
        } catch (OpenAIException e) {
            throw e;
        } catch (RuntimeException e) { // such as of "data: null"
            throw garbage(e);
        }
    }

    private static void take(Completion chunk, int top, Answer answer) throws TryFailedException {
        answer.of(chunk._id().asKnown(), chunk._model().asKnown());
        for (CompletionChoice choice : chunk._choices().asKnown().orElse(List.of())) {
            if (isFirst(choice._index())) {
                Optional<CompletionChoice.Logprobs> given = choice._logprobs().asKnown();
                if (given.isPresent()) {
                    add(LogProbabilities.of(given.get(), top), answer);
                }
                add(choice._text().asKnown(), name(choice._finishReason()), answer);
            }
        }
        count(chunk._usage(), answer);
    }

    private static void take(ChatCompletionChunk chunk, int top, Answer answer)
            throws TryFailedException {
        answer.of(chunk._id().asKnown(), chunk._model().asKnown());
        for (ChatCompletionChunk.Choice choice : chunk._choices().asKnown().orElse(List.of())) {
            if (isFirst(choice._index())) {
                add(
                        choice._logprobs()
                                .asKnown()
                                .flatMap(given -> given._content().asKnown())
                                .map(given -> LogProbabilities.of(given, top))
                                .orElse(List.of()),
                        answer);
                add(
                        choice._delta().asKnown().flatMap(delta -> delta._content().asKnown()),
                        choice._finishReason().asKnown().map(reason -> reason.asString()),
                        answer);
            }
        }
        count(chunk._usage(), answer);
    }

    private static boolean isFirst(JsonField<Long> index) {
        return index.asKnown().orElse(0L) == 0;
    }

    private static Optional<String> name(JsonField<CompletionChoice.FinishReason> reason) {
        return reason.asKnown().map(CompletionChoice.FinishReason::asString);
    }

    private static void add(List<TokenLogProbability> tokens, Answer answer)
            throws TryFailedException {
        for (TokenLogProbability token : tokens) {
            answer.token(token);
        }
    }

    private static void add(Optional<String> text, Optional<String> reason, Answer answer)
            throws TryFailedException {
        if (text.isPresent()) {
            answer.text(text.get());
        }
        if (reason.isPresent() && !reason.get().isEmpty()) {
            answer.finish(reason.get());
        }
    }

    private static void count(JsonField<CompletionUsage> usage, Answer answer) {
        usage.asKnown()
                .ifPresent(
                        tokens ->
                                answer.usage(
                                        tokens._promptTokens().asKnown().orElse(0L),
                                        tokens._completionTokens().asKnown().orElse(0L)));
    }

    private TryFailedException refused(OpenAIServiceException e) {
        if (e instanceof SseException) {
            // "200: " goes before what the stream says.
            return TryFailedException.passing(
                    said("failed in its stream: " + said(e).replaceFirst("^\\d+: ", "")), null);
        }
        String message = said("answered " + said(e));
        int status = e.statusCode();
        if (LASTING.contains(status)) {
            return TryFailedException.lasting(message);
        }
        if (status < 500 && !PASSING.contains(status)) {
            // A key without rights or credit, a path or a model that isn't there, a redirection.
            return TryFailedException.refusesAll(message);
        }
        Duration retryAfter =
                e.headers().values("Retry-After").stream()
                        .findFirst()
                        .flatMap(value -> Backoff.retryAfter(value, clock.instant()))
                        .orElse(null);
        return LOAD.contains(status)
                ? TryFailedException.busy(message, retryAfter)
                : TryFailedException.passing(message, null, retryAfter);
    }

    private TryFailedException broken(OpenAIIoException e, Exchange exchange) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        if (cause instanceof UnusableAnswerException) {
            return TryFailedException.passing(said("gave " + said(cause)), null);
        }
        boolean answered = exchange.answered();
        if (cause instanceof SocketTimeoutException) {
            String idle = "gave no byte within idle-timeout=%s".formatted(settings.idleTimeout());
            String message =
                    said(
                            answered
                                    ? idle
                                    : idle
                                            + " or didn't connect within connect-timeout="
                                            + settings.connectTimeout());
            return answered
                    ? TryFailedException.passing(message, cause)
                    : TryFailedException.unreachable(message, cause);
        }
        if (cause instanceof InterruptedIOException) {
            return TryFailedException.passing(
                    said("was not done within request-timeout=" + settings.requestTimeout()),
                    cause);
        }
        if (cause instanceof ConnectException
                || cause instanceof UnknownHostException
                || cause instanceof NoRouteToHostException) {
            return TryFailedException.unreachable(said("can't be reached: " + said(cause)), cause);
        }
        // No cause, as below.
        return TryFailedException.passing(
                said(
                        (answered ? "broke its stream off: " : "hung up without an answer: ")
                                + said(cause)),
                null);
    }

    private TryFailedException garbage(RuntimeException e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        // No cause: it may hold what the server sent.
        return TryFailedException.passing(
                said("sent an event that is none of a completion: " + said(cause)), null);
    }

    private String said(String what) {
        return url + " " + mask.apply(what);
    }

    private static String said(Throwable e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}
