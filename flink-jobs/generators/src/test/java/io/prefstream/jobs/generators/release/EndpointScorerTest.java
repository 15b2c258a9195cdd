package io.prefstream.jobs.generators.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.prefstream.generation.GenerationException;
import io.prefstream.generation.openai.OpenAiSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EndpointScorerTest {
    private static final String GOOD =
            "{\"model\":\"release-1\",\"data\":[{\"index\":1,\"reward\":-1},"
                    + "{\"index\":0,\"reward\":2.5}]}";

    /** What the server says, in order; the last is said again. */
    private final Deque<Said> said = new ArrayDeque<>();

    private HttpServer server;
    private AnswerScorer scorer;

    private record Said(int status, String body) {}

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v1/score", this::answer);
        server.start();
        URI url = URI.create("http://localhost:" + server.getAddress().getPort() + "/v1");
        OpenAiSettings settings =
                OpenAiSettings.of("any", List.of(url)).withLimits(Duration.ofMinutes(1), 0, 4);
        scorer = EndpointScorer.factory("test", settings).open();
    }

    @AfterEach
    void stop() {
        scorer.close();
        server.stop(0);
    }

    @Test
    void rewardsAreTheServersWhateverIsReleased() throws Exception {
        said.add(new Said(200, GOOD));
        scorer.ready(null).get();

        assertThat(ask()).isEqualTo(new Rewards(List.of(2.5f, -1f), "release-1"));
    }

    @Test
    void aServerThatIsAwayOrBusyIsWaitedFor() throws Exception {
        said.add(new Said(503, "{}"));
        said.add(new Said(429, "{}"));
        said.add(new Said(200, "{\"model\":\"rel"));
        said.add(new Said(200, GOOD));

        assertThat(ask().model()).isEqualTo("release-1");
    }

    @Test
    void aServerWithoutRewardsHasNoPreferenceModel() {
        said.add(new Said(200, GOOD.replace("2.5", "null")));

        assertThatThrownBy(this::ask)
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(CheckpointUnusableException.class)
                .hasMessageContaining("release-1 has no reward head");
    }

    @Test
    void whatTheModelRefusesIsTheRecordsOwnFailure() {
        said.add(new Said(400, "{\"error\":{\"message\":\"input[0] is too long\"}}"));

        assertThatThrownBy(this::ask)
                .hasCauseInstanceOf(GenerationException.class)
                .hasMessageContaining("answered 400: input[0] is too long");
    }

    private Rewards ask() throws Exception {
        return scorer.rewards(null, "Adds.", List.of("a + b", "a - b")).get(60, TimeUnit.SECONDS);
    }

    private void answer(HttpExchange exchange) throws IOException {
        Said next = said.size() > 1 ? said.remove() : said.element();
        byte[] body = next.body().getBytes(StandardCharsets.UTF_8);
        exchange.getRequestBody().readAllBytes();
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(next.status(), body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
