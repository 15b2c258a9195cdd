package io.prefstream.content.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A server on a free loopback port that writes to the socket just what a test says, lies and all.
 * One request for each connection.
 */
public final class RawHttpServer implements AutoCloseable {

    /** Writes an answer, status line first. */
    @FunctionalInterface
    public interface Answer {
        void write(Request request, OutputStream out) throws IOException;
    }

    /** A request line and its headers. */
    public record Request(String target, Map<String, String> headers) {}

    private final ServerSocket listening;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Future<?> accepting;
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private final List<Request> requests = new CopyOnWriteArrayList<>();

    public RawHttpServer() {
        try {
            listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        accepting = threads.submit(this::accept);
    }

    /** The URL of a path here. */
    public URI uri(String path) {
        return URI.create("http://127.0.0.1:" + listening.getLocalPort() + path);
    }

    /** What a path (its query not counted) answers. */
    public RawHttpServer on(String path, Answer answer) {
        answers.put(path, answer);
        return this;
    }

    /** A whole and honest answer. */
    public static Answer of(int status, Map<String, String> headers, byte[] body) {
        return (request, out) -> {
            head(out, status, headers, "Content-Length: " + body.length);
            out.write(body);
        };
    }

    /** Writes status line and headers. */
    public static void head(
            OutputStream out, int status, Map<String, String> headers, String... lines)
            throws IOException {
        StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " Status\r\n");
        headers.forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
        for (String line : lines) {
            head.append(line).append("\r\n");
        }
        head.append("Connection: close\r\n\r\n");
        out.write(head.toString().getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    /** All requests so far, in order. */
    public List<Request> requests() {
        return List.copyOf(requests);
    }

    /** From its return on, nobody listens: a socket lives as long as a thread waits in it. */
    @Override
    public void close() throws IOException {
        listening.close();
        try {
            accepting.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            threads.shutdownNow();
        }
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket socket = listening.accept();
                threads.execute(() -> serve(socket));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            BufferedReader in =
                    new BufferedReader(
                            new InputStreamReader(
                                    socket.getInputStream(), StandardCharsets.ISO_8859_1));
            List<String> lines = new ArrayList<>();
            for (String line = in.readLine();
                    line != null && !line.isEmpty();
                    line = in.readLine()) {
                lines.add(line);
            }
            if (lines.isEmpty()) {
                return;
            }
            String target = lines.get(0).split(" ")[1];
            Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            for (String line : lines.subList(1, lines.size())) {
                int colon = line.indexOf(':');
                headers.put(line.substring(0, colon), line.substring(colon + 1).strip());
            }
            Request request = new Request(target, headers);
            requests.add(request);
            Answer answer =
                    answers.getOrDefault(
                            target.replaceFirst("\\?.*", ""), of(404, Map.of(), new byte[0]));
            answer.write(request, socket.getOutputStream());
            socket.getOutputStream().flush();
        } catch (IOException e) {
            // The client has hung up, as it should on much of what is written here.
        }
    }
}
