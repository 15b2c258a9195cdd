package io.prefstream.jobs.generators.release;

import io.prefstream.model.engine.TextEngine;
import io.prefstream.model.engine.TextScore;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * How good a preference model finds answers to one instruction.
 *
 * @param values of the answers, in their order
 * @param model that gave all of them
 */
public record Rewards(List<Float> values, String model) {

    public Rewards {
        values = List.copyOf(values);
    }

    /** Asks an engine, again where other weights came between the answers. */
    static CompletableFuture<Rewards> by(
            TextEngine engine, String instruction, List<String> answers) {
        List<CompletableFuture<TextScore>> asked =
                answers.stream().map(answer -> engine.score(instruction, answer)).toList();
        return CompletableFuture.allOf(asked.toArray(CompletableFuture<?>[]::new))
                .thenCompose(
                        nothing -> {
                            List<TextScore> scores =
                                    asked.stream().map(CompletableFuture::join).toList();
                            List<String> models =
                                    scores.stream().map(TextScore::model).distinct().toList();
                            return models.size() > 1
                                    ? by(engine, instruction, answers)
                                    : CompletableFuture.completedFuture(
                                            new Rewards(
                                                    scores.stream().map(TextScore::reward).toList(),
                                                    models.get(0)));
                        });
    }
}
