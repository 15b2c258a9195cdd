package io.prefstream.synthesize.models;

import io.prefstream.generation.reliable.RetryBudget;
import io.prefstream.jobs.common.syntax.Language;
import io.prefstream.jobs.generators.GeneratorPool;
import io.prefstream.jobs.generators.Instruction;
import io.prefstream.jobs.generators.Role;
import io.prefstream.jobs.generators.Writer;
import io.prefstream.jobs.generators.Writer.Answer;
import io.prefstream.jobs.generators.release.ReleaseModel;
import io.prefstream.schemas.CodeSnippet;
import io.prefstream.schemas.Response;
import io.prefstream.schemas.SnippetKind;
import io.prefstream.synthesize.Attempt;
import io.prefstream.synthesize.Attempt.Candidate;
import io.prefstream.synthesize.Attempt.NoCandidate;
import io.prefstream.synthesize.Instructions;
import io.prefstream.synthesize.Strategy;
import io.prefstream.synthesize.SynthesizeReason;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What strategies that ask models have in common: a described function, answers that must have an
 * end, and failures that are the request's own.
 *
 * <p>The label of such a pair is a belief, that who wrote chosen writes better code.
 */
abstract class ModelStrategy implements Strategy {

    /** A function that is described. */
    record Task(
            CodeSnippet snippet,
            Language language,
            Instruction instruction,
            @Nullable ReleaseModel release,
            Seeds seeds,
            RetryBudget budget) {}

    private final String name;
    private final Describer.Settings instructions;
    private final Describer describer;
    private final GeneratorPool models;
    private final List<Role> roles;

    ModelStrategy(
            String name, Describer.Settings instructions, GeneratorPool models, Role... roles) {
        this.name = name;
        this.instructions = instructions;
        this.models = models;
        this.roles = List.of(roles);
        describer = new Describer(instructions, models);
    }

    @Override
    public final String name() {
        return name;
    }

    /** Functions in languages that somebody of each role speaks. */
    @Override
    public boolean suits(CodeSnippet snippet) {
        Optional<Language> language = Language.ofCode(snippet.getLanguage());
        return Strategy.super.suits(snippet)
                && snippet.getKind() == SnippetKind.FUNCTION
                && language.isPresent()
                && roles.stream().allMatch(role -> models.speaks(role, language.get()));
    }

    @Override
    public final CompletableFuture<Attempt> attempt(
            CodeSnippet snippet, long seed, RetryBudget budget) {
        return attempt(snippet, null, seed, budget);
    }

    @Override
    public final CompletableFuture<Attempt> attempt(
            CodeSnippet snippet, @Nullable ReleaseModel release, long seed, RetryBudget budget) {
        Language language = Language.ofCode(snippet.getLanguage()).orElseThrow();
        Seeds seeds = new Seeds(seed);
        return describer
                .describe(snippet, language, seeds, budget)
                .thenCompose(
                        instruction ->
                                Instructions.tooLong(instruction, instructions.maxChars())
                                        .<CompletableFuture<Attempt>>map(
                                                CompletableFuture::completedFuture)
                                        .orElseGet(
                                                () ->
                                                        pair(
                                                                new Task(
                                                                        snippet,
                                                                        language,
                                                                        instruction,
                                                                        release,
                                                                        seeds,
                                                                        budget))))
                .exceptionally(ModelStrategy::failed);
    }

    /** Makes a pair of a described function. */
    abstract CompletableFuture<Attempt> pair(Task task);

    /** Asks one who plays the role for the function. */
    final CompletableFuture<Answer> answer(Task task, Role role) {
        return writer(task, role)
                .function(
                        task.instruction,
                        task.language,
                        task.seeds.of(role.toString()),
                        task.budget);
    }

    final Writer writer(Task task, Role role) {
        return models.writer(role, task.language, task.seeds.fraction("who is " + role));
    }

    final Candidate candidate(Task task, Response chosen, Response rejected) {
        return Candidate.of(
                task.snippet,
                task.instruction,
                chosen,
                rejected,
                name,
                List.of(),
                "synthesize.%s/1".formatted(name));
    }

    /** No pair, if an answer was cut. */
    static Optional<Attempt> cut(Answer... answers) {
        for (Answer answer : answers) {
            if (answer.isCut()) {
                return Optional.of(
                        new NoCandidate(
                                SynthesizeReason.ANSWER_CUT,
                                "the answer of generator %s has no end within its max-answer=%,d"
                                        .formatted(
                                                answer.spec().name(), answer.spec().maxTokens())));
            }
        }
        return Optional.empty();
    }

    private static Attempt failed(Throwable failure) {
        return new NoCandidate(
                SynthesizeReason.GENERATION_FAILED,
                String.valueOf(Writer.ownFailure(failure).getMessage()));
    }
}
