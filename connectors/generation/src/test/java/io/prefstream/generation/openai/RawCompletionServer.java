package io.prefstream.generation.openai;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A server on a free loopback port that writes to the socket just what a test says, one request for
 * each connection. Answers are given in order; the last one is repeated.
 */
final class RawCompletionServer implements AutoCloseable {

    /** Writes an answer, status line first. */
    @FunctionalInterface
    interface Answer {
        void write(Connection connection) throws IOException;
    }

    /** A request line, its headers and its body. */
    record Request(String target, Map<String, String> headers, String body) {}

    /** Both directions to a client. */
    record Connection(InputStream in, OutputStream out) {

        void write(String text) throws IOException {
            out.write(text.getBytes(StandardCharsets.UTF_8));
            out.flush();
        }

        /** Begins a stream of events. */
        void beginEvents() throws IOException {
            write(
                    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n"
                            + "Connection: close\r\n\r\n");
        }

        void event(String json) throws IOException {
            write("data: " + json + "\n\n");
        }

        /** Returns once the client is gone. */
        void awaitHangUp() {
            try {
                while (in.read() >= 0) {
                    continue;
                }
            } catch (IOException e) {
                // A reset: gone as well.
            }
        }
    }

    private final ServerSocket listening;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Deque<Answer> answers = new ArrayDeque<>();
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();

    RawCompletionServer(Answer... inOrder) {
        answers.addAll(List.of(inOrder));
        try {
            listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.execute(this::accept);
    }

    /** A whole stream: these events and {@code [DONE]}. */
    static Answer events(String... events) {
        return connection -> {
            connection.beginEvents();
            for (String event : events) {
                connection.event(event);
            }
            connection.event("[DONE]");
        };
    }

    /** A whole answer that is no stream. */
    static Answer status(int status, String headers, String body) {
        return connection ->
                connection.write(
                        "HTTP/1.1 %d Status\r\n%sConnection: close\r\nContent-Length: %d\r\n\r\n%s"
                                .formatted(
                                        status,
                                        headers,
                                        body.getBytes(StandardCharsets.UTF_8).length,
                                        body));
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + listening.getLocalPort() + "/v1");
    }

    /** All requests so far, in order. */
    List<Request> requests() {
        return List.copyOf(requests);
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Socket socket : sockets) {
            socket.close();
        }
        threads.shutdownNow();
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket socket = listening.accept();
                sockets.add(socket);
                threads.execute(() -> serve(socket));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = socket.getInputStream();
            String head = head(in);
            if (head.isEmpty()) {
                return;
            }
            String[] lines = head.split("\r\n");
            Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            for (int i = 1; i < lines.length; i++) {
                int colon = lines[i].indexOf(':');
                headers.put(lines[i].substring(0, colon), lines[i].substring(colon + 1).strip());
            }
            byte[] body =
                    in.readNBytes(Integer.parseInt(headers.getOrDefault("Content-Length", "0")));
            requests.add(
                    new Request(
                            lines[0].split(" ")[1],
                            headers,
                            new String(body, StandardCharsets.UTF_8)));
            next().write(new Connection(in, socket.getOutputStream()));
        } catch (IOException e) {
            // The client has hung up, as it should on much of what is written here.
        }
    }

    private synchronized Answer next() {
        return answers.size() > 1 ? answers.remove() : answers.element();
    }

    private static String head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        for (int b = in.read(); b >= 0; b = in.read()) {
            head.write(b);
            String text = head.toString(StandardCharsets.ISO_8859_1);
            if (text.endsWith("\r\n\r\n")) {
                return text;
            }
        }
        return "";
    }
}
