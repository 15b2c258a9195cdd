package io.prefstream.trainer.serve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.prefstream.model.engine.TextEngine;
import io.prefstream.trainer.MetricPage;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An engine over HTTP, as OpenAI's clients ask: {@code POST /v1/completions}, {@code
 * /v1/chat/completions} and {@code /v1/score}; {@code GET /v1/models}, {@code /health} and {@code
 * /metrics}. Plain HTTP and open to whoever reaches it: put it behind what ends TLS and asks for
 * keys.
 *
 * <p>The JDK's server, with a thread for each connection at most: one that reads a request, while
 * it is read, and one that writes, while it writes. So a slow client holds up nobody else, and
 * {@code /health} and {@code /metrics} answer however many texts are in hand. A client of a stream
 * that went away is noticed at the next write, one that waits for a whole answer only when the
 * answer is written: the JDK's server has no way to ask.
 */
public final class CompletionServer implements AutoCloseable {

    /**
     * Properties of the JDK's server, which it reads once a process: seconds for a request, idle
     * connections, connections, header bytes; small writes are sent at once.
     */
    private static final Map<String, String> LIMITS =
            Map.of(
                    "sun.net.httpserver.maxReqTime", "30",
                    "sun.net.httpserver.maxIdleConnections", "512",
                    "jdk.httpserver.maxConnections", "2048",
                    "sun.net.httpserver.maxReqHeaderSize", "32768",
                    "sun.net.httpserver.nodelay", "true");

    private static final Logger LOG = LoggerFactory.getLogger(CompletionServer.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int BACKLOG = 256;
    private static final String MODELS = "/v1/models";

    private final TextEngine engine;
    private final ServedNames names;
    private final ServerSettings settings;
    private final Clock clock;
    private final LongSupplier random;
    private final long created;
    private final RequestReader reader;
    private final CompletionHandler completions;
    private final ScoreHandler scores;
    private final InFlight inFlight = new InFlight();
    private final RequestCounts counts = new RequestCounts();
    private final TimedWrites writes;
    private final HttpServer server;
    private final ExecutorService readers = Executors.newCachedThreadPool(daemon("http-reader"));
    private final ExecutorService writers = Executors.newCachedThreadPool(daemon("http-writer"));
    private final ScheduledExecutorService watch =
            Executors.newSingleThreadScheduledExecutor(daemon("http-watch"));
    private volatile boolean closing;

    private CompletionServer(
            TextEngine engine,
            String name,
            MarginScales scales,
            ServerSettings settings,
            Clock clock,
            LongSupplier random)
            throws IOException {
        this.engine = engine;
        names = new ServedNames(name, engine);
        this.settings = settings;
        this.clock = clock;
        this.random = random;
        created = clock.instant().getEpochSecond();
        reader =
                new RequestReader(
                        names,
                        () -> engine.config().maxPositionEmbeddings(),
                        settings.maxQueued(),
                        random);
        completions =
                new CompletionHandler(
                        engine, writers, inFlight, settings.clientBuffer(), () -> closing);
        scores = new ScoreHandler(engine, scales, writers, inFlight, completions, () -> closing);
        writes = new TimedWrites(settings.writeTimeout(), System::nanoTime);
        server =
                HttpServer.create(new InetSocketAddress(settings.host(), settings.port()), BACKLOG);
        server.setExecutor(readers);
        server.createContext("/", this::serve);
    }

    /**
     * Serves from now on. The engine stays its owner's, who may move it to other weights, and
     * closes it after this.
     *
     * @param name that requests may call the model, beside what the engine calls it
     * @param random seeds of requests that have none, and ids
     * @throws IOException if the address can't be listened on
     */
    public static CompletionServer start(
            TextEngine engine,
            String name,
            ServerSettings settings,
            Clock clock,
            LongSupplier random)
            throws IOException {
        return start(engine, name, new MarginScales(), settings, clock, random);
    }

    /**
     * As {@link #start(TextEngine, String, ServerSettings, Clock, LongSupplier)}.
     *
     * @param scales of the engine's models, by what it calls them
     */
    static CompletionServer start(
            TextEngine engine,
            String name,
            MarginScales scales,
            ServerSettings settings,
            Clock clock,
            LongSupplier random)
            throws IOException {
        LIMITS.forEach(
                (key, value) -> {
                    if (System.getProperty(key) == null) {
                        System.setProperty(key, value);
                    }
                });
        CompletionServer started =
                new CompletionServer(engine, name, scales, settings, clock, random);
        started.server.start();
        long keepAlive = settings.keepAlive().toMillis();
        var cutting =
                started.watch.scheduleWithFixedDelay(started.writes::cut, 1, 1, TimeUnit.SECONDS);
        var pinging =
                started.watch.scheduleWithFixedDelay(
                        started.inFlight::ping, keepAlive, keepAlive, TimeUnit.MILLISECONDS);
        return started;
    }

    public int port() {
        return server.getAddress().getPort();
    }

    /** Where it can be asked, such as {@code http://127.0.0.1:8000}. */
    public String address() {
        String host = settings.host();
        return "http://%s:%d".formatted(host.contains(":") ? "[" + host + "]" : host, port());
    }

    /** Refuses what is new, lets what runs end within the grace, then stops. */
    @Override
    public void close() {
        closing = true;
        try {
            if (!inFlight.awaitNone(settings.grace())) {
                inFlight.cancelAll();
                inFlight.awaitNone(settings.writeTimeout());
            }
        } catch (InterruptedException e) {
            inFlight.cancelAll();
            Thread.currentThread().interrupt();
        }
        server.stop(0);
        watch.shutdownNow();
        readers.shutdownNow();
        writers.shutdown();
    }

    private void serve(HttpExchange exchange) {
        String path = String.valueOf(exchange.getRequestURI().getPath());
        Route route = Route.of(path);
        inFlight.begin();
        Call call = new Call(exchange, route.label(), writes, counts, inFlight::end);
        try {
            answer(call, route, path, exchange.getRequestMethod());
        } catch (RefusedException e) {
            call.refuse(e);
        } catch (IOException e) {
            LOG.debug("a request broke off", e);
            call.end(Outcome.CANCELLED);
        } catch (RuntimeException e) {
            LOG.error("a request failed", e);
            call.refuse(RefusedException.failed(e));
        }
    }

    private void answer(Call call, Route route, String path, String method) throws IOException {
        if (route == Route.OTHER) {
            throw RefusedException.request(404, path + " is not served here");
        }
        if (!route.method().equals(method.equals("HEAD") ? "GET" : method)) {
            call.allow(route.method());
            throw RefusedException.request(
                    405, "%s %s: only %s is served".formatted(method, path, route.method()));
        }
        if (closing && route != Route.METRICS) {
            throw RefusedException.closing();
        }
        switch (route) {
            case COMPLETIONS, CHAT -> complete(call, route == Route.CHAT);
            case SCORE -> scores.serve(call, reader.score(call.body(settings.maxBodyBytes())));
            case MODELS -> call.json(models(path));
            case METRICS ->
                    call.text(
                            MetricPage.CONTENT_TYPE,
                            MetricsText.of(names.name(), engine.metrics(), counts.byLabels()));
            case HEALTH -> health(call);
            case OTHER -> throw new IllegalStateException();
        }
    }

    private void health(Call call) {
        engine.outOfService()
                .ifPresent(
                        why -> {
                            throw RefusedException.outOfService(why);
                        });
        call.json(JSON.createObjectNode().put("status", "ok").put("model", engine.model()));
    }

    private void complete(Call call, boolean chat) throws IOException {
        JsonNode json = call.body(settings.maxBodyBytes());
        CompletionRequest request = chat ? reader.chat(json) : reader.completion(json);
        String id = "%016x".formatted(random.getAsLong());
        long now = clock.instant().getEpochSecond();
        boolean usage = request.includeUsage();
        completions.serve(
                call,
                request,
                chat
                        ? new ChatFormat(id, now, names.name(), usage)
                        : new CompletionFormat(id, now, names.name(), usage));
    }

    private ObjectNode models(String path) {
        if (path.length() > MODELS.length()) {
            String asked = path.substring(MODELS.length() + 1);
            names.check(asked);
            return model(asked);
        }
        ObjectNode json = JSON.createObjectNode().put("object", "list");
        ArrayNode data = json.putArray("data");
        names.all().forEach(name -> data.add(model(name)));
        return json;
    }

    private ObjectNode model(String name) {
        return JSON.createObjectNode()
                .put("id", name)
                .put("object", "model")
                .put("created", created)
                .put("owned_by", "prefstream");
    }

    private enum Route {
        COMPLETIONS("POST", "/v1/completions"),
        CHAT("POST", "/v1/chat/completions"),
        SCORE("POST", "/v1/score"),
        MODELS("GET", CompletionServer.MODELS),
        HEALTH("GET", "/health"),
        METRICS("GET", "/metrics"),
        OTHER("", "other");

        private final String method;
        private final String path;

        Route(String method, String path) {
            this.method = method;
            this.path = path;
        }

        static Route of(String asked) {
            for (Route route : values()) {
                if (asked.equals(route.path)) {
                    return route;
                }
            }
            return asked.startsWith(CompletionServer.MODELS + "/") ? MODELS : OTHER;
        }

        String method() {
            return method;
        }

        String label() {
            return path;
        }
    }

    private static ThreadFactory daemon(String name) {
        return task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
    }
}
