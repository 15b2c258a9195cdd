package io.prefstream.trainer.serve;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.prefstream.model.engine.ScoreRequest;
import io.prefstream.model.engine.TextEngine;
import io.prefstream.model.engine.TextScore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;

/**
 * Scores responses: {@code {"object": "list", "model", "data": [{"index", "reward",
 * "log_likelihood", "tokens", "response_tokens"}], "usage"}}. What the model has no head for is
 * null.
 */
final class ScoreHandler {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final TextEngine engine;
    private final Executor writers;
    private final InFlight inFlight;
    private final CompletionHandler failures;
    private final BooleanSupplier closing;

    ScoreHandler(
            TextEngine engine,
            Executor writers,
            InFlight inFlight,
            CompletionHandler failures,
            BooleanSupplier closing) {
        this.engine = engine;
        this.writers = writers;
        this.inFlight = inFlight;
        this.failures = failures;
        this.closing = closing;
    }

    /**
     * Begins the scores; the answer follows.
     *
     * @throws RefusedException if one can't be had
     */
    void serve(Call call, List<ScoreRequest> input) {
        List<CompletableFuture<TextScore>> scores = new ArrayList<>();
        for (ScoreRequest text : input) {
            CompletableFuture<TextScore> score = engine.score(text);
            scores.add(score);
            inFlight.add(score);
            if (score.isCompletedExceptionally()) {
                scores.forEach(s -> s.cancel(false));
                String place = "input[%d]".formatted(scores.size() - 1);
                throw CompletionHandler.refused(score, place, closing);
            }
        }
        var unused =
                CompletableFuture.allOf(scores.toArray(CompletableFuture<?>[]::new))
                        .whenCompleteAsync(
                                (nothing, failure) -> {
                                    if (failure == null) {
                                        call.json(answer(scores));
                                    } else {
                                        call.refuse(failures.failed(failure));
                                    }
                                },
                                writers);
    }

    private static ObjectNode answer(List<CompletableFuture<TextScore>> scores) {
        ObjectNode json = JSON.createObjectNode().put("object", "list");
        json.put("model", scores.get(0).join().model());
        ArrayNode data = json.putArray("data");
        int tokens = 0;
        for (int i = 0; i < scores.size(); i++) {
            TextScore score = scores.get(i).join();
            ScoreFormat.put(data.addObject().put("index", i), "", score);
            tokens += score.tokens();
        }
        json.putObject("usage").put("prompt_tokens", tokens).put("total_tokens", tokens);
        return json;
    }
}
