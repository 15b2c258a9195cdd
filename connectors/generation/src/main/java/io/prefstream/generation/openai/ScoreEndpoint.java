package io.prefstream.generation.openai;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.prefstream.generation.RewardAnswer;
import io.prefstream.generation.RewardRequest;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okhttp3.ResponseBody;
import org.jspecify.annotations.Nullable;

/**
 * One server's {@code /score}: asks once, on the caller's thread, and takes no answer that isn't
 * whole. Log-likelihoods, which cost more than rewards, are declined.
 */
final class ScoreEndpoint {
    private static final MediaType JSON_TYPE = MediaType.get("application/json");
    private static final ObjectMapper JSON =
            new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private final String url;
    private final OkHttpClient client;
    private final ExchangeGuard guard;
    private final @Nullable ApiKey key;
    private final Failures failures;

    /**
     * @param guard of the client's calls
     * @param key null to send none
     */
    ScoreEndpoint(
            String url,
            OkHttpClient client,
            ExchangeGuard guard,
            @Nullable ApiKey key,
            Failures failures) {
        this.url = url;
        this.client = client;
        this.guard = guard;
        this.key = key;
        this.failures = failures;
    }

    /**
     * Asks once.
     *
     * @throws TryFailedException if there is no answer, or it isn't one
     */
    RewardAnswer ask(RewardRequest request, Exchange exchange) throws TryFailedException {
        guard.enter(exchange);
        try (Response response = client.newCall(post(request)).execute()) {
            ResponseBody body = response.body();
            String text = body == null ? "" : body.string();
            if (!response.isSuccessful()) {
                throw failures.refused(
                        response.code(),
                        (response.code() + ": " + message(text)).strip(),
                        Optional.ofNullable(response.header("Retry-After")));
            }
            return answer(text, request.texts().size());
        } catch (IOException e) {
            throw failures.broken(e, exchange);
        } finally {
            guard.leave();
        }
    }

    private Request post(RewardRequest request) {
        ObjectNode json = JSON.createObjectNode().put("log_likelihood", false);
        if (!request.client().isEmpty()) {
            json.put("user", request.client());
        }
        ArrayNode input = json.putArray("input");
        request.texts()
                .forEach(
                        text ->
                                input.addObject()
                                        .put("prompt", text.prompt())
                                        .put("response", text.response()));
        Request.Builder builder =
                new Request.Builder()
                        .url(url + "/score")
                        .header("User-Agent", "prefstream")
                        .header("Accept", "application/json")
                        .post(RequestBody.create(json.toString(), JSON_TYPE));
        if (key != null) {
            builder.header("Authorization", "Bearer " + key.secret());
        }
        return builder.build();
    }

    /** What an error says of itself, else its text. */
    private static String message(String text) {
        try {
            JsonNode message = JSON.readTree(text).path("error").path("message");
            return message.isTextual() ? message.textValue() : text;
        } catch (JsonProcessingException e) {
            return text;
        }
    }

    private RewardAnswer answer(String text, int count) throws TryFailedException {
        JsonNode json;
        try {
            json = JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw unlike("is no JSON: " + e.getOriginalMessage());
        }
        JsonNode model = json.path("model");
        if (!model.isTextual() || model.textValue().isBlank()) {
            throw unlike("doesn't say its model");
        }
        return new RewardAnswer(
                rewards(json.path("data"), count, model.textValue()),
                model.textValue(),
                marginScale(json.path("margin_scale")));
    }

    private List<Float> rewards(JsonNode data, int count, String model) throws TryFailedException {
        if (!data.isArray() || data.size() != count) {
            throw unlike("has %d scores for %d texts".formatted(data.size(), count));
        }
        SortedMap<Integer, Float> rewards = new TreeMap<>();
        for (JsonNode score : data) {
            JsonNode index = score.path("index");
            int at = index.isIntegralNumber() && index.canConvertToInt() ? index.intValue() : -1;
            if (at < 0 || at >= count || rewards.containsKey(at)) {
                throw unlike("has index=%s twice or of no text".formatted(index));
            }
            JsonNode reward = score.path("reward");
            if (reward.isNull()) {
                throw failures.refusesAll(
                        "has no rewards: %s has no reward head, a release of the trainer has"
                                .formatted(model));
            }
            if (!reward.isNumber() || !Float.isFinite(reward.floatValue())) {
                throw unlike("has reward=%s, which is no number".formatted(reward));
            }
            rewards.put(at, reward.floatValue());
        }
        return List.copyOf(rewards.values());
    }

    private OptionalDouble marginScale(JsonNode scale) throws TryFailedException {
        if (scale.isMissingNode() || scale.isNull()) {
            return OptionalDouble.empty();
        }
        if (!scale.isNumber() || !(scale.doubleValue() >= 0 && scale.doubleValue() < 1 / 0.0)) {
            throw unlike("has margin_scale=%s, which is no number from 0 up".formatted(scale));
        }
        return OptionalDouble.of(scale.doubleValue());
    }

    private TryFailedException unlike(String what) {
        return failures.passing("gave an answer that " + what);
    }
}
