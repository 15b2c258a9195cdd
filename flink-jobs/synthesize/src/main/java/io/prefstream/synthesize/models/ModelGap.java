package io.prefstream.synthesize.models;

import io.prefstream.jobs.generators.GapMonitor;
import io.prefstream.jobs.generators.GeneratorPool;
import io.prefstream.jobs.generators.Role;
import io.prefstream.jobs.generators.Writer.Answer;
import io.prefstream.synthesize.Attempt;
import java.util.concurrent.CompletableFuture;

/**
 * Chosen is a strong model's answer to a function's description, rejected a weak model's: CodePMP's
 * pairs (arXiv 2410.02229, section 3.1). The published function itself is on neither side.
 */
public final class ModelGap extends ModelStrategy {

    public static final String NAME = "model-gap";

    private final GapMonitor gap;

    ModelGap(Describer.Settings instructions, GeneratorPool models, GapMonitor gap) {
        super(NAME, instructions, models, Role.STRONG, Role.WEAK);
        this.gap = gap;
    }

    @Override
    CompletableFuture<Attempt> pair(Task task) {
        CompletableFuture<Answer> strong = answer(task, Role.STRONG);
        CompletableFuture<Answer> weak = answer(task, Role.WEAK);
        // Not on the engine's own thread, which parsing the answers would hold up.
        return strong.thenCombineAsync(
                weak,
                (best, worst) -> {
                    gap.observe(task.language(), best, worst);
                    return cut(best, worst)
                            .orElseGet(() -> candidate(task, best.response(), worst.response()));
                });
    }
}
