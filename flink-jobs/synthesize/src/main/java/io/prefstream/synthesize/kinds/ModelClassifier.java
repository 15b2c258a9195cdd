package io.prefstream.synthesize.kinds;

import io.prefstream.generation.ChatMessage;
import io.prefstream.generation.GenerationException;
import io.prefstream.generation.Prompt;
import io.prefstream.generation.reliable.RetryBudget;
import io.prefstream.jobs.generators.GeneratorPool;
import io.prefstream.jobs.generators.Role;
import io.prefstream.jobs.generators.Writer;
import io.prefstream.schemas.CodeClass;
import io.prefstream.schemas.CodeKind;
import io.prefstream.schemas.CodeSnippet;
import io.prefstream.schemas.ContentId;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Asks a model for the kind and its confidence. Where it fails, or says neither kind, the {@link
 * HeuristicClassifier} is asked, and signs.
 */
public final class ModelClassifier implements CodeClassifier {

    /** {@code non-engineering 0.9}, in whatever it is wrapped. */
    private static final Pattern JUDGEMENT =
            Pattern.compile(
                    "\\b(non-engineering|engineering)\\b\\W*(\\d(?:\\.\\d++)?+)(?!\\d|\\.\\d|\\s*%)");

    private final GeneratorPool models;

    public ModelClassifier(GeneratorPool models) {
        this.models = models;
    }

    @Override
    public CompletableFuture<Optional<CodeClass>> classify(
            CodeSnippet snippet, long seed, RetryBudget budget) {
        String purpose = snippet.getId() + "/kind";
        Writer writer =
                models.writer(
                        Role.CLASSIFIER,
                        ContentId.fraction(purpose, "who is classifier", Long.toString(seed)));
        return writer.ask(
                        prompt(snippet),
                        List.of(),
                        ContentId.seed(purpose, Long.toString(seed)),
                        budget)
                .thenApply(answer -> judgement(answer.text(), Writer.nameOf(answer)))
                .exceptionally(ModelClassifier::failed)
                // Not on the engine's own thread, which what follows would hold up.
                .thenApplyAsync(
                        judgement -> judgement.or(() -> HeuristicClassifier.classify(snippet)));
    }

    /** What an answer says; empty where it says neither kind or no confidence from 0 to 1. */
    static Optional<CodeClass> judgement(String answer, String model) {
        Matcher said = JUDGEMENT.matcher(answer.toLowerCase(Locale.ROOT));
        if (!said.find()) {
            return Optional.empty();
        }
        double confidence = Double.parseDouble(said.group(2));
        if (confidence > 1) {
            return Optional.empty();
        }
        CodeKind kind =
                said.group(1).equals("engineering")
                        ? CodeKind.ENGINEERING
                        : CodeKind.NON_ENGINEERING;
        return Optional.of(new CodeClass(kind, confidence, model));
    }

    /** Whatever else comes is a defect, and ends the job. */
    private static Optional<CodeClass> failed(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null
                        ? failure.getCause()
                        : failure;
        if (cause instanceof GenerationException) {
            return Optional.empty();
        }
        throw new CompletionException(cause);
    }

    private static Prompt prompt(CodeSnippet snippet) {
        return new Prompt.Chat(
                List.of(
                        new ChatMessage(
                                "user",
                                ("Is this %s code engineering code, which ties a product together"
                                     + " (frameworks, files, networks, devices, configuration, the"
                                     + " fields of its own object), or non-engineering code, which"
                                     + " can be understood and tried out by itself (an algorithm, a"
                                     + " calculation, a data structure)?\n\n"
                                     + "```\n"
                                     + "%s\n"
                                     + "```\n\n"
                                     + "Answer with the one word engineering or non-engineering and"
                                     + " how sure you are, from 0 to 1, such as: engineering 0.8")
                                        .formatted(snippet.getLanguage(), snippet.getText()))));
    }
}
