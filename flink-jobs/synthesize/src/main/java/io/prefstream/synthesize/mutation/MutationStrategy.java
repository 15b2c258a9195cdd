package io.prefstream.synthesize.mutation;

import io.prefstream.generation.reliable.RetryBudget;
import io.prefstream.jobs.common.syntax.Language;
import io.prefstream.jobs.generators.Instruction;
import io.prefstream.schemas.CodeSnippet;
import io.prefstream.schemas.FinishReason;
import io.prefstream.schemas.Response;
import io.prefstream.schemas.SnippetKind;
import io.prefstream.synthesize.Attempt;
import io.prefstream.synthesize.Attempt.Candidate;
import io.prefstream.synthesize.Attempt.NoCandidate;
import io.prefstream.synthesize.Instructions;
import io.prefstream.synthesize.Strategy;
import io.prefstream.synthesize.SynthesizeReason;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Chosen is the published function; rejected is the same function with a few seeded mutations.
 *
 * <p>Needs no model, and the label is true by construction up to mutants that mean the same. What
 * keeps it honest is that both sides have the same tokens (or, for substitutions, that tokens
 * travel in both directions equally often), the same formatting and in nearly all pairs the same
 * length.
 */
public final class MutationStrategy implements Strategy {

    public static final String NAME = "mutation";

    private static final String PRODUCER = "synthesize.mutation/1";

    private final MutationSettings settings;
    private final Mutator mutator;

    public MutationStrategy(MutationSettings settings) {
        this.settings = settings;
        this.mutator =
                new Mutator(settings.neutralShare(), settings.maxEdits(), SubstitutionRates::of);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public CompletableFuture<Attempt> attempt(CodeSnippet snippet, long seed, RetryBudget budget) {
        return CompletableFuture.completedFuture(attempt(snippet, seed));
    }

    /** Makes a pair at once: nobody is asked. */
    Attempt attempt(CodeSnippet snippet, long seed) {
        Language language = Language.ofCode(snippet.getLanguage()).orElse(null);
        if (language == null) {
            return new NoCandidate(
                    SynthesizeReason.LANGUAGE_NOT_SUPPORTED,
                    "no grammar for language " + snippet.getLanguage());
        }
        if (snippet.getKind() != SnippetKind.FUNCTION) {
            return new NoCandidate(
                    SynthesizeReason.KIND_NOT_SUPPORTED,
                    "mutations are made in functions, this is a "
                            + snippet.getKind().name().toLowerCase(Locale.ROOT));
        }
        Instruction instruction = Instructions.of(snippet, language, settings.maxDocChars());
        Optional<NoCandidate> tooLong =
                Instructions.tooLong(instruction, settings.maxInstructionChars());
        if (tooLong.isPresent()) {
            return tooLong.get();
        }
        Mutator.Outcome outcome = mutator.mutate(language, snippet.getText(), seed);
        if (outcome instanceof Mutator.Mutated mutated) {
            return Candidate.of(
                    snippet,
                    instruction,
                    response(snippet.getText(), "published", null),
                    response(mutated.text(), NAME, seed),
                    NAME,
                    mutated.edits().stream().map(Edit::description).toList(),
                    PRODUCER);
        }
        if (outcome instanceof Mutator.Broken broken) {
            return new NoCandidate(
                    SynthesizeReason.MUTANT_DOES_NOT_PARSE,
                    "none of " + broken.attempts() + " mutants parses");
        }
        return outcome instanceof Mutator.Unparseable
                ? new NoCandidate(
                        SynthesizeReason.UNPARSEABLE_SNIPPET,
                        "the snippet itself has syntax errors")
                : new NoCandidate(
                        SynthesizeReason.NO_MUTATION_SITE, "no operator applies to this function");
    }

    private static Response response(String text, String generator, @Nullable Long seed) {
        return Response.newBuilder()
                .setText(text)
                .setGenerator(generator)
                .setSeed(seed)
                .setFinishReason(FinishReason.PUBLISHED)
                .build();
    }
}
