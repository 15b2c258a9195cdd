package io.prefstream.trainer.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.prefstream.trainer.RandomModel;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReleaseFollowerTest {
    private static final String FIRST = "step-000000010-aaaa";
    private static final String SECOND = "step-000000020-bbbb";
    private static final String THIRD = "step-000000030-cccc";
    private static final List<Map<String, String>> TEXTS =
            IntStream.range(0, 30)
                    .mapToObj(i -> Map.of("prompt", "int a" + i, "response", "return b;"))
                    .toList();

    @TempDir private Path folder;

    private final MarginScales scales = new MarginScales();
    private final List<String> used = new ArrayList<>();
    private ReleaseFollower follower;

    @BeforeEach
    void follow() {
        follower = new ReleaseFollower(folder, scales);
    }

    @Test
    void theNewestIsUsedOnceAndOnlyANewerOneFollows() throws Exception {
        assertThat(look()).isFalse();
        release(FIRST, "{\"id\": \"first\", \"holdoutMarginScale\": 0.5}");
        release(SECOND, "{\"id\": \"second\", \"holdoutMarginScale\": null}");

        assertThat(look()).isTrue();
        look();
        assertThat(used).containsExactly("second");

        release(THIRD, "{\"holdoutMarginScale\": 2}");
        release("step-000000015-dddd", "{\"id\": \"late\"}");
        look();
        assertThat(used).containsExactly("second", THIRD);
        assertThat(scales.of(THIRD)).hasValue(2);
        assertThat(scales.of("second")).isEmpty();
    }

    @Test
    void whatIsNotWholeIsPassedOverUntilItIs() throws Exception {
        release(FIRST, "{\"id\": \"first\"}");
        Path second = release(SECOND, "{\"id\": \"second\"}");
        Path weights = second.resolve("model.safetensors");
        byte[] whole = Files.readAllBytes(weights);
        Files.delete(weights);
        Files.createDirectories(folder.resolve(THIRD));
        Files.move(
                release("step-000000040-eeee", "{\"id\": \"unfinished\"}"),
                folder.resolve(".unfinished-step-000000040-eeee"));

        look();
        look();
        assertThat(used).containsExactly("first");

        Files.write(weights, whole);
        look();
        assertThat(used).containsExactly("first", "second");
    }

    @Test
    void whatCannotBeUsedIsTriedOnceAndTheOlderOneStays() throws Exception {
        release(FIRST, "{\"id\": \"first\"}");
        look();
        release(SECOND, "{\"id\": \"second\", \"holdoutMarginScale\": \"much\"}");
        release(THIRD, "{\"id\": \"third\"}");
        List<String> tried = new ArrayList<>();
        ReleaseFollower.Use fails =
                (release, id) -> {
                    tried.add(id);
                    throw new IOException("it has another tokenizer");
                };

        assertThat(follower.look(fails)).isTrue();
        assertThat(follower.look(fails)).isTrue();

        assertThat(tried).containsExactly("third");
        look();
        assertThat(used).containsExactly("first");
    }

    @Test
    void aFolderThatIsAwayForAWhileIsNoHarm() throws Exception {
        release(FIRST, "{\"id\": \"first\"}");
        look();
        Path away = folder.resolveSibling("away");
        Files.move(folder, away);
        assertThat(look()).isTrue();
        Files.move(away, folder);
        release(SECOND, "{\"id\": \"second\"}");
        look();

        assertThat(used).containsExactly("first", "second");
    }

    @Test
    void aServerMovesAlongAndAnswersEachRequestByOneModel() throws Exception {
        Path first = RandomModel.release(folder, FIRST, 1, "{\"id\": \"first\"}");
        try (ServedModel served = ServedModel.of(first, 4_096, 1 << 20)) {
            ReleaseFollower following = new ReleaseFollower(folder, served.scales);
            JsonNode before = served.ask("/v1/score", "input", TEXTS);
            List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
            String body = ServedModel.body("input", TEXTS);
            for (int i = 0; i < 30; i++) {
                answers.add(served.begin("/v1/score", body));
                if (i == 10) {
                    RandomModel.release(
                            folder, SECOND, 2, "{\"id\": \"second\", \"holdoutMarginScale\": 0.5}");
                    following.look(served.engine()::reload);
                }
            }
            JsonNode after = served.ask("/v1/score", "input", TEXTS, "model", "second");

            assertThat(after.path("model").asText()).isEqualTo("second");
            assertThat(after.path("margin_scale").asDouble()).isEqualTo(0.5);
            for (CompletableFuture<HttpResponse<String>> answer : answers) {
                assertThat(answer.get().statusCode()).isEqualTo(200);
                JsonNode json = ServedModel.JSON.readTree(answer.get().body());
                JsonNode expected = json.path("model").asText().equals("second") ? after : before;
                assertThat(json.path("margin_scale")).isEqualTo(expected.path("margin_scale"));
                assertThat(rewards(json)).containsExactly(rewards(expected), within(1e-5));
            }
            assertThat(Math.abs(rewards(before)[0] - rewards(after)[0])).isGreaterThan(0.1);
            JsonNode models = ServedModel.JSON.readTree(served.get("/v1/models").body());
            assertThat(models.path("data").findValuesAsText("id"))
                    .containsExactly("tiny", "second");
            assertThat(served.get("/v1/models/second").statusCode()).isEqualTo(200);
            assertThat(served.get("/v1/models/" + FIRST).statusCode()).isEqualTo(404);
        }
    }

    private static double[] rewards(JsonNode scores) {
        return scores.path("data").findValues("reward").stream()
                .mapToDouble(JsonNode::asDouble)
                .toArray();
    }

    private Path release(String name, String lineage) throws IOException {
        return RandomModel.release(folder, name, 1, lineage);
    }

    private boolean look() {
        return follower.look((release, id) -> used.add(id));
    }
}
