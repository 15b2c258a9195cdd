package io.prefstream.jobs.generators;

import io.prefstream.generation.Generation;
import io.prefstream.generation.GenerationException;
import io.prefstream.generation.GenerationRequest;
import io.prefstream.generation.Prompt;
import io.prefstream.generation.reliable.ReliableGenerator;
import io.prefstream.generation.reliable.RetryBudget;
import io.prefstream.jobs.common.syntax.Language;
import io.prefstream.schemas.FinishReason;
import io.prefstream.schemas.Response;
import io.prefstream.schemas.SamplingParameters;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * A generator asked in its own style.
 *
 * @param user who asks: the model serves its users in turn
 * @param generator with its limits and its log
 */
public record Writer(String user, GeneratorSpec spec, ReliableGenerator generator) {

    /**
     * A function that a model wrote.
     *
     * @param code as it stands on a record
     */
    public record Answer(GeneratorSpec spec, Generation generation, String code, long seed) {

        /** Whether the limit of tokens ended it. */
        public boolean isCut() {
            return generation.finishReason() == io.prefstream.generation.FinishReason.LENGTH;
        }

        /** As a side of a pair. */
        public Response response() {
            String model = generation.model();
            int at = model.lastIndexOf('@');
            return Response.newBuilder()
                    .setText(code)
                    .setGenerator(nameOf(generation))
                    .setModelRevision(at < 0 ? null : model.substring(at + 1))
                    .setSampling(
                            SamplingParameters.newBuilder()
                                    .setTemperature(spec.sampling().temperature())
                                    .setTopP(spec.sampling().topP())
                                    .setMaxTokens(spec.maxTokens())
                                    .build())
                    .setSeed(seed)
                    .setTokenCount(generation.completionTokens())
                    .setMeanLogprob(finite(generation.meanLogProbability()))
                    .setFinishReason(FinishReason.STOP)
                    .build();
        }

        private static @Nullable Double finite(double value) {
            return Double.isFinite(value) ? value : null;
        }
    }

    /**
     * The request's own failure.
     *
     * @param failure that an answer completed with
     * @throws CompletionException if it is a defect, which ends the job
     */
    public static GenerationException ownFailure(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null
                        ? failure.getCause()
                        : failure;
        if (cause instanceof GenerationException own) {
            return own;
        }
        throw new CompletionException(cause);
    }

    /** The model that wrote a text, without its revision. */
    public static String nameOf(Generation generation) {
        String model = generation.model();
        int at = model.lastIndexOf('@');
        return at < 0 ? model : model.substring(0, at);
    }

    /** Whether functions of this language can be asked for. */
    public boolean speaks(Language language) {
        return spec.style().speaks(language);
    }

    /** Asks for the function that an instruction describes. */
    public CompletableFuture<Answer> function(
            Instruction instruction, Language language, long seed, RetryBudget budget) {
        PromptStyle style = spec.style();
        return ask(style.prompt(instruction, language), style.stops(), seed, budget)
                .thenApply(
                        generation ->
                                new Answer(
                                        spec,
                                        generation,
                                        style.code(instruction, generation),
                                        seed));
    }

    /** Asks for any text. */
    public CompletableFuture<Generation> ask(
            Prompt prompt, List<String> stops, long seed, RetryBudget budget) {
        return generator.generate(
                new GenerationRequest(
                        prompt,
                        spec.sampling(),
                        spec.maxTokens(),
                        stops,
                        seed,
                        Optional.empty(),
                        Optional.of(spec.timeout()),
                        user),
                budget);
    }
}
