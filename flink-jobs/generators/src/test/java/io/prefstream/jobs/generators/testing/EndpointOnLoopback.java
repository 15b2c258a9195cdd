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
import java.util.concurrent.TimeUnit;
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
        HANG,
        HANG_IN_ITS_STREAM,
        BREAK_ITS_STREAM_OFF,
        TOO_MANY,
        FAIL,
        SAY_GARBAGE,
        SAY_HALF_JSON,
        SAY_SOMETHING_ELSE,
        GIVE_ANOTHER_CHOICE,
        MIX_IN_ANOTHER_ANSWER,
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
    private final CountDownLatch never = new CountDownLatch(1);
    private final Map<String, Integer> asked = new ConcurrentHashMap<>();
    private final Set<String> hanging = ConcurrentHashMap.newKeySet();
    private @Nullable Listening listening;

    private record Listening(HttpServer server, ExecutorService threads) {}

    public EndpointOnLoopback(Function<Ask, Deed> deeds) throws IOException {
        this.deeds = deeds;
        listening = listen(0);
        port = listening.server.getAddress().getPort();
    }

    public URI url() {
        return URI.create("http://localhost:" + port + "/v1");
    }

    /** How often each was asked. */
    public Map<String, Integer> asked() {
        return Map.copyOf(asked);
    }

    /** Returns once so many requests hang. */
    public synchronized void awaitHanging(int count) throws InterruptedException {
        while (hanging.size() < count) {
            wait();
        }
    }

    /** What hangs, or did until {@link #die}. */
    public Set<String> hanging() {
        return Set.copyOf(hanging);
    }

    /** Nobody listens from now on, and what is under way has broken off when this returns. */
    public void die() {
        Listening dying;
        synchronized (this) {
            dying = listening;
            listening = null;
        }
        if (dying != null) {
            dying.server.stop(0);
            dying.threads.shutdownNow();
            try {
                dying.threads.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    public synchronized void rise() throws IOException {
        listening = listen(port);
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
        die();
    }

    private Listening listen(int at) throws IOException {
        HttpServer fresh =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), at), 0);
        ExecutorService threads = Executors.newCachedThreadPool();
        fresh.setExecutor(threads);
        fresh.createContext("/v1/chat/completions", this::serve);
        fresh.start();
        return new Listening(fresh, threads);
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
                case HANG -> {
                    synchronized (this) {
                        hanging.add(key);
                        notifyAll();
                    }
                    await();
                }
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
                case MIX_IN_ANOTHER_ANSWER -> {
                    OutputStream out = begin(exchange);
                    out.write(event(delta("int f"), "null"));
                    out.write(
                            bytes(
                                    new String(
                                                    event(delta("not yours"), "\"stop\""),
                                                    StandardCharsets.UTF_8)
                                            .replace("chat-1", "chat-2")));
                }
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
            never.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
