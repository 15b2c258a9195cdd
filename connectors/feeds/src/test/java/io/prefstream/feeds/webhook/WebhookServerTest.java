package io.prefstream.feeds.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The server on a free loopback port, asked by a real client. */
@Timeout(60)
class WebhookServerTest {

    static {
        // Read once in a process, before its first server; two seconds keep this test short.
        System.setProperty("sun.net.httpserver.maxReqTime", "2");
    }

    @TempDir private Path state;

    private final MemorySink sink = new MemorySink();
    private final HttpClient client = HttpClient.newHttpClient();
    private WebhookServer server;

    @BeforeEach
    void start() throws IOException {
        server =
                WebhookServer.start(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        WebhookReceiverTest.settings(state),
                        sink,
                        Instant::now);
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    @Test
    void aSignedPushIsStored() throws Exception {
        byte[] body = Payloads.GITHUB_PUSH.getBytes(StandardCharsets.UTF_8);
        HttpResponse<String> answer = post("/github", Payloads.signed("push", "1", body), body);
        assertThat(answer.statusCode()).isEqualTo(202);
        assertThat(answer.body()).isEqualTo("2 events\n");
        assertThat(sink.events).hasSize(2);
        assertThat(get("/metrics").body())
                .contains("prefstream_webhook_total{outcome=\"accepted\"} 1");
        assertThat(get("/health").statusCode()).isEqualTo(200);
    }

    @Test
    void anythingElseIsRefused() throws Exception {
        byte[] body = Payloads.GITHUB_PUSH.getBytes(StandardCharsets.UTF_8);
        assertThat(post("/github", Map.of(), body).statusCode()).isEqualTo(401);
        assertThat(post("/other", Map.of(), body).statusCode()).isEqualTo(404);
        assertThat(get("/github").statusCode()).isEqualTo(404);
        HttpRequest put =
                request("/github").PUT(HttpRequest.BodyPublishers.ofByteArray(body)).build();
        assertThat(client.send(put, HttpResponse.BodyHandlers.ofString()).statusCode())
                .isEqualTo(405);
    }

    @Test
    void aBodyThatIsTooLargeIsNotRead() throws Exception {
        assertThat(post("/github", Map.of(), new byte[100_001]).statusCode()).isEqualTo(413);
        assertThat(server.counts()).containsEntry("too-large", 1L);
    }

    @Test
    void aClientThatTricklesIsCut() throws Exception {
        try (Socket slow = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            OutputStream out = slow.getOutputStream();
            out.write(
                    "POST /github HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            out.flush();
            assertThat(isCut(slow)).isTrue();
        }
        try (Socket slow = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            slow.getOutputStream().write("POST /git".getBytes(StandardCharsets.US_ASCII));
            slow.getOutputStream().flush();
            assertThat(isCut(slow)).isTrue();
        }
    }

    /** Waits for the server to hang up. */
    private static boolean isCut(Socket socket) throws IOException {
        socket.setSoTimeout(40_000);
        try (InputStream in = socket.getInputStream()) {
            in.readAllBytes();
            return true;
        } catch (SocketException e) {
            return true; // reset
        }
    }

    private HttpResponse<String> post(String path, Map<String, String> headers, byte[] body)
            throws Exception {
        HttpRequest.Builder request = request(path);
        headers.forEach(request::header);
        return client.send(
                request.POST(HttpRequest.BodyPublishers.ofByteArray(body)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> get(String path) throws Exception {
        return client.send(request(path).GET().build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path));
    }
}
