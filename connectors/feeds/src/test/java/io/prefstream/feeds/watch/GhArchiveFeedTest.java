package io.prefstream.feeds.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prefstream.content.testing.RawHttpServer;
import io.prefstream.feeds.github.ArchiveHour;
import io.prefstream.feeds.github.GhArchiveFeedSource;
import io.prefstream.schemas.FeedGap;
import io.prefstream.schemas.FeedOutput;
import io.prefstream.schemas.RepoEvent;
import io.prefstream.topics.flink.AvroType;
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
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.api.common.state.CheckpointListener;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
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
    private static final int PART = 1_000;

    private static final Instant LATER = Instant.parse("2026-03-01T00:00:00Z");

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
                .startsWith("2026-01-31-07: not read after 3 attempts: ")
                .endsWith("is damaged behind line " + read + ": it is cut off");
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
        assertThat(revisions()).containsExactly(commit(0));
        now = now.plus(Duration.ofDays(1));
        elapse(reader);

        FeedGap gap = (FeedGap) events().get(1).getBody();
        assertThat(gap.getFrom()).isEqualTo(SEVEN.begin());
        assertThat(gap.getTo()).isEqualTo(EIGHT.begin());
        assertThat(revisions()).contains("gap", commit(0));
    }

    @Test
    void readsFromTheWebAndLeavesNoFileBehind() throws Exception {
        try (RawHttpServer server = new RawHttpServer()) {
            server.on(
                    "/2026-01-31-7.json.gz",
                    RawHttpServer.of(200, Map.of(), gzip(lines(0, PART + 3))));
            SourceReader<FeedOutput, WatchSplit> reader = started(web(server));
            elapse(reader);
            assertThat(downloads()).hasSize(1);
            elapse(reader);
            assertThat(revisions()).containsExactlyElementsOf(commits(0, PART + 3));
            assertThat(server.requests()).as("one download for all parts").hasSize(1);
            reader.close();
            assertThat(downloads()).isEmpty();
        }
    }

    @Test
    void aDownloadThatBreaksOffGivesWhatCameAndGoesOnWithTheNext() throws Exception {
        byte[] whole = gzip(lines(0, 900));
        Deque<RawHttpServer.Answer> answers = new ConcurrentLinkedDeque<>();
        answers.add(
                (request, out) -> {
                    RawHttpServer.head(out, 200, Map.of(), "Content-Length: " + whole.length);
                    out.write(whole, 0, whole.length / 2);
                });
        answers.add(RawHttpServer.of(503, Map.of(), new byte[0]));
        answers.add(RawHttpServer.of(200, Map.of(), whole));
        try (RawHttpServer server = new RawHttpServer()) {
            server.on(
                    "/2026-01-31-7.json.gz",
                    (request, out) -> answers.remove().write(request, out));
            SourceReader<FeedOutput, WatchSplit> reader = started(web(server));
            elapse(reader);
            assertThat(events().size()).isBetween(50, 850);
            elapse(reader);
            elapse(reader);
            assertThat(revisions()).containsExactlyElementsOf(commits(0, 900));
            assertThat(answers).isEmpty();
        }
    }

    @Test
    void aFileThatTheServerUnpacksOnTheWayIsReadAsItIs() throws Exception {
        try (RawHttpServer server = new RawHttpServer()) {
            server.on(
                    "/2026-01-31-7.json.gz",
                    RawHttpServer.of(200, Map.of("Content-Encoding", "gzip"), gzip(lines(0, 3))));
            elapse(started(web(server)));
            assertThat(revisions()).containsExactlyElementsOf(commits(0, 3));
        }
    }

    @Test
    void aDamagedMemberIsNoticedAndNotTakenForTheEnd() throws Exception {
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.write(gzip(lines(0, 2)));
        both.write("no gzip".getBytes(StandardCharsets.UTF_8));
        Files.write(file(SEVEN), both.toByteArray());
        SourceReader<FeedOutput, WatchSplit> reader = started(feed(SEVEN, SEVEN, true));
        for (int look = 0; look < 5; look++) {
            elapse(reader);
        }
        assertThat(revisions()).containsExactly(commit(0), commit(1), "gap");
        assertThat(((FeedGap) events().get(2).getBody()).getWhy())
                .contains("2026-01-31-7.json.gz is damaged");
    }

    @Test
    void anAbsurdlyLongLineIsADeadLetterOfBoundedSize() throws Exception {
        List<String> lines = new ArrayList<>(lines(0, 1));
        lines.add("{\"id\":\"" + "x".repeat(9 << 20) + "\"}");
        lines.addAll(lines(1, 2));
        write(SEVEN, lines);
        elapse(started(feed(SEVEN, SEVEN, true)));
        assertThat(revisions()).containsExactlyElementsOf(commits(0, 2));
        assertThat(letters())
                .singleElement()
                .satisfies(letter -> assertThat(letter.getValue().remaining()).isEqualTo(1 << 16));
    }

    @Test
    void anHourThatIsMissingFromARangeIsAGapOfThatHourAndTheOthersAreRead() throws Exception {
        write(SEVEN, lines(0, 1));
        ArchiveHour nine = EIGHT.next();
        write(nine, lines(1, 2));
        WatchSource feed = feed(SEVEN, nine, true);
        SourceReader<FeedOutput, WatchSplit> reader = started(feed);
        for (int look = 0; look < 5; look++) {
            elapse(reader);
        }
        assertThat(revisions()).containsExactlyInAnyOrder(commit(0), commit(1), "gap");
        FeedGap gap = (FeedGap) events().get(2).getBody();
        assertThat(gap.getFrom()).isEqualTo(EIGHT.begin());
        assertThat(gap.getTo()).isEqualTo(nine.begin());
        assertThat(gap.getWhy())
                .isEqualTo("2026-01-31-08: not read after 3 attempts: there is no " + file(EIGHT));
    }

    @Test
    void aFollowedHourThatComesLateIsReadThoughLaterOnesWereReadBefore() throws Exception {
        now = Instant.parse("2026-01-31T10:30:00Z");
        write(SEVEN, lines(0, 1));
        write(EIGHT.next(), lines(1, 2));
        WatchSource feed = feed(SEVEN, null, false);
        SourceReader<FeedOutput, WatchSplit> reader = started(feed);
        elapse(reader);
        elapse(reader);
        assertThat(revisions()).containsExactlyElementsOf(commits(0, 2));

        List<WatchSplit> checkpoint = serialized(feed, reader.snapshotState(1));
        write(EIGHT, lines(2, 3));
        SourceReader<FeedOutput, WatchSplit> restored = restored(feed, checkpoint);
        elapse(restored);
        elapse(restored);
        assertThat(revisions()).containsExactlyElementsOf(commits(0, 3));
    }

    @Test
    void aFollowedHourThatStaysDamagedIsAGapFromItsLastEvent() throws Exception {
        byte[] whole = gzip(lines(0, 2_000));
        Files.write(file(SEVEN), Arrays.copyOf(whole, whole.length / 4));
        SourceReader<FeedOutput, WatchSplit> reader = started(feed(SEVEN, null, false));
        elapse(reader);
        elapse(reader);
        int read = events().size();
        assertThat(read).isBetween(50, 900);
        now = now.plus(Duration.ofDays(1));
        elapse(reader);
        FeedGap gap = (FeedGap) events().get(read).getBody();
        assertThat(gap.getFrom()).isEqualTo(SEVEN.begin().plusSeconds(60));
        assertThat(gap.getTo()).isEqualTo(EIGHT.begin());
    }

    @Test
    void anHourThatIsNotOverIsNotAskedFor() throws Exception {
        now = Instant.parse("2026-01-31T08:04:00Z");
        write(SEVEN, lines(0, 1));
        SourceReader<FeedOutput, WatchSplit> reader = started(feed(SEVEN, null, false));
        elapse(reader);
        assertThat(events()).isEmpty();
        now = Instant.parse("2026-01-31T08:05:00Z");
        elapse(reader);
        assertThat(events()).hasSize(1);
    }

    @Test
    void takesTheEventsOfTheRepositoriesThatAreAskedFor() throws Exception {
        List<String> lines = new ArrayList<>(lines(0, 2));
        lines.set(1, lines.get(1).replace("o/n", "Other/Name"));
        write(SEVEN, lines);
        elapse(
                started(
                        GhArchiveFeedSource.of(folder.toString(), SEVEN)
                                .to(SEVEN)
                                .only(List.of("other/name"))
                                .watch(watch(true).withClock(() -> now))
                                .build()));
        assertThat(revisions()).containsExactly(commit(1));
    }

    @Test
    void anHourIsReadExactlyOnceThoughATaskFailsInItsMiddle() throws Exception {
        write(SEVEN, lines(0, 40_000));
        StreamExecutionEnvironment env = environment();
        env.enableCheckpointing(20);
        Path failed = folder.resolve("failed");
        List<String> found = new ArrayList<>();
        try (CloseableIterator<RepoEvent> results =
                env.fromSource(feed(SEVEN, SEVEN, true), WatermarkStrategy.noWatermarks(), "feed")
                        .map(new FeedContract.EventOf())
                        .map(new FailBehindCheckpoint(failed.toString()))
                        .executeAndCollect()) {
            results.forEachRemaining(event -> found.add(Events.revisionOf(event)));
        }
        assertThat(failed).as("it failed behind a checkpoint in the middle").exists();
        assertThat(found).containsExactlyElementsOf(commits(0, 40_000));
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
        assertThatThrownBy(() -> feed(ArchiveHour.parse("2014-12-31-23"), SEVEN, true))
                .hasMessage(
                        "from 2014-12-31-23: events before 2015-01-01-0 have another form, which"
                                + " is not read");
        assertThat(ArchiveHour.parse("2026-12-31-23").next()).hasToString("2027-01-01-0");
    }

    @Test
    void aRangeIsDividedByHoursAndALongOneBySeveral() {
        assertThat(feed(SEVEN, ArchiveHour.parse("2026-01-31-10"), true).targets())
                .containsExactly(
                        "2026-01-31-07", "2026-01-31-08", "2026-01-31-09", "2026-01-31-10");
        ArchiveHour lastOfYear = ArchiveHour.parse("2025-12-31-23");
        var targets = feed(ArchiveHour.parse("2025-01-01-0"), lastOfYear, true).targets();
        assertThat(targets).hasSize(8_760 / 5);
        assertThat(targets.first()).isEqualTo("2025-01-01-00..2025-01-01-04");
        assertThat(targets.last()).isEqualTo("2025-12-31-19..2025-12-31-23");
        assertThat(feed(SEVEN, null, false).targets()).containsExactly("2026-01-31-07..");
    }

    @Test
    void theCheckNamesWhatIsNotThere() throws Exception {
        WatchSource feed =
                GhArchiveFeedSource.of(folder.resolve("nothing").toString(), SEVEN)
                        .to(SEVEN)
                        .watch(watch(true))
                        .build();
        assertThat(feed.check()).containsExactly("no folder " + folder.resolve("nothing"));
        assertThat(feed(SEVEN, SEVEN, true).check()).containsExactly("no file " + file(SEVEN));
        write(SEVEN, lines(0, 1));
        assertThat(feed(SEVEN, EIGHT, true).check()).isEmpty();
    }

    private GhArchiveFeedSource feed(ArchiveHour from, @Nullable ArchiveHour to, boolean bounded) {
        WatchOptions watch = watch(bounded).withRetries(3, Duration.ofMillis(1));
        return GhArchiveFeedSource.of(folder.toString(), from)
                .to(to)
                .patience(Duration.ofHours(20))
                // A clock that is serialized must not hold on to the test.
                .watch(to == null ? watch.withClock(() -> now) : watch.withClock(() -> LATER))
                .build();
    }

    private static GhArchiveFeedSource web(RawHttpServer server) {
        return GhArchiveFeedSource.of(server.uri("/").toString(), SEVEN)
                .to(SEVEN)
                .privateAddresses(true)
                .watch(watch(true).withRetries(3, Duration.ofMillis(1)).withClock(() -> LATER))
                .build();
    }

    private static List<Path> downloads() throws IOException {
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.filter(
                            file ->
                                    file.getFileName()
                                            .toString()
                                            .startsWith("prefstream-2026-01-31-7-"))
                    .toList();
        }
    }

    /** Fails the task once, at the first event behind a checkpoint that lies in the middle. */
    private static final class FailBehindCheckpoint extends RichMapFunction<RepoEvent, RepoEvent>
            implements ResultTypeQueryable<RepoEvent>, CheckpointListener {

        private static final long serialVersionUID = 1L;
        private static final int MIDDLE = PART + PART / 2;

        private final String file;
        private int events;
        private int atCheckpoint;

        FailBehindCheckpoint(String file) {
            this.file = file;
        }

        @Override
        public RepoEvent map(RepoEvent event) throws IOException {
            events++;
            if (atCheckpoint > MIDDLE && Files.notExists(Path.of(file))) {
                Files.createFile(Path.of(file));
                throw new IllegalStateException("a failure that the test planted");
            }
            return event;
        }

        @Override
        public void notifyCheckpointComplete(long checkpointId) {
            atCheckpoint = events;
        }

        @Override
        public TypeInformation<RepoEvent> getProducedType() {
            return AvroType.forRecord(RepoEvent.class);
        }
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
                                    + "\"created_at\":\"2026-01-31T07:01:00Z\","
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
