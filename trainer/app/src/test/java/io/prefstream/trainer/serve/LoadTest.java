package io.prefstream.trainer.serve;

import static java.util.Collections.nCopies;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.prefstream.trainer.RandomModel;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A full queue, clients that go away, and a server that closes: texts of thousands of tokens. */
class LoadTest {
    private static final String COMPLETIONS = "/v1/completions";
    private static final int LONG_TEXT = 2_000;
    private static final String RUNNING = "prefstream_engine_running";
    private static final String GENERATED = "prefstream_engine_tokens_total{phase=\"decode\"}";

    @TempDir static Path folder;
    private static Path model;

    @BeforeAll
    static void write() throws Exception {
        model = RandomModel.write(folder.resolve("tiny"), 8_192);
    }

    @Test
    void aClientThatGoesAwayFreesItsBlocks() throws Exception {
        try (ServedModel served = ServedModel.of(model)) {
            String body = longText(true);
            try (Socket socket = new Socket("127.0.0.1", served.server.port())) {
                socket.getOutputStream().write(request(body));
                firstEvent(socket.getInputStream());
                assertThat(served.metrics()).containsEntry(RUNNING, 1.0);
                socket.setSoLinger(true, 0);
            }
            Map<String, Double> metrics =
                    served.metricsWhen(
                            m ->
                                    m.containsKey(
                                            "prefstream_http_requests_total{outcome=\"cancelled\","
                                                    + "route=\"/v1/completions\"}"));
            metrics = served.metricsWhen(m -> m.get(RUNNING) == 0);
            assertThat(metrics).containsEntry("prefstream_engine_kv_blocks_used", 0.0);
            assertThat(metrics.get(GENERATED)).isLessThan(LONG_TEXT);
        }
    }

    @Test
    void aFullQueueIsToldAndTheServerStillSpeaks() throws Exception {
        try (ServedModel served = ServedModel.of(model, 2, 10_000)) {
            List<CompletableFuture<HttpResponse<String>>> both =
                    List.of(
                            served.begin(COMPLETIONS, longText(false)),
                            served.begin(COMPLETIONS, longText(true)));
            served.metricsWhen(m -> m.get(RUNNING) == 1 && m.get("prefstream_engine_waiting") == 1);
            for (String body : new String[] {longText(false), longText(true)}) {
                HttpResponse<String> refused = served.send(served.post(COMPLETIONS, body));
                assertThat(refused.statusCode()).isEqualTo(429);
                assertThat(refused.headers().firstValue("Retry-After")).hasValue("1");
                JsonNode error = ServedModel.JSON.readTree(refused.body()).path("error");
                assertThat(error.path("type").asText()).isEqualTo("rate_limit_error");
                assertThat(error.path("code").asText()).isEqualTo("queue_full");
                assertThat(error.path("message").asText()).contains("max-queued");
            }
            HttpResponse<String> score =
                    served.post(
                            "/v1/score", "input", List.of(Map.of("prompt", "a", "response", "b")));
            assertThat(score.statusCode()).isEqualTo(429);
            assertThat(served.get("/health").statusCode()).isEqualTo(200);
            for (CompletableFuture<HttpResponse<String>> one : both) {
                assertThat(one.get().statusCode()).isEqualTo(200);
            }
            assertThat(ServedModel.events(both.get(1).get().body())).isNotEmpty();
            assertThat(served.post(COMPLETIONS, "prompt", "x").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void aScoreOfAnotherUserDoesNotWaitForAFlood() throws Exception {
        Map<String, String> text = Map.of("prompt", "int a", "response", "x ".repeat(200));
        try (ServedModel served = ServedModel.of(model, 2_000, 1_000_000)) {
            CompletableFuture<HttpResponse<String>> flood =
                    served.begin(
                            "/v1/score",
                            ServedModel.body("user", "flood", "input", nCopies(1_000, text)));
            served.metricsWhen(m -> m.get(RUNNING) == 1);
            served.ask("/v1/score", "user", "modest", "input", List.of(text));
            assertThat(flood).isNotDone();
            assertThat(flood.get().statusCode()).isEqualTo(200);
        }
    }

    @Test
    void whatRunsEndsWhenTheServerCloses() throws Exception {
        ServedModel served = ServedModel.of(model);
        CompletableFuture<HttpResponse<String>> whole = served.begin(COMPLETIONS, longText(false));
        CompletableFuture<HttpResponse<String>> stream = served.begin(COMPLETIONS, longText(true));
        served.metricsWhen(m -> m.get(RUNNING) == 2);
        CompletableFuture<Void> closed = CompletableFuture.runAsync(served::close);
        int status = 200;
        while (status != 503) {
            HttpResponse<String> response =
                    served.post(COMPLETIONS, "prompt", "x", "max_tokens", 1);
            status = response.statusCode();
            if (status == 503) {
                assertThat(response.body()).contains("the server is closing");
            }
        }
        String text =
                ServedModel.JSON
                        .readTree(whole.get().body())
                        .path("choices")
                        .path(0)
                        .path("text")
                        .asText();
        StringBuilder streamed = new StringBuilder();
        ServedModel.events(stream.get().body())
                .forEach(e -> streamed.append(e.path("choices").path(0).path("text").asText()));
        assertThat(streamed.toString()).isEqualTo(text).hasSizeGreaterThan(LONG_TEXT / 2);
        closed.get();
    }

    private static String longText(boolean stream) throws Exception {
        return ServedModel.body(
                "prompt", "int a", "temperature", 0, "max_tokens", LONG_TEXT, "stream", stream);
    }

    private static byte[] request(String body) {
        return ("POST /v1/completions HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s"
                        .formatted(body.length(), body))
                .getBytes(StandardCharsets.UTF_8);
    }

    private static void firstEvent(InputStream in) throws Exception {
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        String line = lines.readLine();
        while (line != null && !line.startsWith("data: ")) {
            line = lines.readLine();
        }
        assertThat(line).isNotNull();
    }
}
