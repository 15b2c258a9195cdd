package io.prefstream.generation.openai;

import static io.prefstream.generation.openai.RawCompletionServer.status;
import static io.prefstream.generation.openai.TestGenerators.KEY;
import static io.prefstream.generation.openai.TestGenerators.LONG;
import static io.prefstream.generation.openai.TestGenerators.MOST_BACKOFF;
import static io.prefstream.generation.openai.TestGenerators.NOW;
import static io.prefstream.generation.openai.TestGenerators.SHORT;
import static io.prefstream.generation.openai.TestGenerators.settings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.prefstream.generation.GenerationException;
import io.prefstream.generation.RewardAnswer;
import io.prefstream.generation.RewardRequest;
import io.prefstream.generation.alarm.Backoff;
import io.prefstream.generation.alarm.FakeAlarms;
import io.prefstream.generation.openai.RawCompletionServer.Answer;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What servers of scores say, over real sockets. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class RewardClientTest {
    private static final RewardRequest PAIR =
            RewardRequest.of("validate", "Adds.", List.of("a + b", "a - b"));
    private static final String SCORES =
            score(1, "-0.25") + "," + score(0, "0.5"); // not in the order of the texts
    private static final Answer GOOD = json(scores("\"margin_scale\":1.5,", SCORES));

    private final FakeAlarms alarms = new FakeAlarms();

    @Test
    void rewardsComeInTheOrderOfTheTextsWithWhoGaveThem() throws Exception {
        try (RawCompletionServer server = new RawCompletionServer(GOOD)) {
            RewardAnswer answer = ask(settings(server.url()).withApiKeyVariable("MODEL_KEY"));

            assertThat(answer.rewards()).containsExactly(0.5f, -0.25f);
            assertThat(answer.model()).isEqualTo("release-7");
            assertThat(answer.marginScale()).hasValue(1.5);
            RawCompletionServer.Request request = server.requests().get(0);
            assertThat(request.target()).isEqualTo("/v1/score");
            assertThat(request.headers()).containsEntry("Authorization", "Bearer " + KEY);
            assertThat(request.body())
                    .isEqualTo(
                            "{\"log_likelihood\":false,\"user\":\"validate\",\"input\":["
                                    + "{\"prompt\":\"Adds.\",\"response\":\"a + b\"},"
                                    + "{\"prompt\":\"Adds.\",\"response\":\"a - b\"}]}");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\"margin_scale\":null,"})
    void aServerMayNotKnowTheScale(String scale) throws Exception {
        try (RawCompletionServer server = new RawCompletionServer(json(scores(scale, SCORES)))) {
            RewardAnswer answer = ask(settings(server.url()));

            assertThat(answer.marginScale()).isEmpty();
            assertThat(server.requests().get(0).headers()).doesNotContainKey("Authorization");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"model\":\"m\",\"data\":[{\"ind | is no JSON",
                "nonsense | is no JSON",
                "42 | doesn't say its model",
                "{\"model\":\"m\"} {\"model\":\"m\"} | is no JSON",
                "{\"model\":\" \",\"data\":[]} | doesn't say its model",
                "{\"model\":\"m\"} | has 0 scores for 2 texts",
                "{\"model\":\"m\",\"data\":[{\"index\":0,\"reward\":1}]} | has 1 scores for 2 texts"
            })
    void anAnswerThatIsNoneIsRetriedAndNamed(String body, String problem) throws Exception {
        isRetriedAndNamed(json(body), problem);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "0, 2", "0, -1", "0, 0.5", "0, \"1\"", "0, null"})
    void anIndexOfNoTextOrTwiceIsNoAnswer(String one, String other) throws Exception {
        String data =
                "{\"index\":%s,\"reward\":1},{\"index\":%s,\"reward\":2}".formatted(one, other);
        isRetriedAndNamed(
                json(scores("", data)), "has index=%s twice or of no text".formatted(other));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"good\"", "1e99", "[]"})
    void aRewardThatIsNoNumberIsNoAnswer(String reward) throws Exception {
        isRetriedAndNamed(
                json(scores("", score(0, "1") + "," + score(1, reward))), "which is no number");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "\"much\"", "1e999"})
    void aScaleThatIsNoneIsNoAnswer(String scale) throws Exception {
        isRetriedAndNamed(
                json(scores("\"margin_scale\":%s,".formatted(scale), SCORES)), "has margin_scale=");
    }

    @Test
    void aModelWithoutRewardsIsNamedAtOnce() throws Exception {
        Answer none = json(scores("", score(0, "null") + "," + score(1, "null")));
        try (RawCompletionServer server = new RawCompletionServer(none)) {
            GenerationException failure = failure(settings(server.url()));

            assertThat(failure)
                    .hasMessage(
                            server.url()
                                    + " has no rewards: release-7 has no reward head, a release of"
                                    + " the trainer has");
            assertThat(failure.refusesAll()).isTrue();
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void aHundredMegabytesAreNotHeld() throws Exception {
        Answer endless =
                connection -> {
                    connection.write(
                            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                                    + "Connection: close\r\n\r\n{\"model\":\"");
                    while (true) {
                        connection.write("x\n".repeat(1 << 16));
                    }
                };
        isRetriedAndNamed(endless, "gave an answer of more than 2,097,152 bytes");
    }

    @Test
    void anotherContentTypeIsNoAnswer() throws Exception {
        isRetriedAndNamed(
                status(200, "Content-Type: text/html\r\n", "<p>Welcome to nginx!"),
                "gave status 200 with content type text/html in place of application/json");
    }

    @Test
    void aConnectionThatBreaksIsRetried() throws Exception {
        Answer cut =
                connection ->
                        connection.write(
                                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                                        + "Content-Length: 999\r\n\r\n{\"model\"");
        isRetriedAndNamed(cut, "broke its stream off");
        isRetriedAndNamed(connection -> {}, "hung up without an answer");
    }

    @Test
    void silenceIsNoticed() throws Exception {
        try (RawCompletionServer server =
                new RawCompletionServer(RawCompletionServer.Connection::awaitHangUp, GOOD)) {
            assertThat(ask(settings(SHORT, LONG, server.url())).model()).isEqualTo("release-7");
        }
    }

    @Test
    void aServerThatIsBusyIsLeftAloneAsLongAsItAsks() throws Exception {
        try (RawCompletionServer server =
                new RawCompletionServer(status(429, "Retry-After: 7\r\n", "{}"), GOOD)) {
            ask(settings(server.url()));

            assertThat(alarms.delays()).containsExactly(Duration.ofSeconds(7));
        }
    }

    @Test
    void whatIsWrongWithARequestIsFinal() throws Exception {
        String body = "{\"error\":{\"message\":\"input[1]: 300 tokens exceed %s\"}}".formatted(KEY);
        try (RawCompletionServer server = new RawCompletionServer(status(400, "", body))) {
            GenerationException failure =
                    failure(settings(server.url()).withApiKeyVariable("MODEL_KEY"));

            assertThat(failure)
                    .hasMessage(server.url() + " answered 400: input[1]: 300 tokens exceed ***");
            assertThat(failure.retryable()).isFalse();
            assertThat(failure.refusesAll()).isFalse();
        }
    }

    @Test
    void aReplicaThatRefusesTheKeyIsLeftForAnother() throws Exception {
        try (RawCompletionServer good = new RawCompletionServer(GOOD);
                RawCompletionServer bad = new RawCompletionServer(status(401, "", "{}"))) {
            try (RewardClient client = client(settings(good.url(), bad.url()))) {
                for (int i = 0; i < 10; i++) {
                    RewardRequest request = RewardRequest.of("", "prompt " + i, List.of("a", "b"));
                    assertThat(client.rewards(request).get().rewards()).hasSize(2);
                }
            }
            assertThat(bad.requests()).hasSizeLessThanOrEqualTo(1);
        }
    }

    @Test
    void whoGivesUpHangsUp() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch gone = new CountDownLatch(1);
        Answer waiting =
                connection -> {
                    asked.countDown();
                    connection.awaitHangUp();
                    gone.countDown();
                };
        try (RawCompletionServer server = new RawCompletionServer(waiting);
                RewardClient client = client(settings(server.url()))) {
            CompletableFuture<RewardAnswer> answer = client.rewards(PAIR);
            asked.await();
            answer.cancel(false);

            assertThat(gone.await(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    private void isRetriedAndNamed(Answer bad, String problem) throws Exception {
        try (RawCompletionServer server = new RawCompletionServer(bad, GOOD)) {
            assertThat(ask(settings(server.url())).model()).isEqualTo("release-7");
        }
        try (RawCompletionServer server = new RawCompletionServer(bad)) {
            GenerationException failure = failure(settings(server.url()));

            assertThat(failure)
                    .hasMessageStartingWith(server.url().toString())
                    .hasMessageContaining(problem)
                    .hasMessageEndingWith("; 3 tries");
            assertThat(failure.retryable()).isTrue();
        }
    }

    private RewardAnswer ask(OpenAiSettings settings) throws Exception {
        try (RewardClient client = client(settings)) {
            return client.rewards(PAIR).get();
        }
    }

    private GenerationException failure(OpenAiSettings settings) {
        try (RewardClient client = client(settings)) {
            ExecutionException thrown =
                    catchThrowableOfType(
                            ExecutionException.class, () -> client.rewards(PAIR).get());
            return (GenerationException) thrown.getCause();
        }
    }

    private RewardClient client(OpenAiSettings settings) {
        return new RewardClient(
                settings,
                Map.of("MODEL_KEY", KEY)::get,
                alarms,
                Clock.fixed(NOW, ZoneOffset.UTC),
                new Backoff(Duration.ofSeconds(1), MOST_BACKOFF, () -> 1));
    }

    private static Answer json(String body) {
        return status(200, "Content-Type: application/json\r\n", body);
    }

    private static String scores(String scale, String data) {
        return "{\"object\":\"list\",\"model\":\"release-7\",%s\"data\":[%s]}"
                .formatted(scale, data);
    }

    private static String score(int index, String reward) {
        return "{\"index\":%d,\"reward\":%s,\"log_likelihood\":null}".formatted(index, reward);
    }
}
