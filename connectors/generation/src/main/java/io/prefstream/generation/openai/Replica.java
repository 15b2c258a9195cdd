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
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One endpoint: asks once and reads the stream to its end, on the caller's thread, and says of each
 * failure what it means for the next try.
 *
 * <p>A stream that breaks after its finish reason is whole, less perhaps the count of its tokens.
 */
final class Replica {
    private final OpenAIClient client;
    private final ExchangeGuard guard;
    private final String model;
    private final Failures failures;

    /**
     * @param client of this endpoint, without retries of its own
     * @param guard of the client's calls
     * @param model the name that the endpoint knows it by
     */
    Replica(OpenAIClient client, ExchangeGuard guard, String model, Failures failures) {
        this.client = client;
        this.guard = guard;
        this.model = model;
        this.failures = failures;
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
                                .createStreaming(RequestBodies.completion(text, request, model))) {
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
                                .createStreaming(RequestBodies.chat(chat, request, model))) {
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
                throw failures.broken(Failures.cause(e), exchange);
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
            return failures.passing(
                    "failed in its stream: " + Failures.said(e).replaceFirst("^\\d+: ", ""));
        }
        return failures.refused(
                e.statusCode(),
                Failures.said(e),
                e.headers().values("Retry-After").stream().findFirst());
    }

    private TryFailedException garbage(RuntimeException e) {
        return failures.passing(
                "sent an event that is none of a completion: " + Failures.said(Failures.cause(e)));
    }
}
