package io.prefstream.jobs.generators.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.prefstream.schemas.ContentId;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An OpenAI-compatible endpoint of chat completions whose answers are a function of model and seed,
 * and which misbehaves as a test says.
 */
public final class EndpointOnLoopback implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int HUGE = 100_000_000;

    static {
        // Of more connections that idle the server hangs up on some, as clients send on them.
        System.setProperty("sun.net.httpserver.maxIdleConnections", "2000");
    }

    /** What the endpoint does with a request. */
    public enum Deed {
        ANSWER,
        /** Answers once the test releases it. */
        HOLD,
        HANG,
        HANG_IN_ITS_STREAM,
        BREAK_ITS_STREAM_OFF,
        TOO_MANY,
        FAIL,
        SAY_GARBAGE,
        SAY_HALF_JSON,
        SAY_SOMETHING_ELSE,
        GIVE_ANOTHER_CHOICE,
        SEND_A_HUNDRED_MEGABYTES
    }

    /**
     * A request.
     *
     * @param time how often it was asked before
     */
    public record Ask(String model, long seed, int time) {
        public String key() {
            return model + " " + seed;
        }
    }

    private final Function<Ask, Deed> deeds;
    private final int port;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch released = new CountDownLatch(1);
    private final Map<String, Integer> asked = new ConcurrentHashMap<>();
    private final Set<String> held = ConcurrentHashMap.newKeySet();
    private @Nullable HttpServer server;

    public EndpointOnLoopback(Function<Ask, Deed> deeds) throws IOException {
        this.deeds = deeds;
        server = listen(0);
        port = server.getAddress().getPort();
    }

    public URI url() {
        return URI.create("http://localhost:" + port + "/v1");
    }

    /** How often each was asked. */
    public Map<String, Integer> asked() {
        return Map.copyOf(asked);
    }

    /** Returns once so many requests are held. */
    public synchronized void awaitHeld(int count) throws InterruptedException {
        while (held.size() < count) {
            wait();
        }
    }

    public Set<String> held() {
        return Set.copyOf(held);
    }

    public void release() {
        released.countDown();
    }

    /** Nobody listens from now on, and what is under way breaks off. */
    public synchronized void die() {
        if (server != null) {
            server.stop(0);
            server = null;
        }
    }

    public synchronized void rise() throws IOException {
        server = listen(port);
    }

    /** The code of an answer; of a seed its low 31 bits travel. */
    public static String code(String model, long seed) {
        return "int f() { return %s(\"%s\"); }"
                .formatted(
                        model,
                        ContentId.of(model, Long.toString(seed & Integer.MAX_VALUE))
                                .substring(0, 8));
    }

    @Override
    public void close() {
        release();
        die();
        threads.shutdownNow();
    }

    private HttpServer listen(int at) throws IOException {
        HttpServer fresh =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), at), 0);
        fresh.setExecutor(threads);
        fresh.createContext("/v1/chat/completions", this::serve);
        fresh.start();
        return fresh;
    }

    private void serve(HttpExchange exchange) throws IOException {
        JsonNode request = JSON.readTree(exchange.getRequestBody());
        String model = request.path("model").asText();
        long seed = request.path("seed").asLong();
        String key = model + " " + seed;
        int time = asked.merge(key, 1, Integer::sum) - 1;
        Deed deed = deeds.apply(new Ask(model, seed, time));
        try (exchange) {
            switch (deed) {
                case ANSWER -> answer(exchange, model, seed);
                case HOLD -> {
                    synchronized (this) {
                        held.add(key);
                        notifyAll();
                    }
                    await();
                    answer(exchange, model, seed);
                }
                case HANG -> await();
                case HANG_IN_ITS_STREAM -> {
                    begin(exchange).write(event(delta("int f"), "null"));
                    exchange.getResponseBody().flush();
                    await();
                }
                case BREAK_ITS_STREAM_OFF -> {
                    begin(exchange).write(event(delta("int f"), "null"));
                    exchange.getResponseBody().flush();
                }
                case TOO_MANY -> {
                    exchange.getResponseHeaders().set("Retry-After", "0");
                    exchange.sendResponseHeaders(429, -1);
                }
                case FAIL -> exchange.sendResponseHeaders(500, -1);
                case SAY_GARBAGE -> begin(exchange).write(bytes("\u0007\u0000!!garbage\n\n"));
                case SAY_HALF_JSON ->
                        begin(exchange).write(bytes("data: {\"id\":\"chat-1\",\"choi\n\n"));
                case SAY_SOMETHING_ELSE ->
                        begin(exchange).write(bytes("data: {\"weather\":\"fine\"}\n\n"));
                case GIVE_ANOTHER_CHOICE ->
                        begin(exchange)
                                .write(
                                        bytes(
                                                new String(
                                                                event(
                                                                        delta("not yours"),
                                                                        "\"stop\""),
                                                                StandardCharsets.UTF_8)
                                                        .replace("\"index\":0", "\"index\":7")));
                case SEND_A_HUNDRED_MEGABYTES -> {
                    OutputStream out = begin(exchange);
                    byte[] piece = event(delta("x".repeat(1 << 16)), "null");
                    for (int sent = 0; sent < HUGE; sent += piece.length) {
                        out.write(piece);
                    }
                }
            }
        } catch (IOException e) {
            // The client gave it up.
        }
    }

    private static OutputStream begin(HttpExchange exchange) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
        exchange.sendResponseHeaders(200, 0);
        return exchange.getResponseBody();
    }

    private static void answer(HttpExchange exchange, String model, long seed) throws IOException {
        OutputStream out = begin(exchange);
        out.write(event(delta(code(model, seed)), "null"));
        out.write(event("{}", "\"stop\""));
        out.write(bytes("data: [DONE]\n\n"));
    }

    private static String delta(String text) {
        try {
            return "{\"content\":%s}".formatted(JSON.writeValueAsString(text));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] event(String delta, String reason) {
        return bytes(
                ("data: {\"id\":\"chat-1\",\"object\":\"chat.completion.chunk\",\"created\":1,"
                                + "\"model\":\"coder\",\"choices\":[{\"index\":0,\"delta\":%s,"
                                + "\"finish_reason\":%s}]}\n\n")
                        .formatted(delta, reason));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private void await() {
        try {
            released.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
