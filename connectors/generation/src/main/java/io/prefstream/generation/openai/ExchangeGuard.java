package io.prefstream.generation.openai;

import java.io.IOException;
import java.util.Locale;
import okhttp3.Interceptor;
import okhttp3.MediaType;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okio.Buffer;
import okio.BufferedSource;
import okio.ForwardingSource;
import okio.Okio;
import org.jspecify.annotations.Nullable;

/**
 * Sits between the official client and OkHttp and adds what the former lacks: a handle on the call,
 * so that it can be given up; a bound on what is held in memory, since the client reads lines of
 * any length; and a look at the content type, which the client doesn't take.
 *
 * <p>A connection without TLS carries one request: llama.cpp's server promises to keep it and hangs
 * up on the next one, and to a server nearby another costs little.
 *
 * <p>The call is the one of the thread that entered: the client's blocking calls run their
 * interceptors there.
 */
final class ExchangeGuard implements Interceptor {
    /** More than any token's event with 20 alternatives, and than a whole answer in one event. */
    static final int MAX_LINE_BYTES = 2 << 20;

    /** More than the scores of 10,000 texts. */
    static final int MAX_JSON_BYTES = 2 << 20;

    static final int MAX_ERROR_BYTES = 64 << 10;

    /** What an answer is made of. */
    enum Form {
        EVENTS("text/event-stream"),
        JSON("application/json");

        private final String type;

        Form(String type) {
            this.type = type;
        }
    }

    private final boolean authorized;
    private final Form form;
    private final ThreadLocal<@Nullable Exchange> current = new ThreadLocal<>();

    /**
     * @param authorized whether there is a key to be sent
     * @param form of answers
     */
    ExchangeGuard(boolean authorized, Form form) {
        this.authorized = authorized;
        this.form = form;
    }

    /** What this thread calls from now on belongs to the exchange. */
    void enter(Exchange exchange) {
        current.set(exchange);
    }

    void leave() {
        current.remove();
    }

    @Override
    public Response intercept(Chain chain) throws IOException {
        Exchange exchange = current.get();
        if (exchange != null) {
            exchange.begin(chain.call());
        }
        Request.Builder request = chain.request().newBuilder();
        if (!authorized) {
            request.removeHeader("Authorization");
        }
        if (!chain.request().isHttps()) {
            request.header("Connection", "close");
        }
        Response response = chain.proceed(request.build());
        if (exchange != null) {
            exchange.answer();
        }
        ResponseBody body = response.body();
        if (body == null) {
            return response;
        }
        if (response.isSuccessful()) {
            requireForm(body.contentType(), response);
            return response.newBuilder()
                    .body(
                            bounded(
                                    body,
                                    form == Form.EVENTS
                                            ? new BoundedLines(body)
                                            : new BoundedBody(body, "answer", MAX_JSON_BYTES)))
                    .build();
        }
        return response.newBuilder()
                .body(bounded(body, new BoundedBody(body, "error", MAX_ERROR_BYTES)))
                .build();
    }

    private void requireForm(@Nullable MediaType type, Response response) throws IOException {
        String name = type == null ? "none" : type.type() + "/" + type.subtype();
        if (!name.toLowerCase(Locale.ROOT).equals(form.type)) {
            response.close();
            throw new UnusableAnswerException(
                    "status %d with content type %s in place of %s"
                            .formatted(response.code(), name, form.type));
        }
    }

    private static ResponseBody bounded(ResponseBody body, ForwardingSource source) {
        BufferedSource buffered = Okio.buffer(source);
        return ResponseBody.create(buffered, body.contentType(), -1);
    }

    /** An answer that is none of ours, by its form. */
    static final class UnusableAnswerException extends IOException {
        private static final long serialVersionUID = 1;

        UnusableAnswerException(String message) {
            super(message);
        }
    }

    private static final class BoundedLines extends ForwardingSource {
        private long line;

        BoundedLines(ResponseBody body) {
            super(body.source());
        }

        @Override
        public long read(Buffer sink, long byteCount) throws IOException {
            long before = sink.size();
            long read = super.read(sink, byteCount);
            for (long at = before; at < sink.size(); ) {
                long end = sink.indexOf((byte) '\n', at);
                line += (end < 0 ? sink.size() : end) - at;
                if (line > MAX_LINE_BYTES) {
                    throw new UnusableAnswerException(
                            "an event of more than %,d bytes".formatted(MAX_LINE_BYTES));
                }
                if (end < 0) {
                    break;
                }
                line = 0;
                at = end + 1;
            }
            return read;
        }
    }

    private static final class BoundedBody extends ForwardingSource {
        private final String what;
        private final int most;
        private long bytes;

        BoundedBody(ResponseBody body, String what, int most) {
            super(body.source());
            this.what = what;
            this.most = most;
        }

        @Override
        public long read(Buffer sink, long byteCount) throws IOException {
            long read = super.read(sink, byteCount);
            bytes += Math.max(0, read);
            if (bytes > most) {
                throw new UnusableAnswerException(
                        "an %s of more than %,d bytes".formatted(what, most));
            }
            return read;
        }
    }
}
