package io.prefstream.feeds.webhook;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.prefstream.feeds.watch.FeedClock;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Webhooks over HTTP: {@code POST /github} and {@code /gitlab}; {@code GET /health} and {@code
 * /metrics} (Prometheus' text format). Plain HTTP: put it behind what ends TLS.
 *
 * <p>The JDK's server, which cuts clients that are slow or many by system properties that are read
 * once: {@link #LIMITS}, to be set before the first server of the process.
 */
public final class WebhookServer implements AutoCloseable {

    /** Seconds for a request and for an answer, idle connections, connections, header bytes. */
    public static final Map<String, String> LIMITS =
            Map.of(
                    "sun.net.httpserver.maxReqTime", "10",
                    "sun.net.httpserver.maxRspTime", "15",
                    "sun.net.httpserver.idleInterval", "10",
                    "sun.net.httpserver.maxIdleConnections", "64",
                    "jdk.httpserver.maxConnections", "256",
                    "sun.net.httpserver.maxReqHeaderSize", "32768");

    private static final Logger LOG = LoggerFactory.getLogger(WebhookServer.class);
    private static final int THREADS = 16;
    private static final int BEAT_SECONDS = 5;
    private static final int STOP_SECONDS = 1;

    private final WebhookReceiver receiver;
    private final HttpServer server;
    private final ExecutorService threads;
    private final ScheduledExecutorService heart;

    private WebhookServer(WebhookReceiver receiver, HttpServer server) {
        this.receiver = receiver;
        this.server = server;
        this.threads = Executors.newFixedThreadPool(THREADS, daemon("webhook"));
        this.heart = Executors.newSingleThreadScheduledExecutor(daemon("webhook-heart"));
        server.setExecutor(threads);
        server.createContext("/", this::serve);
    }

    /**
     * Receives from now on.
     *
     * @throws IOException if the address or the state folder cannot be used, or a gap that the
     *     downtime left not be stored
     */
    public static WebhookServer start(
            InetSocketAddress address, WebhookSettings settings, EventSink sink, FeedClock clock)
            throws IOException {
        HttpServer server = HttpServer.create(address, 64);
        try {
            WebhookReceiver receiver =
                    WebhookReceiver.open(settings, sink, clock, System::nanoTime);
            WebhookServer started = new WebhookServer(receiver, server);
            server.start();
            var unused =
                    started.heart.scheduleAtFixedRate(
                            started::beat, BEAT_SECONDS, BEAT_SECONDS, TimeUnit.SECONDS);
            return started;
        } catch (IOException e) {
            server.stop(0);
            throw e;
        }
    }

    public int port() {
        return server.getAddress().getPort();
    }

    /** Counts so far. */
    public Map<String, Long> counts() {
        return receiver.counts();
    }

    /** Lets requests that are being served end, then stops. */
    @Override
    public void close() throws IOException {
        heart.shutdownNow();
        server.stop(STOP_SECONDS);
        threads.shutdown();
        receiver.close();
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            if (exchange.getRequestMethod().equals("GET")) {
                get(exchange, path);
                return;
            }
            if (!exchange.getRequestMethod().equals("POST")) {
                answer(exchange, 405, "only POST");
                return;
            }
            Optional<WebhookReceiver.Reply> refused = receiver.refuseUnread(path);
            if (refused.isPresent()) {
                if (refused.get().status() == 429) {
                    exchange.getResponseHeaders().set("Retry-After", "1");
                }
                answer(exchange, refused.get().status(), refused.get().line());
                return;
            }
            byte[] body = exchange.getRequestBody().readNBytes(receiver.maxBodyBytes() + 1);
            WebhookReceiver.Reply reply =
                    body.length > receiver.maxBodyBytes()
                            ? receiver.tooLarge()
                            : receiver.handle(new WebhookRequest(path, headers(exchange), body));
            answer(exchange, reply.status(), reply.line());
        } catch (RuntimeException e) {
            LOG.error("a request failed", e);
            throw e;
        }
    }

    private void get(HttpExchange exchange, String path) throws IOException {
        switch (path) {
            case "/health" -> answer(exchange, 200, "ok");
            case "/metrics" ->
                    answer(
                            exchange,
                            200,
                            PrometheusTextFormatWriter.CONTENT_TYPE,
                            metrics(receiver.counts()));
            default -> answer(exchange, 404, "no such page");
        }
    }

    private static byte[] metrics(Map<String, Long> counts) throws IOException {
        CounterSnapshot.Builder requests =
                CounterSnapshot.builder()
                        .name("prefstream_webhook")
                        .help("Requests by what became of them.");
        counts.forEach(
                (outcome, count) ->
                        requests.dataPoint(
                                CounterDataPointSnapshot.builder()
                                        .labels(Labels.of("outcome", outcome))
                                        .value(count)
                                        .build()));
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        PrometheusTextFormatWriter.create().write(text, MetricSnapshots.of(requests.build()));
        return text.toByteArray();
    }

    private void beat() {
        try {
            receiver.beat();
        } catch (IOException e) {
            LOG.warn("the heartbeat cannot be written: {}", e.getMessage());
        }
    }

    private static Map<String, String> headers(HttpExchange exchange) {
        Map<String, String> headers = new HashMap<>();
        exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, values.get(0)));
        return headers;
    }

    private static void answer(HttpExchange exchange, int status, String line) throws IOException {
        byte[] body = (line + "\n").getBytes(StandardCharsets.UTF_8);
        answer(exchange, status, "text/plain; charset=utf-8", body);
    }

    private static void answer(HttpExchange exchange, int status, String type, byte[] body)
            throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }

    private static ThreadFactory daemon(String name) {
        return task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
    }
}
