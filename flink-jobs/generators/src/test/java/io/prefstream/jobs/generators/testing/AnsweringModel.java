package io.prefstream.jobs.generators.testing;

import io.prefstream.generation.FinishReason;
import io.prefstream.generation.Generation;
import io.prefstream.generation.GenerationRequest;
import io.prefstream.generation.TextGenerator;
import io.prefstream.jobs.generators.GeneratorFactory;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;

/** A model whose answers a function gives. */
public record AnsweringModel(String model, Function<GenerationRequest, Generation> answers)
        implements TextGenerator {

    /** A factory for tasks of this process. */
    public interface Answers extends java.io.Serializable {
        Generation to(String model, GenerationRequest request);
    }

    public static GeneratorFactory factory(String model, Answers answers) {
        return device -> new AnsweringModel(model, request -> answers.to(model, request));
    }

    /** An answer that the model ended itself. */
    public static Generation whole(String model, String text) {
        return generation(model, text, FinishReason.STOP);
    }

    /** An answer that the limit cut. */
    public static Generation cut(String model, String text) {
        return generation(model, text, FinishReason.LENGTH);
    }

    private static Generation generation(String model, String text, FinishReason reason) {
        return new Generation(text, reason, 10, 5, -0.5, List.of(), model);
    }

    @Override
    public CompletableFuture<Generation> generate(
            GenerationRequest request, Consumer<String> onText) {
        try {
            return CompletableFuture.completedFuture(answers.apply(request));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e.getCause() == null ? e : e.getCause());
        }
    }

    @Override
    public void close() {}
}
