package io.prefstream.trainer.serve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.prefstream.model.engine.EngineOptions;
import io.prefstream.model.engine.TextEngine;
import io.prefstream.model.kernels.EngineKernels.Weights;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/** A server on a free port and a client of it. */
final class ServedModel implements AutoCloseable {
    static final Instant STARTED = Instant.parse("2026-01-01T00:00:00Z");
    static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LONG_ENOUGH = Duration.ofSeconds(60);

    final CompletionServer server;
    private final TextEngine engine;
    private final HttpClient client = HttpClient.newHttpClient();

    final MarginScales scales = new MarginScales();

    private ServedModel(Path model, ServerSettings settings, int sequences) throws IOException {
        EngineOptions options =
                new EngineOptions(
                        Weights.FLOAT16,
                        sequences,
                        512,
                        4L << 20,
                        16,
                        settings.maxQueued(),
                        0,
                        "cpu");
        engine = new TextEngine(model, "tiny", options);
        AtomicLong random = new AtomicLong(1_000);
        server =
                CompletionServer.start(
                        engine,
                        "tiny",
                        scales,
                        settings,
                        Clock.fixed(STARTED, ZoneOffset.UTC),
                        random::incrementAndGet);
    }

    static ServedModel of(Path model) throws IOException {
        return new ServedModel(model, ServerSettings.defaults(), 64);
    }

    static ServedModel of(Path model, int maxQueued, int maxBodyBytes) throws IOException {
        ServerSettings d = ServerSettings.defaults();
        ServerSettings settings =
                new ServerSettings(
                        d.host(),
                        0,
                        maxQueued,
                        maxBodyBytes,
                        d.clientBuffer(),
                        d.writeTimeout(),
                        d.keepAlive(),
                        d.grace());
        return new ServedModel(model, settings, 1);
    }

    /** What the server asks. */
    TextEngine engine() {
        return engine;
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(server.address() + path)).timeout(LONG_ENOUGH);
    }

    HttpResponse<String> send(HttpRequest request) throws Exception {
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> get(String path) throws Exception {
        return send(request(path).build());
    }

    CompletableFuture<HttpResponse<String>> begin(String path, String body) {
        return client.sendAsync(post(path, body), HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> post(String path, Object... body) throws Exception {
        return send(post(path, body(body)));
    }

    /** The JSON of an answer that must be 200. */
    JsonNode ask(String path, Object... body) throws Exception {
        HttpResponse<String> response = post(path, body);
        if (response.statusCode() != 200) {
            throw new AssertionError(response.statusCode() + ": " + response.body());
        }
        return JSON.readTree(response.body());
    }

    /** The events of a stream, of which the last must be [DONE]. */
    List<JsonNode> stream(String path, Object... body) throws Exception {
        return events(send(post(path, body(body))).body());
    }

    static List<JsonNode> events(String stream) throws IOException {
        List<JsonNode> events = new ArrayList<>();
        String[] all = stream.split("\n\n", -1);
        for (int i = 0; i < all.length - 2; i++) {
            if (!all[i].startsWith(":")) {
                events.add(JSON.readTree(data(all[i])));
            }
        }
        if (!all[all.length - 1].isEmpty() || !data(all[all.length - 2]).equals("[DONE]")) {
            throw new AssertionError("no [DONE] in the end: " + stream);
        }
        return events;
    }

    /** Names and values in turn as a JSON object. */
    static String body(Object... namesAndValues) throws IOException {
        Map<String, Object> json = new HashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            json.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return JSON.writeValueAsString(json);
    }

    /** Metrics by name and labels. */
    Map<String, Double> metrics() throws Exception {
        Map<String, Double> metrics = new HashMap<>();
        for (String line : get("/metrics").body().lines().toList()) {
            if (!line.startsWith("#")) {
                int space = line.lastIndexOf(' ');
                metrics.put(
                        line.substring(0, space), Double.parseDouble(line.substring(space + 1)));
            }
        }
        return metrics;
    }

    /** Asks for metrics until they are so. */
    Map<String, Double> metricsWhen(Predicate<Map<String, Double>> so) throws Exception {
        long until = System.nanoTime() + LONG_ENOUGH.toNanos();
        Map<String, Double> metrics = metrics();
        while (!so.test(metrics)) {
            if (System.nanoTime() > until) {
                throw new AssertionError("not in time: " + metrics);
            }
            metrics = metrics();
        }
        return metrics;
    }

    @Override
    public void close() {
        try (engine) {
            server.close();
        }
    }

    HttpRequest post(String path, String body) {
        return request(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
    }

    private static String data(String event) {
        if (!event.startsWith("data: ")) {
            throw new AssertionError("no data: " + event);
        }
        return event.substring("data: ".length());
    }
}
