package io.prefstream.synthesize.models;

import io.prefstream.jobs.generators.GeneratorPool;
import io.prefstream.jobs.generators.Role;
import io.prefstream.jobs.generators.Writer;
import io.prefstream.jobs.generators.Writer.Answer;
import io.prefstream.jobs.generators.release.AnswerScorer;
import io.prefstream.jobs.generators.release.CheckpointUnusableException;
import io.prefstream.jobs.generators.release.Rewards;
import io.prefstream.schemas.Response;
import io.prefstream.synthesize.Attempt;
import io.prefstream.synthesize.Attempt.NoCandidate;
import io.prefstream.synthesize.SynthesizeReason;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;

/**
 * Several answers of one model to one description: chosen is the one that a preference model likes
 * best, rejected the one that it likes least. Both sides have one author, so who wrote what gives
 * nothing away; but the label is the preference model's own opinion, and what it gets wrong is
 * learned again.
 */
public final class SelfContrast extends ModelStrategy {

    public static final String NAME = "self-contrast";

    /**
     * How samples are drawn and told apart.
     *
     * @param samples of each function, at least two
     * @param minMargin least difference of the rewards of best and worst
     */
    record Settings(int samples, double minMargin) implements Serializable {}

    private final Settings settings;
    private final AnswerScorer scorer;

    SelfContrast(
            Settings settings,
            Describer.Settings instructions,
            GeneratorPool models,
            AnswerScorer scorer) {
        super(NAME, instructions, models, Role.SAMPLER);
        this.settings = settings;
        this.scorer = scorer;
    }

    @Override
    CompletableFuture<Attempt> pair(Task task) {
        return scorer.ready(task.release())
                .thenCompose(ready -> samples(task))
                // Not on the engine's own thread, which encoding the answers would hold up.
                .thenComposeAsync(answers -> scored(task, answers))
                .exceptionally(SelfContrast::withoutModel);
    }

    private CompletableFuture<List<Answer>> samples(Task task) {
        Writer writer = writer(task, Role.SAMPLER);
        List<CompletableFuture<Answer>> samples =
                IntStream.range(0, settings.samples)
                        .mapToObj(
                                i ->
                                        writer.function(
                                                task.instruction(),
                                                task.language(),
                                                task.seeds().of(Role.SAMPLER + " " + i),
                                                task.budget()))
                        .toList();
        return all(samples);
    }

    private CompletableFuture<Attempt> scored(Task task, List<Answer> answers) {
        Set<String> seen = new HashSet<>();
        List<Answer> different =
                answers.stream()
                        .filter(answer -> !answer.isCut() && seen.add(answer.code()))
                        .toList();
        if (different.size() < 2) {
            return CompletableFuture.completedFuture(
                    alike(
                            "of %d samples only %d have an end and differ"
                                    .formatted(answers.size(), different.size())));
        }
        List<String> codes = different.stream().map(Answer::code).toList();
        return scorer.rewards(task.release(), task.instruction().text(), codes)
                .thenApply(rewards -> contrast(task, different, rewards));
    }

    private Attempt contrast(Task task, List<Answer> answers, Rewards by) {
        List<Float> rewards = by.values();
        int best = 0;
        int worst = 0;
        for (int i = 1; i < rewards.size(); i++) {
            best = rewards.get(i) > rewards.get(best) ? i : best;
            worst = rewards.get(i) < rewards.get(worst) ? i : worst;
        }
        double margin = rewards.get(best) - rewards.get(worst);
        if (!(margin >= settings.minMargin) || best == worst) {
            return alike(
                    "the rewards of best and worst of %d samples differ by %s, which is below synthesize.self-contrast.min-margin=%s"
                            .formatted(answers.size(), margin, settings.minMargin));
        }
        Response chosen = answers.get(best).response();
        return candidate(task, chosen, answers.get(worst).response()).preferredBy(by.model());
    }

    private static Attempt withoutModel(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null
                        ? failure.getCause()
                        : failure;
        if (cause instanceof CheckpointUnusableException) {
            return new NoCandidate(
                    SynthesizeReason.NO_PREFERENCE_MODEL, String.valueOf(cause.getMessage()));
        }
        throw new CompletionException(cause);
    }

    private static NoCandidate alike(String detail) {
        return new NoCandidate(SynthesizeReason.SAMPLES_ALIKE, detail);
    }

    private static <T> CompletableFuture<List<T>> all(List<CompletableFuture<T>> futures) {
        return CompletableFuture.allOf(futures.toArray(CompletableFuture<?>[]::new))
                .thenApply(
                        nothing -> {
                            List<T> results = new ArrayList<>();
                            futures.forEach(future -> results.add(future.join()));
                            return results;
                        });
    }
}
