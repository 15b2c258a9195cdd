package io.prefstream.synthesize.models;

import io.prefstream.generation.Generation;
import io.prefstream.jobs.generators.GeneratorPool;
import io.prefstream.jobs.generators.PromptStyle;
import io.prefstream.jobs.generators.Role;
import io.prefstream.jobs.generators.Writer;
import io.prefstream.jobs.generators.Writer.Answer;
import io.prefstream.synthesize.Attempt;
import io.prefstream.synthesize.Attempt.NoCandidate;
import io.prefstream.synthesize.SynthesizeReason;
import java.util.concurrent.CompletableFuture;

/**
 * Rejected is a weak model's answer, chosen what a critic makes of it: CodeFavor's Critic-Evol
 * (arXiv 2410.03837, section 2.2). An answer that the critic leaves as it is makes no pair.
 */
public final class Critic extends ModelStrategy {

    public static final String NAME = "critic";

    Critic(Describer.Settings instructions, GeneratorPool models) {
        super(NAME, instructions, models, Role.WEAK, Role.CRITIC);
    }

    @Override
    CompletableFuture<Attempt> pair(Task task) {
        return answer(task, Role.WEAK)
                .thenCompose(
                        first ->
                                cut(first)
                                        .map(CompletableFuture::completedFuture)
                                        .orElseGet(() -> judged(task, first)));
    }

    private CompletableFuture<Attempt> judged(Task task, Answer first) {
        Writer critic = writer(task, Role.CRITIC);
        long seed = task.seeds().of(Role.CRITIC.toString());
        PromptStyle style = critic.spec().style();
        return critic.ask(
                        style.better(task.instruction(), task.language(), first.code()),
                        style.stops(),
                        seed,
                        task.budget())
                .thenApply(judgement -> pair(task, first, critic, judgement, seed));
    }

    private Attempt pair(Task task, Answer first, Writer critic, Generation judgement, long seed) {
        String code = critic.spec().style().code(task.instruction(), judgement);
        Answer second = new Answer(critic.spec(), judgement, code, seed);
        if (code.startsWith(PromptStyle.GOOD) || code.equals(first.code())) {
            return new NoCandidate(
                    SynthesizeReason.LEFT_AS_IT_IS,
                    "generator %s leaves the answer of generator %s as it is"
                            .formatted(critic.spec().name(), first.spec().name()));
        }
        return cut(second).orElseGet(() -> candidate(task, second.response(), first.response()));
    }
}
