package io.prefstream.synthesize.models;

import io.prefstream.jobs.generators.GeneratorPool;
import io.prefstream.jobs.generators.Writer.Answer;
import io.prefstream.jobs.generators.release.AnswerScorer;
import io.prefstream.jobs.generators.release.CheckpointUnusableException;
import io.prefstream.jobs.generators.release.Rewards;
import io.prefstream.schemas.Response;
import io.prefstream.synthesize.Attempt;
import io.prefstream.synthesize.Attempt.NoCandidate;
import io.prefstream.synthesize.SynthesizeReason;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Chosen is the answer that a preference model likes best, rejected the one that it likes least:
 * the label is the preference model's own opinion, and what it gets wrong is learned again.
 */
final class PreferenceContrast extends SelfContrast {

    private final double minMargin;
    private final AnswerScorer scorer;

    /**
     * @param minMargin least difference of the rewards of best and worst
     */
    PreferenceContrast(
            int samples,
            double minMargin,
            Describer.Settings instructions,
            GeneratorPool models,
            AnswerScorer scorer) {
        super(samples, instructions, models);
        this.minMargin = minMargin;
        this.scorer = scorer;
    }

    @Override
    CompletableFuture<Attempt> pair(Task task) {
        return scorer.ready(task.release())
                .thenCompose(ready -> sampled(task, answers -> scored(task, answers)))
                .exceptionally(PreferenceContrast::withoutModel);
    }

    private CompletableFuture<Attempt> scored(Task task, List<Answer> answers) {
        List<String> codes = answers.stream().map(Answer::code).toList();
        return scorer.rewards(task.release(), task.instruction().text(), codes)
                .thenApply(rewards -> contrast(task, answers, rewards));
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
        if (!(margin >= minMargin) || best == worst) {
            return alike(
                    "the rewards of best and worst of %d samples differ by %s, which is below synthesize.self-contrast.min-margin=%s"
                            .formatted(answers.size(), margin, minMargin));
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
}
