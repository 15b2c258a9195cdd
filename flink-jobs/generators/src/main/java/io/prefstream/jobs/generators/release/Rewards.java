package io.prefstream.jobs.generators.release;

import io.prefstream.model.engine.OneModel;
import io.prefstream.model.engine.ScoreRequest;
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

    /** Asks an engine. */
    static CompletableFuture<Rewards> by(
            TextEngine engine, String instruction, List<String> answers) {
        return OneModel.scores(
                        () ->
                                answers.stream()
                                        .map(answer -> ScoreRequest.of(instruction, answer))
                                        .map(request -> engine.score(request, false))
                                        .toList())
                .thenApply(
                        scores ->
                                new Rewards(
                                        scores.stream().map(TextScore::reward).toList(),
                                        scores.get(0).model()));
    }
}
