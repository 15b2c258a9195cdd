package io.prefstream.generation.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpenAiSettingsTest {
    private static final Map<String, String> NO_VARIABLES = Map.of();
    private static final OpenAiSettings SETTINGS =
            OpenAiSettings.of("coder", List.of(URI.create("https://models.example/v1")));

    @Test
    void defaultsArePatient() {
        assertThat(SETTINGS.idleTimeout()).isEqualTo(Duration.ofMinutes(2));
        assertThat(SETTINGS.maxRetries()).isEqualTo(4);
        assertThat(SETTINGS.modelAndRevision()).isEqualTo("coder");
    }

    @Test
    void endpointsAreHttpUrlsWithoutSecrets() {
        assertThatThrownBy(() -> OpenAiSettings.of("coder", List.of()))
                .hasMessage("base-urls=[] must name an endpoint");
        assertThatThrownBy(() -> at("ftp://models.example/v1"))
                .hasMessage("base-urls has ftp://models.example/v1, which is no http or https URL");
        assertThatThrownBy(() -> at("/v1")).hasMessageContaining("no http or https URL");
        assertThatThrownBy(() -> at("https://me:hunter2@models.example/v1"))
                .hasMessageContaining("api-key-file")
                .hasMessageNotContaining("hunter2");
        assertThatThrownBy(() -> at("https://models.example/v1?key=hunter2"))
                .hasMessageContaining("api-key-file")
                .hasMessageNotContaining("hunter2");
        assertThatThrownBy(
                        () ->
                                OpenAiSettings.of(
                                        "coder",
                                        List.of(
                                                URI.create("http://a/v1"),
                                                URI.create("http://a/v1"))))
                .hasMessageContaining("each replica once");
    }

    @Test
    void timesArePositive() {
        assertThatThrownBy(
                        () ->
                                TestGenerators.settings(
                                        Duration.ZERO,
                                        Duration.ofSeconds(1),
                                        SETTINGS.baseUrls().get(0)))
                .hasMessage("idle-timeout=PT0S must be from PT0.001S to PT168H");
    }

    @Test
    void aModelHasAName() {
        assertThatThrownBy(() -> OpenAiSettings.of(" ", SETTINGS.baseUrls()))
                .hasMessage("model=' ' must be a name");
    }

    @Test
    void theKeyHasOneSource() {
        assertThatThrownBy(() -> SETTINGS.withApiKeyFile("key").withApiKeyVariable("KEY"))
                .hasMessage(
                        "the key is either in api-key-variable=KEY or in api-key-file=key, not in"
                                + " both");
    }

    @Test
    void aKeyThatIsNotThereIsMissed(@TempDir Path folder) {
        String file = folder.resolve("key").toString();

        assertThatThrownBy(() -> ApiKey.read(SETTINGS.withApiKeyVariable("KEY"), NO_VARIABLES::get))
                .hasMessage("api-key-variable=KEY is not set");
        assertThatThrownBy(() -> ApiKey.read(SETTINGS.withApiKeyFile(file), NO_VARIABLES::get))
                .hasMessageStartingWith("api-key-file=" + file + " can't be read");
        assertThat(ApiKey.read(SETTINGS, NO_VARIABLES::get)).isNull();
    }

    @Test
    void aKeyThatIsNoneIsRefusedAndNotTold(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("key"), "sk-one\nsk-two\n");

        assertThatThrownBy(
                        () ->
                                ApiKey.read(
                                        SETTINGS.withApiKeyFile(file.toString()),
                                        NO_VARIABLES::get))
                .hasMessageContaining("printable")
                .hasMessageNotContaining("sk-");
        assertThatThrownBy(
                        () ->
                                ApiKey.read(
                                        SETTINGS.withApiKeyVariable("KEY"),
                                        Map.of("KEY", " ")::get))
                .hasMessageContaining("api-key-variable=KEY");
    }

    @Test
    void aKeyIsReadWithoutItsLineEndAndNotShown(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("key"), "sk-hunter2\n");

        ApiKey key = ApiKey.read(SETTINGS.withApiKeyFile(file.toString()), NO_VARIABLES::get);

        assertThat(key.secret()).isEqualTo("sk-hunter2");
        assertThat(key).hasToString("***");
        assertThat(key.mask("no sk-hunter2 here")).isEqualTo("no *** here");
    }

    private static OpenAiSettings at(String url) {
        return OpenAiSettings.of("coder", List.of(URI.create(url)));
    }
}
