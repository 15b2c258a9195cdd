package io.prefstream.synthesize.modelgap;

import io.prefstream.generation.Generation;
import io.prefstream.generation.GenerationRequest;
import io.prefstream.generation.TextGenerator;
import io.prefstream.jobs.common.syntax.Language;
import io.prefstream.schemas.CodeSnippet;
import io.prefstream.schemas.ContentId;
import io.prefstream.schemas.FinishReason;
import io.prefstream.schemas.Response;
import io.prefstream.schemas.SamplingParameters;
import io.prefstream.schemas.SnippetKind;
import io.prefstream.synthesize.Attempt;
import io.prefstream.synthesize.Attempt.Candidate;
import io.prefstream.synthesize.Attempt.NoCandidate;
import io.prefstream.synthesize.Instructions;
import io.prefstream.synthesize.Instructions.Instruction;
import io.prefstream.synthesize.SynthesizeReason;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Chosen is a strong model's answer to a function's description, rejected a weak model's: CodePMP's
 * pairs (arXiv 2410.02229, section 3.1). The published function itself is on neither side.
 *
 * <p>The label is a belief: a strong model's answer is often no better. Knows no Flink; the same
 * snippet, models and seed give the same pair.
 */
public final class ModelGap {

    public static final String NAME = "model-gap";

    private static final String PRODUCER = "synthesize.model-gap/1";

    private final ModelGapSettings settings;

    public ModelGap(ModelGapSettings settings) {
        this.settings = settings;
    }

    /** Whether this snippet is a function of the share that is asked for. */
    public boolean wants(CodeSnippet snippet) {
        Optional<Language> language = Language.ofCode(snippet.getLanguage());
        if (snippet.getKind() != SnippetKind.FUNCTION
                || language.isEmpty()
                || !settings.style().speaks(language.get())) {
            return false;
        }
        return ContentId.fraction(snippet.getId(), NAME, Long.toString(settings.seed()))
                < settings.share();
    }

    /** Asks both models; completes normally, whatever they do. */
    public CompletableFuture<Attempt> attempt(
            CodeSnippet snippet, TextGenerator strong, TextGenerator weak) {
        Language language = Language.ofCode(snippet.getLanguage()).orElseThrow();
        Instruction instruction = Instructions.of(snippet, language, settings.maxDocChars());
        Optional<NoCandidate> tooLong =
                Instructions.tooLong(instruction, settings.maxInstructionChars());
        if (tooLong.isPresent()) {
            return CompletableFuture.completedFuture(tooLong.get());
        }
        long strongSeed = seed(snippet, "strong");
        long weakSeed = seed(snippet, "weak");
        CompletableFuture<Generation> chosen =
                strong.generate(request(instruction, language, strongSeed));
        CompletableFuture<Generation> rejected =
                weak.generate(request(instruction, language, weakSeed));
        return chosen.thenCombine(
                        rejected,
                        (best, worst) ->
                                pair(
                                        snippet,
                                        instruction,
                                        new Answer("strong", best, strongSeed),
                                        new Answer("weak", worst, weakSeed)))
                .exceptionally(this::failed);
    }

    private record Answer(String role, Generation generation, long seed) {}

    private GenerationRequest request(Instruction instruction, Language language, long seed) {
        return new GenerationRequest(
                settings.style().prompt(instruction, language),
                settings.sampling(),
                settings.maxTokens(),
                settings.style().stops(),
                seed,
                Optional.empty(),
                Optional.of(settings.timeout()),
                NAME);
    }

    private Attempt pair(
            CodeSnippet snippet, Instruction instruction, Answer chosen, Answer rejected) {
        for (Answer answer : new Answer[] {chosen, rejected}) {
            if (answer.generation.finishReason() == io.prefstream.generation.FinishReason.LENGTH) {
                return new NoCandidate(
                        SynthesizeReason.ANSWER_CUT,
                        "the %s model's answer has no end within synthesize.model-gap.max-tokens=%,d"
                                .formatted(answer.role, settings.maxTokens()));
            }
        }
        return Candidate.of(
                snippet,
                instruction,
                response(instruction, chosen),
                response(instruction, rejected),
                NAME,
                List.of(),
                PRODUCER);
    }

    private Response response(Instruction instruction, Answer answer) {
        Generation generation = answer.generation;
        String model = generation.model();
        int at = model.lastIndexOf('@');
        return Response.newBuilder()
                .setText(settings.style().code(instruction, generation))
                .setGenerator(at < 0 ? model : model.substring(0, at))
                .setModelRevision(at < 0 ? null : model.substring(at + 1))
                .setSampling(
                        SamplingParameters.newBuilder()
                                .setTemperature(settings.sampling().temperature())
                                .setTopP(settings.sampling().topP())
                                .setMaxTokens(settings.maxTokens())
                                .build())
                .setSeed(answer.seed)
                .setTokenCount(generation.completionTokens())
                .setMeanLogprob(finite(generation.meanLogProbability()))
                .setFinishReason(FinishReason.STOP)
                .build();
    }

    private static @Nullable Double finite(double value) {
        return Double.isFinite(value) ? value : null;
    }

    private Attempt failed(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null
                        ? failure.getCause()
                        : failure;
        return cause instanceof TimeoutException
                ? new NoCandidate(
                        SynthesizeReason.GENERATION_TIMED_OUT,
                        "no answers within synthesize.model-gap.timeout=" + settings.timeout())
                : new NoCandidate(
                        SynthesizeReason.GENERATION_FAILED,
                        String.valueOf(cause.getMessage() == null ? cause : cause.getMessage()));
    }

    private long seed(CodeSnippet snippet, String purpose) {
        return ContentId.seed(snippet.getId(), NAME, purpose, Long.toString(settings.seed()));
    }
}
