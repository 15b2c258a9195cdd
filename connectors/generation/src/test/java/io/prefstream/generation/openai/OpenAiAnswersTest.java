package io.prefstream.generation.openai;

import static io.prefstream.generation.openai.RawCompletionServer.events;
import static io.prefstream.generation.openai.TestGenerators.KEY;
import static io.prefstream.generation.openai.TestGenerators.REQUEST;
import static io.prefstream.generation.openai.TestGenerators.STOP;
import static io.prefstream.generation.openai.TestGenerators.USAGE;
import static io.prefstream.generation.openai.TestGenerators.chat;
import static io.prefstream.generation.openai.TestGenerators.completion;
import static io.prefstream.generation.openai.TestGenerators.settings;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.prefstream.generation.ChatMessage;
import io.prefstream.generation.FinishReason;
import io.prefstream.generation.Generation;
import io.prefstream.generation.Generation.Alternative;
import io.prefstream.generation.Generation.TokenLogProbability;
import io.prefstream.generation.GenerationRequest;
import io.prefstream.generation.Prompt;
import io.prefstream.generation.Sampling;
import io.prefstream.generation.alarm.FakeAlarms;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What servers answer, over real sockets. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class OpenAiAnswersTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Prompt.Chat CHAT =
            new Prompt.Chat(
                    List.of(
                            new ChatMessage("system", "Be brief."),
                            new ChatMessage("user", "Sum?"),
                            new ChatMessage("assistant", "Of what?"),
                            new ChatMessage("user", "1 and 2.")));

    private final List<String> heard = new CopyOnWriteArrayList<>();

    @Test
    void aCompletionIsToldAsItComesAndReturnedWhole() throws Exception {
        try (RawCompletionServer server =
                new RawCompletionServer(
                        events(completion("x):\\n"), completion("y"), STOP, USAGE))) {
            Generation generation = ask(server, REQUEST);

            assertThat(heard).containsExactly("x):\n", "y");
            assertThat(generation)
                    .isEqualTo(
                            new Generation(
                                    "x):\ny",
                                    FinishReason.STOP,
                                    3,
                                    2,
                                    Double.NaN,
                                    List.of(),
                                    "coder@r7"));
            assertThat(server.requests().get(0).target()).isEqualTo("/v1/completions");
            assertThat(body(server))
                    .isEqualTo(
                            JSON.readTree(
                                    """
                                    {"model": "coder", "prompt": "def f(", "max_tokens": 8,
                                     "temperature": 0.0, "seed": 7, "stream": true,
                                     "stream_options": {"include_usage": true}}
                                    """));
        }
    }

    @Test
    void aConversationIsAskedForByItsTurns() throws Exception {
        try (RawCompletionServer server =
                new RawCompletionServer(
                        events(
                                chat("{\"role\":\"assistant\",\"content\":\"\"}", "null"),
                                chat("{\"content\":\"3\"}", "null"),
                                chat("{}", "\"length\""),
                                USAGE))) {
            Generation generation = ask(server, of(CHAT, Sampling.GREEDY, Optional.empty()));

            assertThat(heard).containsExactly("3");
            assertThat(generation.text()).isEqualTo("3");
            assertThat(generation.finishReason()).isEqualTo(FinishReason.LENGTH);
            assertThat(generation.promptTokens()).isEqualTo(3);
            assertThat(server.requests().get(0).target()).isEqualTo("/v1/chat/completions");
            assertThat(body(server).get("max_tokens").intValue()).isEqualTo(8);
            assertThat(body(server).get("messages"))
                    .isEqualTo(
                            JSON.readTree(
                                    """
                                    [{"role": "system", "content": "Be brief."},
                                     {"role": "user", "content": "Sum?"},
                                     {"role": "assistant", "content": "Of what?"},
                                     {"role": "user", "content": "1 and 2."}]
                                    """));
        }
    }

    @Test
    void whatIsNotOpenAisIsSentWhenItChangesSomething() throws Exception {
        try (RawCompletionServer server = new RawCompletionServer(events(STOP, USAGE))) {
            Sampling sampling = new Sampling(0.5, 0.9, 40, 0.05, 1.1);
            ask(
                    server,
                    new GenerationRequest(
                            REQUEST.prompt(),
                            sampling,
                            8,
                            List.of("\n\n", "def"),
                            -1,
                            Optional.empty(),
                            Optional.empty(),
                            ""));

            JsonNode body = body(server);
            assertThat(body.get("temperature").doubleValue()).isEqualTo(0.5);
            assertThat(body.get("top_p").doubleValue()).isEqualTo(0.9);
            assertThat(body.get("top_k").intValue()).isEqualTo(40);
            assertThat(body.get("min_p").doubleValue()).isEqualTo(0.05);
            assertThat(body.get("repetition_penalty").doubleValue()).isEqualTo(1.1);
            assertThat(body.get("stop")).isEqualTo(JSON.readTree("[\"\\n\\n\", \"def\"]"));
            assertThat(body.get("seed").longValue()).isEqualTo(Integer.MAX_VALUE);
        }
    }

    @Test
    void completionsTellLogProbabilitiesAsParallelLists() throws Exception {
        String tokens =
                """
                {"choices": [{"index": 0, "text": "ab", "finish_reason": "stop", "logprobs": {
                  "text_offset": [0, 1], "tokens": ["a", "b"], "token_logprobs": [-0.5, -1.5],
                  "top_logprobs": [{"c": -2.5, "a": -0.5, "d": -3.0}, null]}}]}
                """;
        try (RawCompletionServer server =
                new RawCompletionServer(events(tokens.replace("\n", ""), USAGE))) {
            Generation generation =
                    ask(server, of(REQUEST.prompt(), Sampling.GREEDY, Optional.of(2)));

            assertThat(body(server).get("logprobs").intValue()).isEqualTo(2);
            assertThat(generation.meanLogProbability()).isEqualTo(-1.0);
            assertThat(generation.tokens())
                    .containsExactly(
                            new TokenLogProbability(
                                    "a",
                                    -0.5,
                                    List.of(
                                            new Alternative("a", -0.5),
                                            new Alternative("c", -2.5))),
                            new TokenLogProbability("b", -1.5, List.of()));
        }
    }

    @Test
    void conversationsTellLogProbabilitiesAsOneList() throws Exception {
        try (RawCompletionServer server =
                new RawCompletionServer(
                        events(
                                chat("{\"content\":\"a\"}", "\"stop\"")
                                        .replace("\"logprobs\":null", "\"logprobs\":" + likeChat()),
                                USAGE))) {
            Generation generation = ask(server, of(CHAT, Sampling.GREEDY, Optional.of(2)));

            assertThat(body(server).get("logprobs").booleanValue()).isTrue();
            assertThat(body(server).get("top_logprobs").intValue()).isEqualTo(2);
            assertThat(generation.meanLogProbability()).isEqualTo(-0.25);
            assertThat(generation.tokens()).containsExactly(likeChatToken());
        }
    }

    @Test
    void llamaCppTellsLogProbabilitiesOfCompletionsAsOneList() throws Exception {
        try (RawCompletionServer server =
                new RawCompletionServer(
                        events(
                                completion("a", "\"stop\"")
                                        .replace("\"logprobs\":null", "\"logprobs\":" + likeChat()),
                                USAGE))) {
            Generation generation =
                    ask(server, of(REQUEST.prompt(), Sampling.GREEDY, Optional.of(2)));

            assertThat(generation.tokens()).containsExactly(likeChatToken());
        }
    }

    @Test
    void charactersThatAServerSplitsAreToldWhole() throws Exception {
        byte[] smile = "😀".getBytes(StandardCharsets.UTF_8);
        CountDownLatch asked = new CountDownLatch(1);
        try (RawCompletionServer server =
                new RawCompletionServer(
                        connection -> {
                            connection.beginEvents();
                            connection.write("data: {\"choices\":[{\"index\":0,\"text\":\"ä");
                            connection.out().write(smile, 0, 2); // half a character of UTF-8
                            connection.out().flush();
                            asked.countDown();
                            connection.out().write(smile, 2, 2);
                            connection.write("\"}]}\r\n\r\n: a comment\r\n\r\n");
                            connection.event(completion("x\\ud83d")); // half a surrogate pair
                            connection.event(completion("\\ude00y"));
                            connection.event(STOP);
                            connection.event("[DONE]");
                        })) {
            Generation generation = ask(server, REQUEST);

            asked.await();
            assertThat(generation.text()).isEqualTo("ä😀x😀y");
            assertThat(heard).containsExactly("ä😀", "x", "😀y");
        }
    }

    @Test
    void aServerNeedNotCountTokensOrSayDone() throws Exception {
        try (RawCompletionServer server =
                new RawCompletionServer(
                        connection -> {
                            connection.beginEvents();
                            connection.event(completion("x"));
                            connection.event(STOP);
                        })) {
            Generation generation = ask(server, REQUEST);

            assertThat(generation.text()).isEqualTo("x");
            assertThat(generation.promptTokens()).isZero();
            assertThat(generation.completionTokens()).isZero();
        }
    }

    @Test
    void aTextIsWholeThoughItsServerNeverEndsTheStream() throws Exception {
        try (RawCompletionServer server =
                new RawCompletionServer(
                        connection -> {
                            connection.beginEvents();
                            connection.event(completion("x"));
                            connection.event(STOP);
                            connection.event(USAGE);
                            connection.awaitHangUp();
                        })) {
            assertThat(ask(server, REQUEST).completionTokens()).isEqualTo(2);
        }
    }

    @Test
    void theKeyOfAFileIsTheBearer(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("key"), "sk-of-a-file\n");
        try (RawCompletionServer server = new RawCompletionServer(events(STOP, USAGE));
                OpenAiTextGenerator generator =
                        TestGenerators.of(
                                settings(server.url()).withApiKeyFile(file.toString()),
                                new FakeAlarms())) {
            generator.generate(REQUEST).get();

            assertThat(server.requests().get(0).headers())
                    .containsEntry("Authorization", "Bearer sk-of-a-file");
            assertThat(generator.toString()).doesNotContain("sk-of-a-file");
        }
    }

    @Test
    void theKeyOfAVariableIsTheBearer() throws Exception {
        try (RawCompletionServer server = new RawCompletionServer(events(STOP, USAGE));
                OpenAiTextGenerator generator =
                        TestGenerators.of(
                                settings(server.url()).withApiKeyVariable("MODEL_KEY"),
                                new FakeAlarms())) {
            generator.generate(REQUEST).get();

            assertThat(server.requests().get(0).headers())
                    .containsEntry("Authorization", "Bearer " + KEY);
        }
    }

    @Test
    void withoutAKeyNothingIsSaidOfOneNorOfThisMachine() throws Exception {
        try (RawCompletionServer server = new RawCompletionServer(events(STOP, USAGE))) {
            ask(server, REQUEST);

            assertThat(server.requests().get(0).headers())
                    .doesNotContainKeys("Authorization", "X-Stainless-OS")
                    .containsEntry("User-Agent", "prefstream");
        }
    }

    /** As llama.cpp's server does: the header promises what the server doesn't keep. */
    @Test
    void aServerThatHangsUpOnTheNextRequestOfAConnectionCostsNoTry() throws Exception {
        CountDownLatch reused = new CountDownLatch(1);
        RawCompletionServer.Answer answer =
                connection -> {
                    connection.write(
                            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                                    + "Keep-Alive: timeout=5, max=100\r\n"
                                    + "Transfer-Encoding: chunked\r\n\r\n");
                    for (String event : List.of(completion("x"), STOP, USAGE, "[DONE]")) {
                        String text = "data: " + event + "\n\n";
                        connection.write("%x\r\n%s\r\n".formatted(text.length(), text));
                    }
                    connection.write("0\r\n\r\n");
                    if (connection.in().read() >= 0) {
                        reused.countDown();
                    }
                };
        try (RawCompletionServer server = new RawCompletionServer(answer);
                OpenAiTextGenerator generator =
                        TestGenerators.of(settings(server.url()), new FakeAlarms())) {
            for (int i = 0; i < 3; i++) {
                assertThat(generator.generate(REQUEST).get().text()).isEqualTo("x");
            }

            assertThat(server.requests())
                    .hasSize(3)
                    .allSatisfy(
                            request ->
                                    assertThat(request.headers())
                                            .containsEntry("Connection", "close"));
            assertThat(reused.getCount()).isOne();
        }
    }

    private Generation ask(RawCompletionServer server, GenerationRequest request) throws Exception {
        try (OpenAiTextGenerator generator =
                TestGenerators.of(settings(server.url()), new FakeAlarms())) {
            return generator.generate(request, heard::add).get();
        }
    }

    private static GenerationRequest of(
            Prompt prompt, Sampling sampling, Optional<Integer> logProbabilities) {
        return new GenerationRequest(
                prompt, sampling, 8, List.of(), 7, logProbabilities, Optional.empty(), "");
    }

    private static JsonNode body(RawCompletionServer server) throws Exception {
        return JSON.readTree(server.requests().get(0).body());
    }

    private static String likeChat() {
        return "{\"content\":[{\"token\":\"a\",\"logprob\":-0.25,\"bytes\":[97],\"top_logprobs\":["
                + "{\"token\":\"b\",\"logprob\":-4,\"bytes\":null},"
                + "{\"token\":\"a\",\"logprob\":-0.25,\"bytes\":[97]}]}]}";
    }

    private static TokenLogProbability likeChatToken() {
        return new TokenLogProbability(
                "a", -0.25, List.of(new Alternative("a", -0.25), new Alternative("b", -4)));
    }
}
