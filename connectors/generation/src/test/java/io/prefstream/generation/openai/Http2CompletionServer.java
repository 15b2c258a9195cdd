package io.prefstream.generation.openai;

import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.BlockingHandler;
import io.undertow.util.Headers;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * An endpoint behind TLS that offers HTTP/2, by another implementation than the client's. Its key
 * is made anew; {@link #trustStore()} is what a client has to trust.
 */
final class Http2CompletionServer implements AutoCloseable {
    static final String PASSWORD = "changeit";

    /** Writes events to one stream. */
    @FunctionalInterface
    interface Answer {
        void write(String body, OutputStream events) throws IOException;
    }

    /**
     * A request.
     *
     * @param clientPort one for each connection
     */
    record Request(String protocol, int clientPort, String target) {}

    private final Path keys;
    private final Undertow server;
    private final List<Request> requests = new CopyOnWriteArrayList<>();

    /**
     * @param folder takes the key
     */
    Http2CompletionServer(Path folder, Answer answer) throws Exception {
        keys = folder.resolve("keys.p12");
        makeKey(keys);
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(keys)) {
            store.load(in, PASSWORD.toCharArray());
        }
        KeyManagerFactory managers =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(store, PASSWORD.toCharArray());
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(managers.getKeyManagers(), null, null);
        server =
                Undertow.builder()
                        .addHttpsListener(0, "127.0.0.1", tls)
                        .setServerOption(UndertowOptions.ENABLE_HTTP2, true)
                        .setHandler(new BlockingHandler(exchange -> serve(exchange, answer)))
                        .build();
        server.start();
    }

    static void event(OutputStream events, String json) throws IOException {
        events.write(("data: " + json + "\n\n").getBytes(StandardCharsets.UTF_8));
        events.flush();
    }

    URI url() {
        InetSocketAddress address =
                (InetSocketAddress) server.getListenerInfo().get(0).getAddress();
        return URI.create("https://127.0.0.1:%d/v1".formatted(address.getPort()));
    }

    Path trustStore() {
        return keys;
    }

    List<Request> requests() {
        return List.copyOf(requests);
    }

    @Override
    public void close() {
        server.stop();
    }

    private void serve(HttpServerExchange exchange, Answer answer) throws IOException {
        requests.add(
                new Request(
                        exchange.getProtocol().toString(),
                        exchange.getSourceAddress().getPort(),
                        exchange.getRequestPath()));
        String body = new String(exchange.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "text/event-stream");
        answer.write(body, exchange.getOutputStream());
        exchange.endExchange();
    }

    private static void makeKey(Path target) throws Exception {
        Process keytool =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "keytool")
                                        .toString(),
                                "-genkeypair",
                                "-keyalg",
                                "EC",
                                "-alias",
                                "server",
                                "-dname",
                                "CN=127.0.0.1",
                                "-ext",
                                "san=ip:127.0.0.1",
                                "-keystore",
                                target.toString(),
                                "-storepass",
                                PASSWORD)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        if (keytool.waitFor() != 0) {
            throw new IOException("keytool ended with " + keytool.exitValue());
        }
    }
}
