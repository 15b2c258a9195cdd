package io.prefstream.trainer.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.prefstream.trainer.RandomModel;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompletionServerTest {
    private static final String COMPLETIONS = "/v1/completions";
    private static final String CHAT = "/v1/chat/completions";
    private static final List<Map<String, String>> HELLO =
            List.of(
                    Map.of("role", "developer", "content", "be brief"),
                    Map.of("role", "user", "content", "größer 漢字"));

    @TempDir static Path folder;
    private static ServedModel served;

    @BeforeAll
    static void start() throws Exception {
        served = ServedModel.of(RandomModel.write(folder.resolve("tiny"), 128));
    }

    @AfterAll
    static void stop() {
        served.close();
    }

    @Test
    void aCompletionHasWhatClientsRead() throws Exception {
        JsonNode json = served.ask(COMPLETIONS, "model", "tiny", "prompt", "int a", "seed", 3);
        assertThat(json.path("id").asText()).startsWith("cmpl-");
        assertThat(json.path("object").asText()).isEqualTo("text_completion");
        assertThat(json.path("created").asLong()).isEqualTo(ServedModel.STARTED.getEpochSecond());
        assertThat(json.path("model").asText()).isEqualTo("tiny");
        JsonNode choice = json.path("choices").path(0);
        assertThat(choice.path("index").asInt()).isZero();
        assertThat(choice.path("text").asText()).isNotEmpty();
        assertThat(choice.path("logprobs").isNull()).isTrue();
        assertThat(choice.path("finish_reason").asText()).isIn("length", "stop");
        JsonNode usage = json.path("usage");
        // OpenAI's default of max_tokens.
        assertThat(usage.path("completion_tokens").asInt()).isBetween(1, 16);
        assertThat(usage.path("total_tokens").asInt())
                .isEqualTo(
                        usage.path("prompt_tokens").asInt()
                                + usage.path("completion_tokens").asInt());
    }

    @Test
    void streamedPiecesAreTheWholeTextOfTheSameSeed() throws Exception {
        for (int seed = 0; seed < 10; seed++) {
            Object[] body = {"prompt", "void", "seed", seed, "max_tokens", 60, "stream", false};
            JsonNode whole = served.ask(COMPLETIONS, body).path("choices").path(0);
            body[7] = true;
            List<JsonNode> events = served.stream(COMPLETIONS, body);
            StringBuilder text = new StringBuilder();
            events.forEach(e -> text.append(e.path("choices").path(0).path("text").asText()));
            assertThat(text.toString()).isEqualTo(whole.path("text").asText());
            JsonNode last = events.get(events.size() - 1).path("choices").path(0);
            assertThat(last.path("finish_reason")).isEqualTo(whole.path("finish_reason"));
            assertThat(events.get(0).path("choices").path(0).path("finish_reason").isNull())
                    .isTrue();
        }
    }

    @Test
    void aConversationIsAnsweredWholeAndInPieces() throws Exception {
        Object[] body = {"messages", HELLO, "seed", 4, "max_completion_tokens", 40, "n", 2};
        JsonNode json = served.ask(CHAT, body);
        assertThat(json.path("object").asText()).isEqualTo("chat.completion");
        assertThat(json.path("choices")).hasSize(2);
        JsonNode message = json.path("choices").path(0).path("message");
        assertThat(message.path("role").asText()).isEqualTo("assistant");

        Object[] streamed = {
            "messages",
            HELLO,
            "seed",
            4,
            "max_completion_tokens",
            40,
            "n",
            2,
            "stream",
            true,
            "stream_options",
            Map.of("include_usage", true)
        };
        List<JsonNode> events = served.stream(CHAT, streamed);
        String[] texts = {"", ""};
        for (JsonNode event : events.subList(0, events.size() - 1)) {
            assertThat(event.path("object").asText()).isEqualTo("chat.completion.chunk");
            assertThat(event.path("usage").isNull()).isTrue();
            JsonNode choice = event.path("choices").path(0);
            texts[choice.path("index").asInt()] += choice.path("delta").path("content").asText("");
        }
        assertThat(events.get(0).path("choices").path(0).path("delta").path("role").asText())
                .isEqualTo("assistant");
        for (int i = 0; i < 2; i++) {
            assertThat(texts[i])
                    .isEqualTo(
                            json.path("choices").path(i).path("message").path("content").asText());
        }
        JsonNode last = events.get(events.size() - 1);
        assertThat(last.path("choices")).isEmpty();
        assertThat(last.path("usage")).isEqualTo(json.path("usage"));
    }

    @Test
    void contentsMayComeInParts() throws Exception {
        JsonNode parts =
                ServedModel.JSON.readTree(
                        "[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"a \"},"
                                + "{\"type\":\"text\",\"text\":\"b\"}]}]");
        List<Map<String, String>> plain = List.of(Map.of("role", "user", "content", "a b"));
        assertThat(served.ask(CHAT, "messages", parts, "temperature", 0).path("choices"))
                .isEqualTo(served.ask(CHAT, "messages", plain, "temperature", 0).path("choices"));
    }

    @Test
    void choicesOfSeveralPromptsAreThoseOfEachAlone() throws Exception {
        JsonNode json =
                served.ask(COMPLETIONS, "prompt", List.of("int a", "for ("), "n", 2, "seed", 5);
        int prompts = 0;
        for (int i = 0; i < 4; i++) {
            JsonNode alone =
                    served.ask(COMPLETIONS, "prompt", i < 2 ? "int a" : "for (", "seed", 5 + i % 2);
            assertThat(json.path("choices").path(i).path("text"))
                    .isEqualTo(alone.path("choices").path(0).path("text"));
            prompts += i % 2 * alone.path("usage").path("prompt_tokens").asInt();
        }
        assertThat(json.path("usage").path("prompt_tokens").asInt()).isEqualTo(prompts);
    }

    @Test
    void stopsEndTheText() throws Exception {
        Object[] body = {"prompt", "class", "seed", 2, "max_tokens", 60, "stop", null};
        String whole = text(served.ask(COMPLETIONS, body));
        String stop = whole.substring(6, 8);
        for (Object given : new Object[] {stop, List.of("nowhere", stop)}) {
            body[7] = given;
            JsonNode cut = served.ask(COMPLETIONS, body);
            assertThat(text(cut)).isEqualTo(whole.substring(0, whole.indexOf(stop)));
            assertThat(cut.path("choices").path(0).path("finish_reason").asText())
                    .isEqualTo("stop");
        }
    }

    @Test
    void logProbabilitiesComeInEitherShape() throws Exception {
        JsonNode old =
                served.ask(
                                COMPLETIONS,
                                "prompt",
                                "if (",
                                "logprobs",
                                2,
                                "temperature",
                                0,
                                "max_tokens",
                                5)
                        .path("choices")
                        .path(0)
                        .path("logprobs");
        assertThat(old.path("tokens")).hasSameSizeAs(old.path("text_offset"));
        for (int i = 0; i < old.path("tokens").size(); i++) {
            JsonNode top = old.path("top_logprobs").path(i);
            assertThat(top.path(old.path("tokens").path(i).asText()).asDouble())
                    .isCloseTo(old.path("token_logprobs").path(i).asDouble(), within(1e-5));
        }
        Object[] body = {
            "messages",
            HELLO,
            "logprobs",
            true,
            "top_logprobs",
            3,
            "temperature",
            0,
            "stream",
            false,
            "max_tokens",
            6
        };
        JsonNode chat = served.ask(CHAT, body).path("choices").path(0).path("logprobs");
        for (JsonNode token : chat.path("content")) {
            assertThat(token.path("top_logprobs")).hasSize(3);
            assertThat(token.path("logprob").asDouble()).isNegative();
            assertThat(token.has("bytes")).isTrue();
        }
        body[9] = true;
        List<JsonNode> events = served.stream(CHAT, body);
        JsonNode last = events.get(events.size() - 1).path("choices").path(0).path("logprobs");
        assertThat(last.path("content")).hasSameSizeAs(chat.path("content")).isNotEmpty();
    }

    @Test
    void scoresOfResponses() throws Exception {
        JsonNode json =
                served.ask(
                        "/v1/score",
                        "model",
                        "tiny",
                        "input",
                        List.of(
                                Map.of("prompt", "int a", "response", "return b;"),
                                Map.of("prompt", "int a", "response", "oops")));
        assertThat(json.path("data")).hasSize(2);
        JsonNode second = json.path("data").path(1);
        assertThat(second.path("index").asInt()).isEqualTo(1);
        assertThat(second.path("reward").isNumber()).isTrue();
        assertThat(second.path("log_likelihood").asDouble()).isNegative();
        assertThat(second.path("tokens").asInt())
                .isGreaterThan(second.path("response_tokens").asInt());
        assertThat(json.path("margin_scale").isNull()).isTrue();
    }

    @Test
    void whoWantsRewardsAloneGetsTheSameOnes() throws Exception {
        List<Map<String, String>> input = List.of(Map.of("prompt", "int a", "response", "oops"));
        JsonNode both = served.ask("/v1/score", "input", input).path("data").path(0);
        JsonNode reward =
                served.ask("/v1/score", "input", input, "log_likelihood", false)
                        .path("data")
                        .path(0);
        assertThat(reward.path("log_likelihood").isNull()).isTrue();
        assertThat(reward.path("reward").asDouble())
                .isCloseTo(both.path("reward").asDouble(), within(1e-5));
    }

    @Test
    void sixtyFourAtOnceAreAnsweredAsAlone() throws Exception {
        List<String> bodies = new ArrayList<>();
        List<String> alone = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            String body =
                    ServedModel.body(
                            "prompt",
                            "int a" + i,
                            "seed",
                            i,
                            "max_tokens",
                            24,
                            "user",
                            "u" + i % 3);
            bodies.add(body);
            alone.add(
                    text(
                            ServedModel.JSON.readTree(
                                    served.send(served.post(COMPLETIONS, body)).body())));
        }
        List<CompletableFuture<HttpResponse<String>>> all =
                bodies.stream().map(body -> served.begin(COMPLETIONS, body)).toList();
        for (int i = 0; i < 64; i++) {
            HttpResponse<String> response = all.get(i).get();
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(text(ServedModel.JSON.readTree(response.body()))).isEqualTo(alone.get(i));
        }
        assertThat(served.metrics())
                .containsEntry("prefstream_engine_running", 0.0)
                .containsEntry("prefstream_engine_kv_blocks_used", 0.0);
    }

    @Test
    void theModelAndTheHealthAreTold() throws Exception {
        JsonNode models = ServedModel.JSON.readTree(served.get("/v1/models").body());
        assertThat(models.path("object").asText()).isEqualTo("list");
        JsonNode model = models.path("data").path(0);
        assertThat(model.path("id").asText()).isEqualTo("tiny");
        assertThat(ServedModel.JSON.readTree(served.get("/v1/models/tiny").body()))
                .isEqualTo(model);
        assertThat(served.get("/health").body()).contains("\"status\":\"ok\"");
        HttpRequest head =
                served.request("/health")
                        .method("HEAD", HttpRequest.BodyPublishers.noBody())
                        .build();
        assertThat(served.send(head).statusCode()).isEqualTo(200);
    }

    @Test
    void metricsAddUp() throws Exception {
        served.metricsWhen(m -> m.get("prefstream_engine_running") == 0);
        Map<String, Double> before = served.metrics();
        JsonNode usage =
                served.ask(COMPLETIONS, "prompt", "0123456789", "seed", 77, "max_tokens", 9)
                        .path("usage");
        Map<String, Double> after = served.metrics();
        double prompt =
                difference(before, after, "prefstream_engine_tokens_total{phase=\"prefill\"}")
                        + difference(before, after, "prefstream_engine_reused_tokens_total");
        assertThat(prompt).isEqualTo(usage.path("prompt_tokens").asInt());
        // The end of the sequence is sampled too and isn't part of the text.
        assertThat(difference(before, after, "prefstream_engine_tokens_total{phase=\"decode\"}"))
                .isBetween(
                        usage.path("completion_tokens").asDouble(),
                        usage.path("completion_tokens").asDouble() + 1);
        assertThat(difference(before, after, "prefstream_engine_queue_seconds_count")).isOne();
        assertThat(difference(before, after, "prefstream_engine_steps_total")).isPositive();
        assertThat(
                        difference(
                                before,
                                after,
                                "prefstream_http_requests_total{outcome=\"ok\","
                                        + "route=\"/v1/completions\"}"))
                .isOne();
        assertThat(after.get("prefstream_engine_kv_blocks")).isPositive();
        assertThat(after.get("prefstream_engine_padding_waste")).isBetween(0.0, 1.0);
        assertThat(after).containsEntry("prefstream_engine_info{model=\"tiny\"}", 1.0);
    }

    private static double difference(
            Map<String, Double> before, Map<String, Double> after, String name) {
        return after.get(name) - before.getOrDefault(name, 0.0);
    }

    private static String text(JsonNode completion) {
        return completion.path("choices").path(0).path("text").asText();
    }
}
