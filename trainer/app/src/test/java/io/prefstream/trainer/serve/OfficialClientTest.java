package io.prefstream.trainer.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.completions.Completion;
import com.openai.models.completions.CompletionCreateParams;
import io.prefstream.generation.ChatMessage;
import io.prefstream.generation.Generation;
import io.prefstream.generation.GenerationRequest;
import io.prefstream.generation.Prompt;
import io.prefstream.generation.Sampling;
import io.prefstream.generation.openai.OpenAiSettings;
import io.prefstream.generation.openai.OpenAiTextGenerator;
import io.prefstream.trainer.RandomModel;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Somebody else's client of the protocol, and ours, ask the server. */
class OfficialClientTest {
    @TempDir static Path folder;
    private static ServedModel served;
    private static OpenAIClient client;

    @BeforeAll
    static void serve() throws Exception {
        served = ServedModel.of(RandomModel.write(folder.resolve("tiny"), 512));
        client =
                OpenAIOkHttpClient.builder()
                        .baseUrl(served.server.address() + "/v1")
                        .apiKey("any")
                        .build();
    }

    @AfterAll
    static void close() {
        client.close();
        served.close();
    }

    @Test
    void modelsAndCompletionsWholeAndInPieces() {
        assertThat(client.models().list().data())
                .hasSize(1)
                .first()
                .matches(m -> m.id().equals("tiny"));
        CompletionCreateParams params =
                CompletionCreateParams.builder()
                        .model("tiny")
                        .prompt("int a")
                        .maxTokens(20)
                        .seed(5)
                        .build();
        Completion whole = client.completions().create(params);
        StringBuilder pieces = new StringBuilder();
        try (StreamResponse<Completion> stream = client.completions().createStreaming(params)) {
            stream.stream()
                    .flatMap(part -> part.choices().stream())
                    .forEach(choice -> pieces.append(choice.text()));
        }
        assertThat(whole.choices().get(0).text()).isNotEmpty().isEqualTo(pieces.toString());
        assertThat(whole.usage().orElseThrow().completionTokens()).isBetween(1L, 20L);
    }

    @Test
    void conversationsAndRefusals() {
        ChatCompletion answer =
                client.chat()
                        .completions()
                        .create(
                                ChatCompletionCreateParams.builder()
                                        .model("tiny")
                                        .addUserMessage("main")
                                        .maxCompletionTokens(12)
                                        .build());
        assertThat(answer.choices().get(0).message().content()).isPresent();
        assertThatThrownBy(
                        () ->
                                client.completions()
                                        .create(
                                                CompletionCreateParams.builder()
                                                        .model("tiny")
                                                        .prompt("x")
                                                        .temperature(-1)
                                                        .build()))
                .isInstanceOf(BadRequestException.class)
                .hasMessageContaining("temperature");
    }

    @Test
    void ourClientGetsTheTextOfTheEngineInThisProcess() throws Exception {
        OpenAiSettings settings =
                OpenAiSettings.of("tiny", List.of(URI.create(served.server.address() + "/v1")));
        try (OpenAiTextGenerator remote = new OpenAiTextGenerator(settings)) {
            for (Prompt prompt :
                    List.of(
                            new Prompt.Text("String b"),
                            new Prompt.Chat(List.of(new ChatMessage("user", "args"))))) {
                GenerationRequest request =
                        new GenerationRequest(
                                prompt,
                                new Sampling(0.9, 0.95, 40, 0.01, 1.1),
                                30,
                                List.of("}"),
                                11,
                                Optional.of(2),
                                Optional.empty(),
                                "");
                StringBuilder told = new StringBuilder();
                Generation there = remote.generate(request, told::append).get(30, TimeUnit.SECONDS);
                Generation here = served.engine().generate(request).get(30, TimeUnit.SECONDS);
                assertThat(there.text()).isEqualTo(here.text()).isEqualTo(told.toString());
                assertThat(there.finishReason()).isEqualTo(here.finishReason());
                assertThat(there.promptTokens()).isEqualTo(here.promptTokens());
                assertThat(there.completionTokens()).isEqualTo(here.completionTokens());
                assertThat(there.tokens()).isNotEmpty();
            }
        }
    }
}
