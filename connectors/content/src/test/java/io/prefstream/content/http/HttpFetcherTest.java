package io.prefstream.content.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.prefstream.content.http.HttpFetchException.Why;
import io.prefstream.content.testing.RawHttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a server that writes raw bytes, honest and hostile ones. */
@Timeout(60)
class HttpFetcherTest {

    private static final HttpAccess LOCAL =
            HttpAccess.to(Set.of("127.0.0.1", "localhost")).withPrivateAddresses(true);
    private static final long LIMIT = 10_000;

    private final RawHttpServer server = new RawHttpServer();

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    @Test
    void givesStatusHeadersAndBody() throws Exception {
        server.on("/a", RawHttpServer.of(200, Map.of("ETag", "\"x\""), bytes("hello")));
        try (HttpFetcher web = HttpFetcher.open(LOCAL);
                HttpAnswer answer = get(web, "/a?q=1")) {
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("etag")).contains("\"x\"");
            assertThat(answer.bytes()).isEqualTo(bytes("hello"));
        }
        assertThat(server.requests().get(0).target()).isEqualTo("/a?q=1");
        assertThat(server.requests().get(0).headers()).containsEntry("User-Agent", "prefstream");
    }

    @Test
    void anAnswerWithoutBodyHasAnEmptyOne() throws Exception {
        server.on("/a", (request, out) -> RawHttpServer.head(out, 304, Map.of("ETag", "x")));
        try (HttpFetcher web = HttpFetcher.open(LOCAL);
                HttpAnswer answer = get(web, "/a")) {
            assertThat(answer.status()).isEqualTo(304);
            assertThat(answer.bytes()).isEmpty();
        }
    }

    @Test
    void aBodyAsLargeAsAllowedIsRead() throws Exception {
        server.on("/a", RawHttpServer.of(200, Map.of(), new byte[(int) LIMIT]));
        try (HttpFetcher web = HttpFetcher.open(LOCAL);
                HttpAnswer answer = get(web, "/a")) {
            assertThat(answer.bytes()).hasSize((int) LIMIT);
        }
    }

    @Test
    void aBodyWithoutEndIsCutAtTheLimit() throws Exception {
        AtomicLong written = new AtomicLong();
        server.on(
                "/a",
                (request, out) -> {
                    RawHttpServer.head(out, 200, Map.of());
                    byte[] block = new byte[64 * 1024];
                    while (true) {
                        out.write(block);
                        written.addAndGet(block.length);
                    }
                });
        assertThat(failure(LOCAL, "/a").why()).isEqualTo(Why.TOO_LARGE);
        assertThat(written.get()).isLessThan(64 << 20); // what sockets hold
    }

    @Test
    void aBodyThatInflatesBeyondTheLimitIsCut() throws Exception {
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(bomb)) {
            gzip.write(new byte[5 << 20]);
        }
        assertThat(bomb.size()).isLessThan((int) LIMIT);
        server.on(
                "/a",
                RawHttpServer.of(200, Map.of("Content-Encoding", "gzip"), bomb.toByteArray()));
        assertThat(failure(LOCAL, "/a"))
                .hasMessageContaining("more than 10,000 bytes")
                .extracting(HttpFetchException::why)
                .isEqualTo(Why.TOO_LARGE);
    }

    @Test
    void aCompressedBodyIsDecoded() throws Exception {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(bytes("hello"));
        }
        server.on(
                "/a",
                RawHttpServer.of(200, Map.of("Content-Encoding", "gzip"), packed.toByteArray()));
        try (HttpFetcher web = HttpFetcher.open(LOCAL);
                HttpAnswer answer = get(web, "/a")) {
            assertThat(answer.bytes()).isEqualTo(bytes("hello"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 100\r\n\r\nhello",
                "Transfer-Encoding: chunked\r\n\r\n5\r\nhel",
                "Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n",
                "Content-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello",
            })
    void aBodyThatIsNotWhatItSaysIsAFailure(String rest) throws Exception {
        server.on("/a", (request, out) -> out.write(bytes("HTTP/1.1 200 OK\r\n" + rest)));
        assertThat(failure(LOCAL, "/a").why()).isEqualTo(Why.UNREACHABLE);
    }

    @Test
    void tooManyOrTooLongHeadersAreAFailure() throws Exception {
        server.on(
                "/many",
                (request, out) -> {
                    out.write(bytes("HTTP/1.1 200 OK\r\n"));
                    for (int i = 0; i < 1_000_000; i++) {
                        out.write(bytes("X-" + i + ": y\r\n"));
                    }
                });
        server.on(
                "/long",
                (request, out) -> {
                    out.write(bytes("HTTP/1.1 200 OK\r\nX: "));
                    while (true) {
                        out.write(new byte[8_192]);
                    }
                });
        assertThat(failure(LOCAL, "/many").why()).isEqualTo(Why.UNREACHABLE);
        assertThat(failure(LOCAL, "/long").why()).isEqualTo(Why.UNREACHABLE);
    }

    @Test
    void headersThatNeverEndAreCutAtTheDeadline() throws Exception {
        server.on(
                "/a",
                (request, out) -> {
                    out.write(bytes("HTTP/1.1 200 OK\r\nX: "));
                    dribble(out);
                });
        assertThat(failure(LOCAL.withDeadline(Duration.ofMillis(300)), "/a"))
                .hasMessageEndingWith("took longer than deadline=300 ms")
                .extracting(HttpFetchException::why)
                .isEqualTo(Why.TIMEOUT);
    }

    @Test
    void aBodyThatNeverEndsIsCutAtTheDeadline() throws Exception {
        server.on(
                "/a",
                (request, out) -> {
                    RawHttpServer.head(out, 200, Map.of());
                    dribble(out);
                });
        assertThat(failure(LOCAL.withDeadline(Duration.ofMillis(300)), "/a").why())
                .isEqualTo(Why.TIMEOUT);
    }

    @Test
    void aBodyThatComesTooSlowlyIsGivenUp() throws Exception {
        server.on(
                "/a",
                (request, out) -> {
                    RawHttpServer.head(out, 200, Map.of());
                    dribble(out);
                });
        AtomicLong clock = new AtomicLong();
        // Each look at the clock is a second later, and each byte takes one.
        HttpFetchException failure =
                failure(
                        HttpFetcher.open(
                                LOCAL, () -> clock.addAndGet(Duration.ofSeconds(1).toNanos())),
                        server.uri("/a"));
        assertThat(failure.why()).isEqualTo(Why.TIMEOUT);
        assertThat(failure).hasMessageContaining("are below 1,000 bytes a second");
    }

    @Test
    void followsRedirectsAndLeavesCredentialsBehind() throws Exception {
        try (RawHttpServer other = new RawHttpServer()) {
            other.on("/b", RawHttpServer.of(200, Map.of(), bytes("there")));
            server.on("/a", redirectTo("/here"));
            server.on("/here", redirectTo(other.uri("/b").toString()));
            try (HttpFetcher web = HttpFetcher.open(LOCAL);
                    HttpAnswer answer =
                            web.get(
                                    server.uri("/a"),
                                    Map.of("authorization", "Bearer s", "Accept", "text/plain"),
                                    LIMIT)) {
                assertThat(answer.bytes()).isEqualTo(bytes("there"));
                assertThat(answer.uri()).isEqualTo(other.uri("/b"));
            }
            assertThat(server.requests())
                    .allSatisfy(
                            request ->
                                    assertThat(request.headers())
                                            .containsEntry("Authorization", "Bearer s"));
            assertThat(other.requests().get(0).headers())
                    .doesNotContainKey("Authorization")
                    .containsEntry("Accept", "text/plain");
        }
    }

    @Test
    void aCircleOfRedirectsIsRefused() throws Exception {
        server.on("/a", redirectTo("/b")).on("/b", redirectTo("/a"));
        assertThat(failure(LOCAL, "/a"))
                .hasMessageContaining("more than maxRedirects=5 redirects")
                .extracting(HttpFetchException::why)
                .isEqualTo(Why.REFUSED);
        assertThat(server.requests()).hasSize(6);
    }

    @Test
    void aRedirectToAHostThatIsNotOnTheListIsRefusedUnasked() throws Exception {
        server.on("/a", redirectTo("https://metadata.example.org/latest?token=1"));
        assertThat(failure(LOCAL, "/a"))
                .hasMessage(
                        "https://metadata.example.org/latest: may not be asked: host"
                                + " metadata.example.org is none of [127.0.0.1, localhost]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://127.0.0.1/x"})
    void aRedirectToAnotherSchemeIsRefused(String location) throws Exception {
        server.on("/a", redirectTo(location));
        assertThat(failure(LOCAL, "/a").why()).isEqualTo(Why.REFUSED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "localhost", "0.0.0.0", "[::1]", "[::ffff:127.0.0.1]"})
    void aNameThatLeadsToAPrivateAddressIsRefusedAndNotAsked(String host) throws Exception {
        HttpAccess anyHost =
                new HttpAccess(
                        Set.of("http", "https"),
                        Set.of("*"),
                        false,
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(20),
                        0,
                        Duration.ZERO,
                        5,
                        "prefstream");
        URI uri = URI.create("http://" + host + ":" + server.uri("/a").getPort() + "/a");
        HttpFetchException failure = failure(HttpFetcher.open(anyHost), uri);
        assertThat(failure.why()).isEqualTo(Why.REFUSED);
        assertThat(failure).hasMessageContaining("is not on the public internet");
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void whatMayBeAskedIsSaidBeforehand() {
        HttpAccess access = HttpAccess.to(Set.of("api.example.org", "*.files.example.org"));
        assertThatThrownBy(() -> access.require(URI.create("http://api.example.org/a")))
                .hasMessageContaining("scheme http is none of [https]");
        assertThatThrownBy(() -> access.require(URI.create("https://files.example.org/a")))
                .hasMessageContaining("host files.example.org is none of");
        assertThatThrownBy(() -> access.require(URI.create("https://u:secret@api.example.org/a")))
                .hasMessageContaining("holds a user or password")
                .hasMessageNotContaining("secret");
        assertThatThrownBy(() -> access.require(URI.create("https:///a")))
                .hasMessageContaining("host null");
        assertThat(
                        catchThrowableOfType(
                                HttpFetchException.class,
                                () -> {
                                    access.require(URI.create("https://API.example.org/a"));
                                    access.require(URI.create("https://a.files.example.org/a"));
                                }))
                .isNull();
    }

    @Test
    void nobodyListening() throws Exception {
        URI uri = server.uri("/a");
        server.close();
        assertThat(failure(HttpFetcher.open(LOCAL), uri).why()).isEqualTo(Why.UNREACHABLE);
    }

    private HttpAnswer get(HttpFetcher web, String path) throws HttpFetchException {
        return web.get(server.uri(path), Map.of(), LIMIT);
    }

    private HttpFetchException failure(HttpAccess access, String path) {
        return failure(HttpFetcher.open(access), server.uri(path));
    }

    private static HttpFetchException failure(HttpFetcher web, URI uri) {
        HttpFetchException failure =
                catchThrowableOfType(
                        HttpFetchException.class,
                        () -> {
                            try (web;
                                    HttpAnswer answer = web.get(uri, Map.of(), LIMIT)) {
                                answer.bytes();
                            }
                        });
        assertThat(failure).isNotNull();
        return failure;
    }

    private static RawHttpServer.Answer redirectTo(String location) {
        return RawHttpServer.of(302, Map.of("Location", location), new byte[0]);
    }

    /** A byte now and then, until the client hangs up. */
    private static void dribble(OutputStream out) throws IOException {
        try {
            while (true) {
                out.write('x');
                out.flush();
                Thread.sleep(5);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
