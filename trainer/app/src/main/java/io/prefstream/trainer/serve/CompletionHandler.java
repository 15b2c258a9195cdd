package io.prefstream.trainer.serve;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.prefstream.generation.Generation;
import io.prefstream.generation.GenerationException;
import io.prefstream.generation.GenerationRequest;
import io.prefstream.generation.QueueFullException;
import io.prefstream.model.engine.EngineClosedException;
import io.prefstream.model.engine.TextEngine;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has texts generated and answers with them, whole or as they come. No thread waits for a text; the
 * engine does no more than leave a piece with an {@link EventStream}.
 */
final class CompletionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(CompletionHandler.class);

    private final TextEngine engine;
    private final Executor writers;
    private final InFlight inFlight;
    private final int clientBuffer;
    private final BooleanSupplier closing;

    /**
     * @param writers write to clients and may be held up by them
     * @param clientBuffer characters that may wait for a client
     */
    CompletionHandler(
            TextEngine engine,
            Executor writers,
            InFlight inFlight,
            int clientBuffer,
            BooleanSupplier closing) {
        this.engine = engine;
        this.writers = writers;
        this.inFlight = inFlight;
        this.clientBuffer = clientBuffer;
        this.closing = closing;
    }

    /**
     * Begins the texts; the answer follows when they come.
     *
     * @throws RefusedException if one can't be served; none is then begun
     */
    void serve(Call call, CompletionRequest request, AnswerFormat format) {
        if (request.stream()) {
            stream(call, request, format);
        } else {
            whole(call, request, format);
        }
    }

    private void whole(Call call, CompletionRequest request, AnswerFormat format) {
        List<CompletableFuture<Generation>> texts = new CopyOnWriteArrayList<>();
        submit(request, texts, index -> piece -> {});
        var unused =
                all(texts)
                        .whenCompleteAsync(
                                (nothing, failure) -> {
                                    if (failure == null) {
                                        call.json(format.whole(done(texts), request.perPrompt()));
                                    } else {
                                        call.refuse(failed(failure));
                                    }
                                },
                                writers);
    }

    private void stream(Call call, CompletionRequest request, AnswerFormat format) {
        List<CompletableFuture<Generation>> texts = new CopyOnWriteArrayList<>();
        EventStream stream =
                new EventStream(call::events, writers, clientBuffer, new Streaming(call, texts));
        for (int i = 0; i < request.choices().size(); i++) {
            format.begin(i).ifPresent(begin -> send(stream, begin));
        }
        submit(
                request,
                texts,
                index ->
                        piece ->
                                stream.send(
                                        () -> format.piece(index, piece).toString(),
                                        piece.length()));
        inFlight.add(stream);
        stream.start();
        CompletableFuture<?>[] ends = new CompletableFuture<?>[texts.size()];
        for (int i = 0; i < ends.length; i++) {
            int index = i;
            ends[i] =
                    texts.get(i)
                            .thenAccept(
                                    text ->
                                            stream.send(
                                                    () -> format.end(index, text).toString(), 0));
        }
        var unused =
                CompletableFuture.allOf(ends)
                        .whenComplete(
                                (nothing, failure) -> end(stream, request, format, texts, failure));
        if (stream.isGone()) {
            // Some may have been begun after it went.
            cancel(texts);
        }
    }

    private void end(
            EventStream stream,
            CompletionRequest request,
            AnswerFormat format,
            List<CompletableFuture<Generation>> texts,
            @Nullable Throwable failure) {
        if (failure != null) {
            cancel(texts);
            RefusedException refused = failed(failure);
            send(stream, Call.error(refused));
            stream.end(refused.outcome());
            return;
        }
        if (request.includeUsage()) {
            send(stream, format.usageChunk(done(texts), request.perPrompt()));
        }
        stream.send(() -> "[DONE]", 0);
        stream.end(Outcome.OK);
    }

    private static void send(EventStream stream, ObjectNode json) {
        stream.send(json::toString, 0);
    }

    private void submit(
            CompletionRequest request,
            List<CompletableFuture<Generation>> into,
            IntFunction<Consumer<String>> listener) {
        for (int i = 0; i < request.choices().size(); i++) {
            GenerationRequest choice = request.choices().get(i);
            CompletableFuture<Generation> text = engine.generate(choice, listener.apply(i));
            into.add(text);
            inFlight.add(text);
            if (text.isCompletedExceptionally()) {
                cancel(into);
                throw refused(text, request.chat() ? "messages" : "prompt", closing);
            }
        }
    }

    /** Why a text or a score was refused at once. */
    static RefusedException refused(
            CompletableFuture<?> future, String param, BooleanSupplier closing) {
        try {
            future.join();
            throw new IllegalStateException("it was not refused");
        } catch (CompletionException e) {
            if (e.getCause() instanceof QueueFullException full) {
                return RefusedException.queueFull(String.valueOf(full.getMessage()));
            }
            if (closing.getAsBoolean()) {
                return RefusedException.closing();
            }
            if (e.getCause() instanceof EngineClosedException closed) {
                return RefusedException.failed(closed);
            }
            if (e.getCause() instanceof GenerationException refused) {
                return RefusedException.field(param, String.valueOf(refused.getMessage()));
            }
            throw e;
        }
    }

    /** How a failure after the beginning is told. */
    RefusedException failed(Throwable failure) {
        Throwable why =
                failure instanceof CompletionException && failure.getCause() != null
                        ? failure.getCause()
                        : failure;
        if (closing.getAsBoolean()) {
            return RefusedException.closing();
        }
        if (!(why instanceof CancellationException)) {
            LOG.error("a request failed", why);
        }
        return RefusedException.failed(why);
    }

    private static CompletableFuture<Void> all(List<CompletableFuture<Generation>> texts) {
        return CompletableFuture.allOf(texts.toArray(CompletableFuture<?>[]::new));
    }

    private static List<Generation> done(List<CompletableFuture<Generation>> texts) {
        return texts.stream().map(CompletableFuture::join).toList();
    }

    private static void cancel(List<CompletableFuture<Generation>> texts) {
        texts.forEach(text -> text.cancel(false));
    }

    /** A client that goes away takes its texts along. */
    private final class Streaming implements EventStream.Listener {
        private final Call call;
        private final List<CompletableFuture<Generation>> texts;

        Streaming(Call call, List<CompletableFuture<Generation>> texts) {
            this.call = call;
            this.texts = texts;
        }

        @Override
        public void gone() {
            cancel(texts);
        }

        @Override
        public void over(EventStream stream, Outcome outcome) {
            inFlight.remove(stream);
            call.end(outcome);
        }
    }
}
