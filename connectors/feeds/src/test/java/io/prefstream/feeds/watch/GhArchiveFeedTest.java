package io.prefstream.feeds.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prefstream.content.testing.RawHttpServer;
import io.prefstream.feeds.github.ArchiveHour;
import io.prefstream.feeds.github.GhArchiveFeedSource;
import io.prefstream.schemas.FeedGap;
import io.prefstream.schemas.FeedOutput;
import io.prefstream.schemas.RepoEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The archive's files do not change once they are there, so it has no part in {@link
 * FeedContract}'s tests of what is published while a feed runs; but in its machinery.
 */
class GhArchiveFeedTest extends FeedFixture {

    private static final ArchiveHour SEVEN = ArchiveHour.parse("2026-01-31-7");
    private static final ArchiveHour EIGHT = ArchiveHour.parse("2026-01-31-8");
    private static final int PART = 5_000;

    private Instant now = Instant.parse("2026-01-31T09:30:00Z");

    @Test
    void readsAnHourInPartsAndEnds() throws Exception {
        write(SEVEN, lines(0, PART + 10));
        SourceReader<FeedOutput, WatchSplit> reader = started(feed(SEVEN, SEVEN, true));
        elapse(reader);
        assertThat(events()).hasSize(PART);
        elapse(reader);
        assertThat(revisions()).containsExactlyElementsOf(commits(0, PART + 10));
    }

    @Test
    void aRestoredReaderGoesOnInTheMiddleOfAnHour() throws Exception {
        write(SEVEN, lines(0, PART + 10));
        WatchSource feed = feed(SEVEN, SEVEN, true);
        SourceReader<FeedOutput, WatchSplit> reader = started(feed);
        elapse(reader);
        List<WatchSplit> checkpoint = serialized(feed, reader.snapshotState(1));
        reader.close();
        SourceReader<FeedOutput, WatchSplit> restored = restored(feed, checkpoint);
        elapse(restored);
        elapse(restored);
        assertThat(revisions()).containsExactlyElementsOf(commits(0, PART + 10));
    }

    @Test
    void aLineThatCannotBeReadIsADeadLetterAndTheNextIsRead() throws Exception {
        List<String> lines = new ArrayList<>(lines(0, 1));
        lines.add("{\"id\": ");
        lines.add("[]");
        lines.add("");
        lines.addAll(lines(1, 2));
        write(SEVEN, lines);
        elapse(started(feed(SEVEN, SEVEN, true)));

        assertThat(revisions()).containsExactlyElementsOf(commits(0, 2));
        assertThat(letters()).extracting(letter -> letter.getOffset()).containsExactly(2L, 3L);
        assertThat(letters().get(0).getTopic()).endsWith("/2026-01-31-7.json.gz");
        assertThat(letters().get(0).getError()).startsWith("no JSON: ");
        assertThat(letters().get(1).getError()).isEqualTo("an event must be an object");
    }

    @Test
    void gzipMembersInARowAreOneFile() throws Exception {
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.write(gzip(lines(0, 2)));
        both.write(gzip(lines(2, 4)));
        Files.write(file(SEVEN), both.toByteArray());
        elapse(started(feed(SEVEN, SEVEN, true)));
        assertThat(revisions()).containsExactlyElementsOf(commits(0, 4));
    }

    @Test
    void aTruncatedFileGivesWhatIsThereAndAGap() throws Exception {
        byte[] whole = gzip(lines(0, 2_000));
        Files.write(file(SEVEN), Arrays.copyOf(whole, whole.length / 2));
        SourceReader<FeedOutput, WatchSplit> reader = started(feed(SEVEN, SEVEN, true));
        for (int look = 0; look < 5; look++) {
            elapse(reader);
        }
        int read = events().size() - 1;
        assertThat(read).isBetween(100, 1_900);
        assertThat(revisions().subList(0, read)).isEqualTo(commits(0, read));
        assertThat(revisions().get(read)).isEqualTo("gap");
        assertThat(((FeedGap) events().get(read).getBody()).getWhy())
                .startsWith("2026-01-31-7: not read after 3 attempts: ");
    }

    @Test
    void aFollowedArchiveWaitsForAnHourAndGoesOnToTheNext() throws Exception {
        write(SEVEN, lines(0, 2));
        SourceReader<FeedOutput, WatchSplit> reader = started(feed(SEVEN, null, false));
        elapse(reader);
        elapse(reader);
        assertThat(events()).hasSize(2);
        write(EIGHT, lines(2, 4));
        elapse(reader);
        assertThat(revisions()).containsExactlyElementsOf(commits(0, 4));
    }

    @Test
    void aFollowedHourThatNeverComesIsAGap() throws Exception {
        write(EIGHT, lines(0, 1));
        SourceReader<FeedOutput, WatchSplit> reader = started(feed(SEVEN, null, false));
        elapse(reader);
        assertThat(events()).isEmpty();
        now = now.plus(Duration.ofDays(1));
        elapse(reader);
        elapse(reader);

        FeedGap gap = (FeedGap) events().get(0).getBody();
        assertThat(gap.getFrom()).isEqualTo(SEVEN.begin());
        assertThat(gap.getTo()).isEqualTo(EIGHT.begin());
        assertThat(revisions()).containsExactly("gap", commits(0, 1).get(0));
    }

    @Test
    void readsFromTheWeb() throws Exception {
        try (RawHttpServer server = new RawHttpServer()) {
            server.on("/2026-01-31-7.json.gz", RawHttpServer.of(200, Map.of(), gzip(lines(0, 3))));
            elapse(
                    started(
                            GhArchiveFeedSource.of(
                                    server.uri("/").toString(),
                                    SEVEN,
                                    SEVEN,
                                    Duration.ofHours(1),
                                    true,
                                    watch(true))));
            assertThat(revisions()).containsExactlyElementsOf(commits(0, 3));
        }
    }

    @Test
    void aRangeIsReadByAllSubtasksExactlyOnce() throws Exception {
        List<String> expected = new ArrayList<>();
        ArchiveHour hour = SEVEN;
        for (int i = 0; i < 6; i++, hour = hour.next()) {
            write(hour, lines(i * 100, i * 100 + 100));
            expected.addAll(commits(i * 100, i * 100 + 100));
        }
        StreamExecutionEnvironment env = environment();
        List<String> found = new ArrayList<>();
        try (CloseableIterator<RepoEvent> results =
                env.fromSource(
                                feed(SEVEN, ArchiveHour.parse("2026-01-31-12"), true),
                                WatermarkStrategy.noWatermarks(),
                                "feed")
                        .map(new FeedContract.EventOf())
                        .executeAndCollect()) {
            results.forEachRemaining(event -> found.add(Events.revisionOf(event)));
        }
        assertThat(found).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void namesWhatIsNoHourAndNoRange() {
        assertThatThrownBy(() -> ArchiveHour.parse("2026-01-31T07"))
                .hasMessage(
                        "an hour of the archive looks like 2026-01-31-7 (UTC), got"
                                + " '2026-01-31T07'");
        assertThatThrownBy(() -> ArchiveHour.parse("2026-02-30-1"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ArchiveHour.parse("2026-01-31-24"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> feed(EIGHT, SEVEN, true))
                .hasMessage("from 2026-01-31-8 to 2026-01-31-7 are 0 hours");
        assertThatThrownBy(() -> feed(SEVEN, null, true)).hasMessageContaining("has no end");
        assertThat(ArchiveHour.parse("2026-12-31-23").next()).hasToString("2027-01-01-0");
    }

    @Test
    void theCheckNamesAFolderThatIsNotThere() {
        WatchSource feed =
                GhArchiveFeedSource.of(
                        folder.resolve("nothing").toString(),
                        SEVEN,
                        SEVEN,
                        Duration.ofHours(1),
                        false,
                        watch(true));
        assertThat(feed.check()).containsExactly("no folder " + folder.resolve("nothing"));
    }

    private GhArchiveFeedSource feed(ArchiveHour from, @Nullable ArchiveHour to, boolean bounded) {
        WatchOptions watch =
                watch(bounded).withRetries(3, Duration.ofMillis(1)).withClock(() -> now);
        return GhArchiveFeedSource.of(
                folder.toString(),
                from,
                to,
                Duration.ofHours(20),
                false,
                bounded ? watch.withClock(() -> Events.NOON) : watch);
    }

    private Path file(ArchiveHour hour) {
        return folder.resolve(hour + ".json.gz");
    }

    private void write(ArchiveHour hour, List<String> lines) throws IOException {
        Files.write(file(hour), gzip(lines));
    }

    private static byte[] gzip(List<String> lines) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(bytes)) {
            for (String line : lines) {
                gzip.write((line + "\n").getBytes(StandardCharsets.UTF_8));
            }
        }
        return bytes.toByteArray();
    }

    private static List<String> lines(int from, int to) {
        List<String> lines = new ArrayList<>();
        for (int i = from; i < to; i++) {
            lines.add(
                    ("{\"id\":\"%d\",\"type\":\"PushEvent\",\"repo\":{\"name\":\"o/n\"},"
                                    + "\"created_at\":\"2026-01-31T07:00:00Z\","
                                    + "\"payload\":{\"ref\":\"refs/heads/main\",\"head\":\"%s\"}}")
                            .formatted(i, commit(i)));
        }
        return lines;
    }

    private static List<String> commits(int from, int to) {
        List<String> commits = new ArrayList<>();
        for (int i = from; i < to; i++) {
            commits.add(commit(i));
        }
        return commits;
    }

    private static String commit(int i) {
        return "%040x".formatted(i + 1);
    }
}
