package io.prefstream.generation.reliable;

import io.prefstream.generation.FinishReason;
import io.prefstream.generation.Generation;
import io.prefstream.generation.GenerationRequest;
import io.prefstream.generation.Prompt;
import io.prefstream.generation.TextGenerator;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** A model whose requests stay open until a test ends them, in the order in which they came. */
final class ScriptedGenerator implements TextGenerator {
    record Open(GenerationRequest request, CompletableFuture<Generation> result) {
        String prompt() {
            return ((Prompt.Text) request.prompt()).text();
        }

        void answer(String text) {
            result.complete(generation(text));
        }

        void fail(Throwable why) {
            result.completeExceptionally(why);
        }
    }

    final List<Open> open = new ArrayList<>();
    boolean closed;

    static Generation generation(String text) {
        return new Generation(text, FinishReason.STOP, 3, 2, -0.25, List.of(), "scripted@1");
    }

    /** The oldest request that is open. */
    Open next() {
        return open.remove(0);
    }

    List<String> prompts() {
        return open.stream().map(Open::prompt).toList();
    }

    @Override
    public CompletableFuture<Generation> generate(
            GenerationRequest request, Consumer<String> onText) {
        Open asked = new Open(request, new CompletableFuture<>());
        open.add(asked);
        return asked.result;
    }

    @Override
    public String model() {
        return "scripted@1";
    }

    @Override
    public void close() {
        closed = true;
    }
}
