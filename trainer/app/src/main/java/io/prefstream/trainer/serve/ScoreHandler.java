package io.prefstream.trainer.serve;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.prefstream.model.engine.OneModel;
import io.prefstream.model.engine.ScoreRequest;
import io.prefstream.model.engine.TextEngine;
import io.prefstream.model.engine.TextScore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;

/**
 * Scores responses: {@code {"object": "list", "model", "margin_scale", "data": [{"index", "reward",
 * "log_likelihood", "tokens", "response_tokens"}], "usage"}}, all by the same weights. What the
 * model has no head for, or doesn't say, is null.
 */
final class ScoreHandler {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final TextEngine engine;
    private final MarginScales scales;
    private final Executor writers;
    private final InFlight inFlight;
    private final CompletionHandler failures;
    private final BooleanSupplier closing;

    ScoreHandler(
            TextEngine engine,
            MarginScales scales,
            Executor writers,
            InFlight inFlight,
            CompletionHandler failures,
            BooleanSupplier closing) {
        this.engine = engine;
        this.scales = scales;
        this.writers = writers;
        this.inFlight = inFlight;
        this.failures = failures;
        this.closing = closing;
    }

    /** Begins the scores; the answer follows. */
    void serve(Call call, ScoreInput input) {
        var unused =
                OneModel.scores(() -> begin(input))
                        .whenCompleteAsync(
                                (scores, failure) -> {
                                    if (failure == null) {
                                        call.json(answer(scores));
                                    } else if (failure instanceof RefusedException refused) {
                                        call.refuse(refused);
                                    } else {
                                        call.refuse(failures.failed(failure));
                                    }
                                },
                                writers);
    }

    /**
     * @throws RefusedException if one can't be had; none is then begun
     */
    private List<CompletableFuture<TextScore>> begin(ScoreInput input) {
        List<CompletableFuture<TextScore>> scores = new ArrayList<>();
        for (ScoreRequest text : input.texts()) {
            CompletableFuture<TextScore> score = engine.score(text, input.logLikelihoods());
            scores.add(score);
            inFlight.add(score);
            if (score.isCompletedExceptionally()) {
                scores.forEach(s -> s.cancel(false));
                String place = "input[%d]".formatted(scores.size() - 1);
                throw CompletionHandler.refused(score, place, closing);
            }
        }
        return scores;
    }

    private ObjectNode answer(List<TextScore> scores) {
        String model = scores.get(0).model();
        ObjectNode json = JSON.createObjectNode().put("object", "list").put("model", model);
        ScoreFormat.number(json, "margin_scale", scales.of(model).orElse(Double.NaN));
        ArrayNode data = json.putArray("data");
        int tokens = 0;
        for (int i = 0; i < scores.size(); i++) {
            ScoreFormat.put(data.addObject().put("index", i), "", scores.get(i));
            tokens += scores.get(i).tokens();
        }
        json.putObject("usage").put("prompt_tokens", tokens).put("total_tokens", tokens);
        return json;
    }
}
