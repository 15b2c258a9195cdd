package io.prefstream.feeds.github;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.prefstream.feeds.github.GithubEvent.Skip;
import io.prefstream.schemas.ContentId;
import io.prefstream.schemas.Publication;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Events in the forms that GitHub's documentation shows, from before and after October 2025. */
class GithubEventTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    @Test
    void readsWhatPublishesCodeAndSaysWhyItSkipsTheRest() throws Exception {
        List<Object> readings = new ArrayList<>();
        for (JsonNode json : fixture()) {
            GithubEvent.Reading reading = read(json);
            readings.add(
                    reading.skip() != null
                            ? reading.skip()
                            : ((Publication) reading.events().get(0).getBody()).getRevision());
        }
        assertThat(readings)
                .containsExactly(
                        Skip.OTHER_TYPE,
                        "7a8f3ac80e2ad2f6842cb86f576d4bfe2c03e300",
                        "1".repeat(40),
                        Skip.NO_COMMIT,
                        "2".repeat(40),
                        Skip.NO_COMMIT,
                        Skip.OTHER_TYPE,
                        Skip.BOT,
                        Skip.DELETED_REF,
                        Skip.FORK,
                        Skip.PRIVATE,
                        Skip.OTHER_REF);
    }

    @Test
    void aPushHasTheIdThatEveryFeedGivesItsCommit() throws Exception {
        var event = read(fixture().get(2)).events().get(0);
        Publication publication = (Publication) event.getBody();
        assertThat(event.getId())
                .isEqualTo(
                        ContentId.of(
                                "publication",
                                "https://github.com/octocat/Hello-World",
                                "1".repeat(40)));
        assertThat(event.getDeliveryId()).isEqualTo("54110984001");
        assertThat(publication.getLocator())
                .isEqualTo("https://github.com/octocat/Hello-World.git");
        assertThat(publication.getRef()).isEqualTo("feature/new");
        assertThat(publication.getPublishedAt()).isEqualTo(Instant.parse("2025-11-02T09:00:01Z"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    /id                | null                | field id is missing
                    /type              | null                | field type is missing
                    /created_at        | null                | field created_at is missing
                    /created_at        | "yesterday"         | created_at is no time: Text 'yesterday' could not be parsed at index 0
                    /repo              | null                | field name is missing
                    /repo              | 7                   | field name is missing
                    /repo/name         | "no slash"          | 'no slash' is no owner/name
                    /repo/name         | "o/n?token=1"       | 'o/n?token=1' is no owner/name
                    /payload           | []                  | field head is missing
                    /payload/head      | "HEAD"              | 'HEAD' is no commit
                    /payload/ref       | {}                  | field ref is missing
                    """)
    void namesWhatIsOdd(String pointer, String value, String message) throws Exception {
        ObjectNode push = (ObjectNode) fixture().get(2);
        int slash = pointer.lastIndexOf('/');
        ((ObjectNode) push.at(pointer.substring(0, slash)))
                .set(pointer.substring(slash + 1), JSON.readTree(value));
        assertThatThrownBy(() -> read(push)).hasMessage(message);
    }

    @Test
    void missingAndOddFieldsThatItCanDoWithoutAreNoError() throws Exception {
        ObjectNode push = (ObjectNode) fixture().get(1);
        push.remove(List.of("actor", "public"));
        ((ObjectNode) push.path("payload")).put("commits", "none").put("size", "many");
        assertThat(read(push).events()).hasSize(1);
    }

    private static GithubEvent.Reading read(JsonNode json) throws MalformedEventException {
        return GithubEvent.of(json).read("github", "https://github.com", NOON);
    }

    private static JsonNode fixture() throws IOException {
        try (InputStream in = GithubEventTest.class.getResourceAsStream("/github/events.json")) {
            return JSON.readTree(Objects.requireNonNull(in));
        }
    }
}
