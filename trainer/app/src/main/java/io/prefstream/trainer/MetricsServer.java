package io.prefstream.trainer;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import io.prometheus.metrics.exporter.httpserver.HTTPServer;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.IOException;
import java.net.BindException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The trainer's figures over HTTP: {@code GET /metrics} in Prometheus' formats, and {@code GET
 * /health}, which says 503 when the trainer gave no sign of life for {@code metrics.stuck-after}.
 *
 * <p>The thread that trains leaves figures here after each step and event; those that ask get what
 * lies here, and hold up nobody.
 */
final class MetricsServer implements Progress, AutoCloseable {

    /** A step of trunk or fork, which is counted with the events. */
    private static final String STEP = "step";

    /** Counted from 0 on, so that the first one is an increase. */
    private static final List<String> KNOWN =
            List.of(
                    STEP,
                    "waiting",
                    "starvation",
                    "batch-skipped",
                    "drift",
                    "trunk",
                    "release",
                    "release-refused");

    private static final ObjectMapper JSON = new ObjectMapper();

    private final MetricsConfig config;
    private final Clock clock;
    private final HTTPServer server;
    private final Map<String, EventTally> events = new TreeMap<>();
    private @Nullable ObjectNode figures;
    private long signMillis;

    private MetricsServer(MetricsConfig config, int port, Clock clock) throws IOException {
        this.config = config;
        this.clock = clock;
        KNOWN.forEach(event -> events.put(event, EventTally.NONE));
        signMillis = clock.millis();
        PrometheusRegistry registry = new PrometheusRegistry();
        registry.register((MultiCollector) this::metrics);
        server =
                HTTPServer.builder()
                        .hostname(config.bind())
                        .port(port)
                        .registry(registry)
                        .registerHealthHandler(false)
                        .defaultHandler(this::other)
                        .buildAndStart();
    }

    /**
     * Answers from now on.
     *
     * @param port 0 for a free one
     * @throws IOException if the address can't be had
     */
    static MetricsServer start(MetricsConfig config, int port, Clock clock) throws IOException {
        try {
            return new MetricsServer(config, port, clock);
        } catch (BindException e) {
            throw new IOException(
                    "metrics.port=%d: cannot listen on %s:%d: %s"
                            .formatted(port, config.bind(), port, e.getMessage()),
                    e);
        }
    }

    int port() {
        return server.getPort();
    }

    /** Tells where it is. */
    ObjectNode event() {
        return JSON.createObjectNode()
                .put("event", "metrics")
                .put("bind", config.bind())
                .put("port", port());
    }

    @Override
    public synchronized void tell(ObjectNode event) {
        count(event.path("event").asText());
    }

    @Override
    public synchronized void stepped() {
        count(STEP);
    }

    @Override
    public void show(Supplier<ObjectNode> shown) {
        ObjectNode now = shown.get();
        synchronized (this) {
            figures = now;
        }
    }

    @Override
    public void close() {
        server.close();
    }

    private void count(String event) {
        signMillis = clock.millis();
        events.merge(event, EventTally.NONE.plus(signMillis), (a, b) -> a.plus(b.lastMillis()));
    }

    private synchronized MetricSnapshots metrics() {
        return figures == null ? new MetricSnapshots() : TrainerMetrics.of(figures, events);
    }

    private void other(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (exchange.getRequestURI().getPath().equals("/health")) {
                health(exchange);
            } else {
                exchange.sendResponseHeaders(404, -1);
            }
        }
    }

    private void health(HttpExchange exchange) throws IOException {
        ObjectNode health = JSON.createObjectNode();
        boolean stuck;
        synchronized (this) {
            Duration silent = Duration.ofMillis(clock.millis() - signMillis);
            stuck = silent.compareTo(config.stuckAfter()) >= 0;
            health.put("status", stuck ? "stuck" : "ok").put("silentSeconds", silent.toSeconds());
            health.set("step", figures == null ? null : figures.path("step"));
        }
        byte[] body = (health + "\n").getBytes(UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(stuck ? 503 : 200, body.length);
        exchange.getResponseBody().write(body);
    }
}
