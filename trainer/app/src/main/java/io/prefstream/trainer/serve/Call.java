package io.prefstream.trainer.serve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One request, which any thread may answer, once. */
final class Call {
    private static final Logger LOG = LoggerFactory.getLogger(Call.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String RETRY_AFTER_SECONDS = "1";

    private final HttpExchange exchange;
    private final String route;
    private final TimedWrites writes;
    private final RequestCounts counts;
    private final Runnable whenEnded;
    private final AtomicBoolean ended = new AtomicBoolean();

    /**
     * @param route as metrics call it
     */
    Call(
            HttpExchange exchange,
            String route,
            TimedWrites writes,
            RequestCounts counts,
            Runnable whenEnded) {
        this.exchange = exchange;
        this.route = route;
        this.writes = writes;
        this.counts = counts;
        this.whenEnded = whenEnded;
    }

    /**
     * The body as JSON.
     *
     * @throws RefusedException if it is longer than the limit or no JSON
     */
    JsonNode body(int limit) throws IOException {
        byte[] body = exchange.getRequestBody().readNBytes(limit + 1);
        if (body.length > limit) {
            throw RefusedException.request(
                    413, "the body exceeds %,d bytes (max-body-bytes)".formatted(limit));
        }
        try {
            return JSON.readTree(body);
        } catch (IOException e) {
            String what = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            throw RefusedException.field(null, "the body is no JSON: " + what);
        }
    }

    /** Answers with JSON. */
    void json(JsonNode body) {
        answer(200, "application/json", body.toString(), Outcome.OK);
    }

    /** Answers with a text. */
    void text(String type, String body) {
        answer(200, type, body, Outcome.OK);
    }

    /** Answers with an error. */
    void refuse(RefusedException why) {
        if (why.outcome() == Outcome.QUEUE_FULL) {
            exchange.getResponseHeaders().set("Retry-After", RETRY_AFTER_SECONDS);
        }
        if (why.outcome() == Outcome.CLOSING) {
            exchange.getResponseHeaders().set("Connection", "close");
        }
        answer(why.status(), "application/json", error(why).toString(), why.outcome());
    }

    /** Says which method would be right. */
    void allow(String method) {
        exchange.getResponseHeaders().set("Allow", method);
    }

    /** The body of an error. */
    static ObjectNode error(RefusedException why) {
        ObjectNode json = JSON.createObjectNode();
        json.putObject("error")
                .put("message", why.getMessage())
                .put("type", why.type())
                .put("param", why.param())
                .put("code", why.code());
        return json;
    }

    /** Begins a stream of events; {@link #end} closes it. */
    OutputStream events() throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "text/event-stream; charset=utf-8");
        exchange.getResponseHeaders().set("Cache-Control", "no-cache");
        writes.run(() -> exchange.sendResponseHeaders(200, 0));
        return new FilterOutputStream(exchange.getResponseBody()) {
            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                writes.run(() -> out.write(bytes, offset, length));
            }

            @Override
            public void flush() throws IOException {
                writes.run(out::flush);
            }
        };
    }

    /** Closes what was begun and counts what became of it. */
    void end(Outcome outcome) {
        if (!ended.compareAndSet(false, true)) {
            return;
        }
        try {
            writes.run(exchange::close);
        } catch (IOException | RuntimeException e) {
            LOG.debug("a client went away", e);
        } finally {
            counts.add(route, outcome);
            whenEnded.run();
        }
    }

    private void answer(int status, String type, String body, Outcome outcome) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type);
        boolean headersAlone = exchange.getRequestMethod().equals("HEAD");
        try {
            writes.run(
                    () -> {
                        exchange.sendResponseHeaders(status, headersAlone ? -1 : bytes.length);
                        if (!headersAlone) {
                            exchange.getResponseBody().write(bytes);
                        }
                    });
            end(outcome);
        } catch (IOException e) {
            LOG.debug("a client went away", e);
            end(Outcome.CANCELLED);
        }
    }
}
