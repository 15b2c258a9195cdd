package io.prefstream.generation.openai;

import static io.prefstream.generation.openai.RawCompletionServer.events;
import static io.prefstream.generation.openai.RawCompletionServer.status;
import static io.prefstream.generation.openai.TestGenerators.KEY;
import static io.prefstream.generation.openai.TestGenerators.LONG;
import static io.prefstream.generation.openai.TestGenerators.MOST_BACKOFF;
import static io.prefstream.generation.openai.TestGenerators.REQUEST;
import static io.prefstream.generation.openai.TestGenerators.SHORT;
import static io.prefstream.generation.openai.TestGenerators.STOP;
import static io.prefstream.generation.openai.TestGenerators.USAGE;
import static io.prefstream.generation.openai.TestGenerators.completion;
import static io.prefstream.generation.openai.TestGenerators.settings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.prefstream.generation.ChatMessage;
import io.prefstream.generation.Generation;
import io.prefstream.generation.GenerationException;
import io.prefstream.generation.GenerationRequest;
import io.prefstream.generation.Prompt;
import io.prefstream.generation.Sampling;
import io.prefstream.generation.alarm.FakeAlarms;
import io.prefstream.generation.openai.RawCompletionServer.Answer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What servers do instead of answering, over real sockets. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class OpenAiFailuresTest {
    private static final Answer GOOD = events(completion("good"), STOP, USAGE);
    private static final List<Integer> OF_THE_REQUEST = List.of(400, 413, 422, 451);
    private static final Duration ONE_SECOND = Duration.ofSeconds(1);
    private static final Duration TWO_SECONDS = Duration.ofSeconds(2);

    private final FakeAlarms alarms = new FakeAlarms();
    private final List<String> heard = new CopyOnWriteArrayList<>();

    @ParameterizedTest
    @ValueSource(ints = {408, 409, 425, 429, 500, 501, 502, 503, 504, 507, 520, 524, 529})
    void aStatusThatPassesIsRetried(int passing) throws Exception {
        try (RawCompletionServer server = new RawCompletionServer(status(passing, "", ""), GOOD)) {
            assertThat(ask(server).text()).isEqualTo("good");
            assertThat(alarms.delays()).containsExactly(ONE_SECOND);
        }
    }

    @Test
    void retriesWaitTwiceAsLongEachTimeAndEnd() throws Exception {
        try (RawCompletionServer server =
                new RawCompletionServer(
                        status(500, "", "{\"error\":{\"message\":\"out of\\n memory\"}}"))) {
            GenerationException failure = failure(server);

            assertThat(failure).hasMessage(server.url() + " answered 500: out of; memory; 3 tries");
            assertThat(failure.retryable()).isTrue();
            assertThat(alarms.delays()).containsExactly(ONE_SECOND, TWO_SECONDS);
            assertThat(server.requests()).hasSize(3);
        }
    }

    @Test
    void retryAfterIsHonoured() throws Exception {
        try (RawCompletionServer server =
                new RawCompletionServer(
                        status(429, "Retry-After: 7\r\n", "{}"),
                        status(503, "Retry-After: Sun, 01 Mar 2026 12:00:09 GMT\r\n", "{}"),
                        GOOD)) {
            ask(server);

            assertThat(alarms.delays())
                    .containsExactly(Duration.ofSeconds(7), Duration.ofSeconds(9));
        }
    }

    @Test
    void retryAfterIsHonouredNoLongerThanTheMost() throws Exception {
        try (RawCompletionServer server =
                new RawCompletionServer(status(429, "Retry-After: 86400\r\n", "{}"), GOOD)) {
            ask(server);

            assertThat(alarms.delays()).containsExactly(MOST_BACKOFF);
        }
    }

    @Test
    void aWaitIsToldWhereNoOtherReplicaCanBeAsked() throws Exception {
        try (RawCompletionServer busy =
                        new RawCompletionServer(status(429, "Retry-After: 7\r\n", "{}"));
                RawCompletionServer broken = new RawCompletionServer(status(500, "", "{}"))) {
            assertThat(failure(busy).retryAfter()).contains(Duration.ofSeconds(7));
            assertThat(failureWith(settings(busy.url(), broken.url())).retryAfter()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"429, true", "503, true", "529, true", "500, false", "502, false"})
    void aRefusalForLoadIsToldAsOne(int status, boolean load) throws Exception {
        try (RawCompletionServer server = new RawCompletionServer(status(status, "", "{}"))) {
            assertThat(failure(server).overloaded()).isEqualTo(load);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 400, 401, 402, 403, 404, 410, 413, 418, 422, 451})
    void anotherStatusIsFinal(int lasting) throws Exception {
        try (RawCompletionServer server =
                new RawCompletionServer(
                        status(
                                lasting,
                                "Content-Type: application/json\r\nLocation: /elsewhere\r\n",
                                "{\"error\":{\"message\":\"this model's context is 8\","
                                    + "\"type\":\"BadRequestError\",\"param\":null,\"code\":400}}"))) {
            GenerationException failure = failure(server);

            assertThat(failure)
                    .hasMessage(
                            "%s answered %d: this model's context is 8"
                                    .formatted(server.url(), lasting));
            assertThat(failure.retryable()).isFalse();
            assertThat(failure.refusesAll()).isEqualTo(!OF_THE_REQUEST.contains(lasting));
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void anErrorThatIsNoneOfOpenAisIsToldAsItIs() throws Exception {
        try (RawCompletionServer server =
                new RawCompletionServer(status(400, "", "{\"detail\":\"bad\"}"))) {
            assertThat(failure(server))
                    .hasMessage(server.url() + " answered 400: {\"detail\":\"bad\"}");
        }
    }

    @Test
    void anEndlessErrorIsNotRead() throws Exception {
        try (RawCompletionServer server =
                new RawCompletionServer(
                        connection -> {
                            connection.write("HTTP/1.1 400 No\r\nConnection: close\r\n\r\n");
                            while (true) {
                                connection.write("[".repeat(4096));
                            }
                        })) {
            assertThat(failure(server)).hasMessageContaining("answered 400");
        }
    }

    @Test
    void anErrorInTheStreamIsRetried() throws Exception {
        try (RawCompletionServer server =
                new RawCompletionServer(
                        events("{\"error\":{\"message\":\"engine died\",\"code\":500}}"))) {
            GenerationException failure = failure(server);

            assertThat(failure)
                    .hasMessage(server.url() + " failed in its stream: engine died; 3 tries");
            assertThat(failure.retryable()).isTrue();
        }
    }

    @Test
    void silenceBeforeTheAnswerIsNoticed() throws Exception {
        try (RawCompletionServer server =
                new RawCompletionServer(RawCompletionServer.Connection::awaitHangUp, GOOD)) {
            assertThat(askWith(settings(SHORT, LONG, server.url())).text()).isEqualTo("good");
        }
    }

    @Test
    void silenceAmidTheAnswerIsNoticed() throws Exception {
        try (RawCompletionServer server =
                new RawCompletionServer(
                        connection -> {
                            connection.beginEvents();
                            connection.event(completion("x"));
                            connection.awaitHangUp();
                        })) {
            assertThat(failureWith(settings(SHORT, LONG, server.url())))
                    .hasMessageContaining("gave no byte within idle-timeout=PT0.3S")
                    .hasMessageEndingWith("; 3 tries");
        }
    }

    @Test
    void anAnswerThatNeverEndsIsNoticed() throws Exception {
        try (RawCompletionServer server =
                new RawCompletionServer(
                        connection -> {
                            connection.beginEvents();
                            while (true) {
                                connection.write(": still here\n\n");
                            }
                        })) {
            assertThat(failureWith(settings(LONG, SHORT, server.url())))
                    .hasMessageContaining("was not done within request-timeout=PT0.3S");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"choices\":[{\"ind",
                "null",
                "42",
                "nonsense",
                "[]",
                "{\"choices\":[{\"index\":0,\"text\":\"half"
            })
    void anEventThatIsNoneIsRetried(String garbage) throws Exception {
        try (RawCompletionServer server = new RawCompletionServer(events(garbage), GOOD)) {
            assertThat(ask(server).text()).isEqualTo("good");
            assertThat(server.requests()).hasSize(2);
        }
    }

    @ParameterizedTest
    @CsvSource({"cmpl-1, cmpl-2, id", "coder, other, model"})
    void aChunkOfAnotherAnswerIsRefused(String ours, String another, String field)
            throws Exception {
        Answer mixed =
                events(completion("go"), completion("od").replace(ours, another), STOP, USAGE);
        try (RawCompletionServer server = new RawCompletionServer(mixed, GOOD)) {
            assertThat(ask(server).text()).isEqualTo("good");
            assertThat(server.requests()).hasSize(2);
        }
        try (RawCompletionServer server = new RawCompletionServer(mixed)) {
            assertThat(failure(server))
                    .hasMessage(
                            "a chunk of %s=%s in the answer of %s=%s; 3 tries"
                                    .formatted(field, another, field, ours));
        }
    }

    @Test
    void chunksWithoutMarksAndAnAliasOfTheModelAreTaken() throws Exception {
        Answer aliased =
                events(
                        "{\"id\":\"\",\"model\":\"\",\"choices\":[]}",
                        completion("go").replace("coder", "coder-2026-03-01"),
                        completion("od").replace("\"id\":\"cmpl-1\",", "").replace("coder", ""),
                        STOP.replace("coder", "coder-2026-03-01"),
                        USAGE);
        try (RawCompletionServer server = new RawCompletionServer(aliased)) {
            assertThat(ask(server).text()).isEqualTo("good");
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void anEventThatIsNoneIsToldInOneLine() throws Exception {
        try (RawCompletionServer server = new RawCompletionServer(events("{\"choices\":[{"))) {
            GenerationException failure = failure(server);

            assertThat(failure.getMessage())
                    .startsWith(server.url() + " sent an event that is none of a completion: ")
                    .doesNotContain("\n");
            assertThat(failure.retryable()).isTrue();
        }
    }

    @Test
    void aStreamThatEndsBeforeItsTextIsRetried() throws Exception {
        Answer cut =
                connection -> {
                    connection.beginEvents();
                    connection.event(completion("half"));
                };
        try (RawCompletionServer server = new RawCompletionServer(cut)) {
            assertThat(failure(server))
                    .hasMessage("the stream ended after 4 chars without a finish_reason; 3 tries");
        }
        try (RawCompletionServer server = new RawCompletionServer(cut, GOOD)) {
            assertThat(ask(server).text()).isEqualTo("good");
        }
    }

    @Test
    void aConnectionThatBreaksIsRetried() throws Exception {
        Answer cut =
                connection ->
                        connection.write(
                                "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                                        + "Transfer-Encoding: chunked\r\n\r\nff\r\ndata: {");
        try (RawCompletionServer server = new RawCompletionServer(cut)) {
            assertThat(failure(server)).hasMessageContaining("broke its stream off");
        }
        try (RawCompletionServer server = new RawCompletionServer(connection -> {})) {
            assertThat(failure(server)).hasMessageContaining("hung up without an answer");
        }
    }

    @Test
    void anotherContentTypeIsNoAnswer() throws Exception {
        try (RawCompletionServer server =
                new RawCompletionServer(
                        status(200, "Content-Type: text/html\r\n", "<p>Welcome to nginx!"))) {
            assertThat(failure(server))
                    .hasMessage(
                            server.url()
                                    + " gave status 200 with content type text/html in place of"
                                    + " text/event-stream; 3 tries");
        }
    }

    @Test
    void anEventWithoutAnEndIsNotHeld() throws Exception {
        try (RawCompletionServer server =
                new RawCompletionServer(
                        connection -> {
                            connection.beginEvents();
                            connection.write("data: ");
                            while (true) {
                                connection.write("x".repeat(1 << 16));
                            }
                        })) {
            assertThat(failure(server)).hasMessageContaining("an event of more than 2,097,152");
        }
    }

    @Test
    void aTextThatIsLongerThanItCanBeIsGivenUp() throws Exception {
        try (RawCompletionServer server =
                new RawCompletionServer(
                        connection -> {
                            connection.beginEvents();
                            while (true) {
                                connection.event(completion("all work and no play "));
                            }
                        })) {
            // (8 tokens and 16 of grace) of 64 characters
            assertThat(failure(server))
                    .hasMessageContaining("more than 1,536 chars for max_tokens=8");
        }
    }

    @Test
    void aReasonThatLeavesNoAnswerIsFinal() throws Exception {
        try (RawCompletionServer server =
                new RawCompletionServer(events(completion("", "\"content_filter\"")))) {
            GenerationException failure = failure(server);

            assertThat(failure)
                    .hasMessage("finish_reason=content_filter is neither stop nor length");
            assertThat(failure.retryable()).isFalse();
        }
    }

    @Test
    void aTextThatAServerAbortsIsRetried() throws Exception {
        try (RawCompletionServer server =
                new RawCompletionServer(events(completion("x", "\"abort\"")), GOOD)) {
            assertThat(ask(server).text()).isEqualTo("good");
        }
    }

    @Test
    void aTextThatWasToldIsNotBegunAgain() throws Exception {
        try (RawCompletionServer server =
                        new RawCompletionServer(
                                connection -> {
                                    connection.beginEvents();
                                    connection.event(completion("half"));
                                },
                                GOOD);
                OpenAiTextGenerator generator = TestGenerators.of(settings(server.url()), alarms)) {
            GenerationException failure = failure(generator.generate(REQUEST, heard::add));

            assertThat(failure).hasMessageEndingWith("; 4 chars had been told");
            assertThat(failure.retryable()).isTrue();
            assertThat(heard).containsExactly("half");
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void beforeAnyTextAListenersRequestIsRetried() throws Exception {
        try (RawCompletionServer server = new RawCompletionServer(status(503, "", ""), GOOD);
                OpenAiTextGenerator generator = TestGenerators.of(settings(server.url()), alarms)) {
            generator.generate(REQUEST, heard::add).get();

            assertThat(heard).containsExactly("good");
        }
    }

    @Test
    void aReplicaThatCannotBeReachedIsLeftForAnother() throws Exception {
        try (RawCompletionServer server = new RawCompletionServer(GOOD);
                OpenAiTextGenerator generator =
                        TestGenerators.of(settings(unreachable(), server.url()), alarms)) {
            for (int i = 0; i < 20; i++) {
                assertThat(generator.generate(prompt("prompt " + i)).get().text())
                        .isEqualTo("good");
            }

            // Whichever prompt met it first: later ones don't, while it cools down.
            assertThat(alarms.delays().size()).isLessThanOrEqualTo(1);
        }
    }

    @Test
    void whoCannotBeReachedIsNamed() throws Exception {
        URI url = unreachable();

        GenerationException failure = failureWith(settings(url));

        assertThat(failure).hasMessageStartingWith(url + " can't be reached: ");
        assertThat(failure.retryable()).isTrue();
    }

    @Test
    void aReplicaThatFailsIsLeftForAnother() throws Exception {
        try (RawCompletionServer good = new RawCompletionServer(GOOD);
                RawCompletionServer bad =
                        new RawCompletionServer(status(503, "Retry-After: 9\r\n", ""));
                OpenAiTextGenerator generator =
                        TestGenerators.of(settings(good.url(), bad.url()), alarms)) {
            for (int i = 0; i < 20; i++) {
                generator.generate(prompt("prompt " + i)).get();
            }

            // The other doesn't ask to wait.
            assertThat(alarms.delays()).hasSizeLessThanOrEqualTo(1);
            assertThat(alarms.delays()).allMatch(ONE_SECOND::equals);
        }
    }

    @Test
    void aReplicaThatRefusesTheKeyIsLeftForAnother() throws Exception {
        try (RawCompletionServer good = new RawCompletionServer(GOOD);
                RawCompletionServer bad = new RawCompletionServer(status(401, "", "{}"));
                OpenAiTextGenerator generator =
                        TestGenerators.of(settings(good.url(), bad.url()), alarms)) {
            for (int i = 0; i < 20; i++) {
                assertThat(generator.generate(prompt("prompt " + i)).get().text())
                        .isEqualTo("good");
            }

            assertThat(bad.requests()).hasSizeLessThanOrEqualTo(1);
        }
    }

    @Test
    void promptsWithOneBeginningGoToOneReplica() throws Exception {
        try (RawCompletionServer one = new RawCompletionServer(GOOD);
                RawCompletionServer two = new RawCompletionServer(GOOD);
                OpenAiTextGenerator generator =
                        TestGenerators.of(settings(one.url(), two.url()), alarms)) {
            for (int i = 0; i < 6; i++) {
                generator.generate(prompt("same ".repeat(200) + i)).get();
            }

            assertThat(List.of(one.requests().size(), two.requests().size()))
                    .containsExactlyInAnyOrder(0, 6);
        }
    }

    @Test
    void aKeyThatAServerSendsBackIsNotTold() throws Exception {
        try (RawCompletionServer server =
                new RawCompletionServer(
                        status(401, "", "{\"error\":{\"message\":\"bad key %s\"}}".formatted(KEY)),
                        events("{\"choices\":\"%s".formatted(KEY)),
                        status(200, "Content-Type: text/%s\r\n".formatted(KEY), ""),
                        connection -> connection.write(KEY + "\r\n\r\n"))) {
            OpenAiSettings settings = settings(server.url()).withApiKeyVariable("MODEL_KEY");

            assertThat(failureWith(settings)).hasMessageEndingWith("answered 401: bad key ***");
            for (int i = 0; i < 3; i++) {
                StringWriter trace = new StringWriter();
                failureWith(settings).printStackTrace(new PrintWriter(trace));
                assertThat(trace.toString()).doesNotContain(KEY);
            }
        }
    }

    @Test
    void aRoleThatIsNoneIsRefused() throws Exception {
        try (RawCompletionServer server = new RawCompletionServer(GOOD);
                OpenAiTextGenerator generator = TestGenerators.of(settings(server.url()), alarms)) {
            Prompt.Chat chat = new Prompt.Chat(List.of(new ChatMessage("narrator", "It rains.")));
            GenerationRequest request =
                    new GenerationRequest(
                            chat,
                            Sampling.GREEDY,
                            8,
                            List.of(),
                            7,
                            Optional.empty(),
                            Optional.empty(),
                            "");

            assertThat(failure(generator.generate(request)))
                    .hasMessage("role=narrator is none of system, user and assistant");
            assertThat(server.requests()).isEmpty();
        }
    }

    private Generation ask(RawCompletionServer server) throws Exception {
        return askWith(settings(server.url()));
    }

    private Generation askWith(OpenAiSettings settings) throws Exception {
        try (OpenAiTextGenerator generator = TestGenerators.of(settings, alarms)) {
            return generator.generate(REQUEST).get();
        }
    }

    private GenerationException failure(RawCompletionServer server) {
        return failureWith(settings(server.url()));
    }

    private GenerationException failureWith(OpenAiSettings settings) {
        try (OpenAiTextGenerator generator = TestGenerators.of(settings, alarms)) {
            return failure(generator.generate(REQUEST));
        }
    }

    private static GenerationException failure(CompletableFuture<Generation> asked) {
        ExecutionException thrown = catchThrowableOfType(ExecutionException.class, asked::get);
        assertThat(thrown.getCause()).isInstanceOf(GenerationException.class);
        return (GenerationException) thrown.getCause();
    }

    private static GenerationRequest prompt(String text) {
        return GenerationRequest.of(text, Sampling.GREEDY, 8, 7);
    }

    /** A port of this machine that nobody listens on. */
    private static URI unreachable() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return URI.create("http://127.0.0.1:" + socket.getLocalPort() + "/v1");
        }
    }
}
