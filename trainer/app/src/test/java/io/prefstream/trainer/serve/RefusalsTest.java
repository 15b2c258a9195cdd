package io.prefstream.trainer.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.prefstream.generation.Generation;
import io.prefstream.generation.GenerationRequest;
import io.prefstream.generation.Sampling;
import io.prefstream.model.Heads;
import io.prefstream.model.engine.EngineClosedException;
import io.prefstream.trainer.RandomModel;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RefusalsTest {
    private static final int MAX_BODY = 10_000;
    private static final String LONG = "\"" + "x ".repeat(200) + "\"";

    @TempDir static Path folder;
    private static ServedModel served;

    @BeforeAll
    static void start() throws Exception {
        served = ServedModel.of(RandomModel.write(folder.resolve("tiny"), 128), 8, MAX_BODY);
    }

    @AfterAll
    static void stop() {
        served.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            nullValues = "-",
            value = {
                "{|-|the body is no JSON: Unexpected end-of-input",
                "[1]|-|the body must be a JSON object",
                "{}|prompt|prompt is missing",
                "{'prompt':''}|prompt|prompt=\"\" must not be empty",
                "{'prompt':[]}|prompt|prompt=[] must hold a text",
                "{'prompt':[1,2]}|prompt|prompt=[1,2] must be a text or a list of texts",
                "{'prompt':LONG}|prompt|leaves no room in the context of 128",
                "{'prompt':'x','model':5}|model|model=5 must be a text",
                "{'prompt':'x','max_tokens':0}|max_tokens|max_tokens=0 must be at least 1",
                "{'prompt':'x','max_tokens':1.5}|max_tokens|max_tokens=1.5 must be a whole number",
                "{'prompt':'x','temperature':'hot'}|temperature|temperature=\"hot\" must be a"
                        + " number",
                "{'prompt':'x','temperature':-1}|temperature|temperature=-1.0 must be from 0",
                "{'prompt':'x','top_p':2}|top_p|top_p=2.0 must be in (0, 1]",
                "{'prompt':'x','top_k':-2}|top_k|top_k=-2 must be at least 0",
                "{'prompt':'x','min_p':2}|min_p|min_p=2.0 must be from 0 to 1",
                "{'prompt':'x','repetition_penalty':0}|repetition_penalty|repetition_penalty=0.0",
                "{'prompt':'x','stop':5}|stop|stop=5 must be a text or a list of texts",
                "{'prompt':'x','stop':['']}|stop|none of them empty",
                "{'prompt':'x','seed':'x'}|seed|seed=\"x\" must be a whole number",
                "{'prompt':'x','n':0}|n|n=0 must be at least 1",
                "{'prompt':'x','n':9}|n|9 choices exceed the 8 that may wait (max-queued)",
                "{'prompt':'x','stream':'yes'}|stream|stream=\"yes\" must be true or false",
                "{'prompt':'x','logprobs':true}|logprobs|logprobs=true must be a whole number",
                "{'prompt':'x','logprobs':21}|logprobs|logprobs=21 must be from 0 to 20",
                "{'prompt':'x','user':1}|user|user=1 must be a text",
                "{'prompt':'x','echo':true}|echo|echo=true is not supported",
                "{'prompt':'x','best_of':3}|best_of|best_of=3 is not supported",
                "{'prompt':'x','suffix':'}'}|suffix|suffix=\"}\" is not supported",
                "{'prompt':'x','logit_bias':{'5':1}}|logit_bias|logit_bias={\"5\":1} is not"
                        + " supported",
                "{'prompt':'x','presence_penalty':0.5}|presence_penalty|presence_penalty=0.5 is"
                        + " not supported"
            })
    void aCompletionThatCannotBeIsRefusedByName(String body, String param, String message)
            throws Exception {
        refused("/v1/completions", body, 400, param, message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            nullValues = "-",
            value = {
                "{}|messages|messages is missing",
                "{'messages':'hi'}|messages|messages=\"hi\" must be a list of some",
                "{'messages':[]}|messages|messages=[] must be a list of some",
                "{'messages':[5]}|messages[0]|messages[0]=5 must be an object",
                "{'messages':[{'role':'tool','content':'x'}]}|messages[0].role|must be system,"
                        + " developer, user or assistant",
                "{'messages':[{'role':'user'}]}|messages[0].content|must be a text or a list",
                "{'messages':[{'role':'user','content':[{'type':'image_url'}]}]}"
                        + "|messages[0].content[0]|must be a part of type text",
                "{'messages':[{'role':'user','content':LONG}]}|messages|leaves no room",
                "{'messages':[{'role':'user','content':'x'}],'tools':[{}]}|tools|tools=[{}] is"
                        + " not supported",
                "{'messages':[{'role':'user','content':'x'}],'response_format':"
                        + "{'type':'json_object'}}|response_format|is not supported",
                "{'messages':[{'role':'user','content':'x'}],'top_logprobs':2}"
                        + "|top_logprobs|top_logprobs=2 needs logprobs=true",
                "{'messages':[{'role':'user','content':'x'}],'logprobs':true,'top_logprobs':30}"
                        + "|top_logprobs|top_logprobs=30 must be from 0 to 20",
                "{'messages':[{'role':'user','content':'x'}],'max_completion_tokens':0}"
                        + "|max_completion_tokens|must be at least 1"
            })
    void aConversationThatCannotBeIsRefusedByName(String body, String param, String message)
            throws Exception {
        refused("/v1/chat/completions", body, 400, param, message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{}|input|input is missing",
                "{'input':[]}|input|must be a list of objects with prompt and response",
                "{'input':[{'prompt':'x'}]}|input[0].response|input[0].response is missing",
                "{'input':[{'prompt':1,'response':'x'}]}|input[0].prompt|must be a text",
                "{'input':[{'prompt':'x','response':'x'},{'prompt':'x','response':LONG}]}"
                        + "|input[1]|exceeds the context of 128",
                "{'input':[1,1,1,1,1,1,1,1,1]}|input|9 texts exceed the 8 that may wait",
                "{'user':1,'input':[{'prompt':'x','response':'x'}]}|user|must be a text"
            })
    void aScoreThatCannotBeIsRefusedByName(String body, String param, String message)
            throws Exception {
        refused("/v1/score", body, 400, param, message);
    }

    @Test
    void whatAsksForNothingIsIgnored() throws Exception {
        String body =
                """
                {"prompt":"x","model":null,"echo":false,"best_of":1,"logit_bias":{},"suffix":null,
                 "presence_penalty":0.0,"frequency_penalty":0,"store":true,"metadata":{"a":"b"},
                 "service_tier":"auto","top_k":-1,"response_format":{"type":"text"},"tools":[],
                 "never_heard_of":[1]}\
                """;
        HttpResponse<String> response = served.send(served.post("/v1/completions", body));
        assertThat(response.statusCode()).isEqualTo(200);
    }

    @Test
    void halfACharacterIsNoHarm() throws Exception {
        HttpResponse<String> response =
                served.send(served.post("/v1/completions", "{\"prompt\":\"a\\ud83d b\"}"));
        assertThat(response.statusCode()).isIn(200, 400);
        assertThat(served.get("/health").statusCode()).isEqualTo(200);
    }

    @Test
    void whatIsNotServedIsSaid() throws Exception {
        refused(
                "/v1/completions",
                "{'prompt':'x','model':'gpt'}",
                404,
                "model",
                "model=gpt is not served here; tiny is");
        refused("/v1/embeddings", "{}", 404, null, "/v1/embeddings is not served here");
        assertThat(served.get("/v1/models/gpt").statusCode()).isEqualTo(404);
        HttpResponse<String> wrong = served.get("/v1/completions");
        assertThat(wrong.statusCode()).isEqualTo(405);
        assertThat(wrong.headers().firstValue("Allow")).hasValue("POST");
        assertThat(wrong.body()).contains("GET /v1/completions: only POST is served");
        HttpRequest delete = served.request("/health").DELETE().build();
        assertThat(served.send(delete).statusCode()).isEqualTo(405);
    }

    @Test
    void aBodyOverTheLimitIsRefused() throws Exception {
        String body = "{\"prompt\":\"%s\"}".formatted("x".repeat(MAX_BODY));
        refused("/v1/completions", body, 413, null, "the body exceeds 10,000 bytes");
    }

    @Test
    void aModelThatOnlyScoresDoesNotGenerate() throws Exception {
        Path judge = RandomModel.write(folder.resolve("judge"), 64, Heads.REWARD);
        try (ServedModel other = ServedModel.of(judge)) {
            HttpResponse<String> response = other.post("/v1/completions", "prompt", "x");
            assertThat(response.statusCode()).isEqualTo(400);
            assertThat(response.body()).contains("the model has no language head");
        }
    }

    @Test
    void aModelWithoutTemplateDoesNotTalk() throws Exception {
        Path silent = RandomModel.write(folder.resolve("silent"), 64, Heads.LANGUAGE);
        try (ServedModel other = ServedModel.of(silent)) {
            HttpResponse<String> response =
                    other.send(
                            other.post(
                                    "/v1/chat/completions",
                                    json("{'messages':[{'role':'user','content':'x'}]}")));
            assertThat(response.statusCode()).isEqualTo(400);
            assertThat(response.body()).contains("the model has no chat template");
        }
    }

    /** What a listener throws ends its text, but an error ends the engine. */
    @Test
    void anEngineThatHasStoppedIsToldAsTheServersFault() throws Exception {
        Path model = RandomModel.write(folder.resolve("stopped"), 64);
        try (ServedModel other = ServedModel.of(model)) {
            assertThat(other.get("/health").statusCode()).isEqualTo(200);
            CompletableFuture<Generation> text =
                    other.engine()
                            .generate(
                                    GenerationRequest.of("x", Sampling.temperature(1), 9, 1),
                                    piece -> {
                                        throw new LinkageError("of a test");
                                    });
            assertThatThrownBy(() -> text.get(30, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(EngineClosedException.class);
            String why = "the engine has stopped: java.lang.LinkageError: of a test";
            String chat = "{'messages':[{'role':'user','content':'x'}]}";
            String score = "{'input':[{'prompt':'x','response':'x'}]}";
            for (HttpResponse<String> response :
                    List.of(
                            other.get("/health"),
                            other.post("/v1/completions", "prompt", "x"),
                            other.send(other.post("/v1/chat/completions", json(chat))),
                            other.send(other.post("/v1/score", json(score))))) {
                assertThat(response.statusCode()).isEqualTo(503);
                JsonNode error = ServedModel.JSON.readTree(response.body()).path("error");
                assertThat(error.path("message").asText()).startsWith(why);
                assertThat(error.path("type").asText()).isEqualTo("server_error");
                assertThat(error.path("code").asText()).isEqualTo("out_of_service");
                assertThat(error.path("param").isNull()).isTrue();
            }
            assertThat(other.get("/metrics").statusCode()).isEqualTo(200);
        }
    }

    private static void refused(String path, String body, int status, String param, String message)
            throws Exception {
        HttpResponse<String> response = served.send(served.post(path, json(body)));
        assertThat(response.statusCode()).isEqualTo(status);
        JsonNode error = ServedModel.JSON.readTree(response.body()).path("error");
        assertThat(error.path("message").asText()).contains(message);
        assertThat(error.path("type").asText()).isEqualTo("invalid_request_error");
        assertThat(error.path("param").textValue()).isEqualTo(param);
        assertThat(error.has("code")).isTrue();
    }

    private static String json(String quoted) {
        return quoted.replace('\'', '"').replace("LONG", LONG);
    }
}
