package io.prefstream.synthesize;

import io.prefstream.generation.reliable.RetryBudget;
import io.prefstream.jobs.generators.GeneratorPool;
import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.CodeClass;
import io.prefstream.schemas.CodeSnippet;
import io.prefstream.synthesize.Attempt.Candidate;
import io.prefstream.synthesize.Attempt.NoCandidate;
import io.prefstream.synthesize.kinds.CodeClassifier;
import io.prefstream.synthesize.kinds.HeuristicClassifier;
import io.prefstream.synthesize.kinds.ModelClassifier;
import io.prefstream.synthesize.tests.TestWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * All attempts of a snippet: it is classified, where its kind is wanted each strategy that covers
 * it makes its own, and where a pair came of one, tests are written for all of them.
 *
 * <p>Knows no Flink.
 */
final class Attempts implements AutoCloseable {

    /**
     * What came of one.
     *
     * @param name of the attempt, such as {@code mutation/0}
     */
    record Made(String name, Attempt attempt) {}

    private record Planned(String name, Strategy strategy, long seed) {}

    private final Recipe recipe;
    private final List<Strategy> strategies;
    private final CodeClassifier classifier;
    private final TestWriter tests;

    /**
     * @throws IOException if a strategy can't have what it needs
     */
    Attempts(Recipe recipe, GeneratorPool models) throws IOException, InterruptedException {
        this.recipe = recipe;
        strategies = new ArrayList<>();
        for (StrategyShare share : recipe.shares()) {
            strategies.add(share.factory().create(models));
        }
        classifier =
                switch (recipe.kinds().by()) {
                    case NONE ->
                            (snippet, seed, budget) ->
                                    CompletableFuture.completedFuture(Optional.empty());
                    case HEURISTIC -> new HeuristicClassifier();
                    case MODEL -> new ModelClassifier(models);
                };
        tests = new TestWriter(recipe.tests(), models, recipe.seed());
    }

    TestWriter tests() {
        return tests;
    }

    @Override
    public void close() {
        strategies.forEach(Strategy::close);
    }

    /** Makes them; completes exceptionally for a defect. */
    CompletableFuture<List<Made>> of(SnippetTask task, RetryBudget budget) {
        List<Planned> planned = planned(task.snippet());
        return planned.isEmpty()
                ? CompletableFuture.completedFuture(List.of())
                : classifier
                        .classify(task.snippet(), recipe.seed(), budget)
                        .thenCompose(codeClass -> of(task, planned, codeClass, budget));
    }

    private List<Planned> planned(CodeSnippet snippet) {
        List<Planned> planned = new ArrayList<>();
        for (int i = 0; i < strategies.size(); i++) {
            StrategyShare share = recipe.shares().get(i);
            if (strategies.get(i).suits(snippet) && share.covers(snippet, recipe.seed())) {
                for (int variant = 0; variant < share.variants(); variant++) {
                    planned.add(
                            new Planned(
                                    share.name() + "/" + variant,
                                    strategies.get(i),
                                    share.seed(snippet, variant, recipe.seed())));
                }
            }
        }
        return planned;
    }

    private CompletableFuture<List<Made>> of(
            SnippetTask task,
            List<Planned> planned,
            Optional<CodeClass> codeClass,
            RetryBudget budget) {
        CodeSnippet snippet = task.snippet();
        Optional<NoCandidate> unwanted =
                codeClass.flatMap(known -> recipe.kinds().unwanted(snippet, known, recipe.seed()));
        if (unwanted.isPresent()) {
            return CompletableFuture.completedFuture(
                    planned.stream().map(each -> new Made(each.name, unwanted.get())).toList());
        }
        List<CompletableFuture<Attempt>> attempts =
                planned.stream()
                        .map(
                                each ->
                                        each.strategy.attempt(
                                                snippet, task.release(), each.seed, budget))
                        .toList();
        return CompletableFuture.allOf(attempts.toArray(CompletableFuture<?>[]::new))
                .thenApply(nothing -> made(planned, attempts, codeClass))
                .thenCompose(made -> tested(snippet, made, budget));
    }

    /** What came of each, a pair that was made before by another one not again. */
    private static List<Made> made(
            List<Planned> planned,
            List<CompletableFuture<Attempt>> attempts,
            Optional<CodeClass> codeClass) {
        Set<String> pairs = new HashSet<>();
        List<Made> made = new ArrayList<>();
        for (int i = 0; i < planned.size(); i++) {
            String name = planned.get(i).name;
            Attempt attempt = attempts.get(i).join();
            if (attempt instanceof Candidate candidate) {
                attempt =
                        pairs.add(candidate.pair().getId())
                                ? new Candidate(
                                        CandidatePair.newBuilder(candidate.pair())
                                                .setCodeClass(codeClass.orElse(null))
                                                .build())
                                : new NoCandidate(
                                        SynthesizeReason.DUPLICATE_VARIANT,
                                        "attempt %s repeats an earlier one of the same snippet"
                                                .formatted(name));
            }
            made.add(new Made(name, attempt));
        }
        return made;
    }

    /** All pairs get the same tests, those of a strategy that had some written already. */
    private CompletableFuture<List<Made>> tested(
            CodeSnippet snippet, List<Made> made, RetryBudget budget) {
        List<CandidatePair> pairs =
                made.stream()
                        .filter(each -> each.attempt instanceof Candidate)
                        .map(each -> ((Candidate) each.attempt).pair())
                        .toList();
        if (!tests.covers(snippet) || pairs.stream().noneMatch(pair -> pair.getTests().isEmpty())) {
            return CompletableFuture.completedFuture(made);
        }
        return pairs.stream()
                .flatMap(pair -> TestWriter.Written.of(pair).stream())
                .findFirst()
                .map(written -> CompletableFuture.completedFuture(Optional.of(written)))
                .orElseGet(() -> tests.write(snippet, budget))
                .thenApply(
                        written ->
                                written.map(
                                                some ->
                                                        made.stream()
                                                                .map(each -> with(some, each))
                                                                .toList())
                                        .orElse(made));
    }

    private static Made with(TestWriter.Written tests, Made made) {
        return made.attempt instanceof Candidate candidate && candidate.pair().getTests().isEmpty()
                ? new Made(made.name, new Candidate(tests.on(candidate.pair())))
                : made;
    }
}
