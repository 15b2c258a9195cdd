package io.prefstream.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.jobs.common.JobEnvironment;
import io.prefstream.jobs.common.testing.LedgerReadings;
import io.prefstream.jobs.common.testing.TwoSlots;
import io.prefstream.schemas.DeadLetter;
import io.prefstream.schemas.Publication;
import io.prefstream.schemas.Rejection;
import io.prefstream.schemas.RepoEvent;
import io.prefstream.schemas.Topics;
import io.prefstream.topics.testing.TestTopics;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.revwalk.RevCommit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Two feeds that tell of the same commits, on a real broker: what is fetched, dropped and kept. */
class GhArchiveIngestTest {

    private static final LedgerReadings READINGS = new LedgerReadings();
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int COMMITS = 4;
    private static final String JOB = "two feeds";

    @RegisterExtension static final MiniClusterExtension CLUSTER = TwoSlots.cluster(READINGS);

    @TempDir Path folder;

    @Test
    void fetchesACommitOnceThoughTwoFeedsTellOfItAndKeepsWhatCannotBeRead() throws Exception {
        TestTopics topics = TestTopics.shared();
        topics.clear();
        Path clone = Files.createDirectories(folder.resolve("mirror/o/n.git"));
        try (SmallRepository repository = new SmallRepository(clone)) {
            for (int i = 0; i < COMMITS; i++) {
                repository.commitCode();
            }
            List<String> lines = pushesOf(clone);
            lines.add(1, "{\"id\": \"2\", ");
            write("2026-01-31-7", lines);

            JobClient job = start(topics);
            // The archive's commits, and the git feed's, of which the oldest is a snapshot.
            List<RepoEvent> events =
                    topics.readCommitted(Topics.REPO_EVENTS, 2 * COMMITS + 1, PATIENCE);
            List<DeadLetter> letters = topics.readCommitted(Topics.DEAD_LETTERS, 1, PATIENCE);
            // Of each commit a short function, of all but one the common function; the oldest
            // commit's file comes by its snapshot too; the rest are events.
            int rejections = COMMITS + (COMMITS - 1) + 1 + COMMITS;
            List<Rejection> duplicates =
                    topics.readCommitted(Topics.REJECTIONS, rejections, PATIENCE).stream()
                            .filter(r -> r.getReason().equals("duplicate-event"))
                            .toList();
            topics.readCommitted(Topics.CODE_SNIPPETS, 2 * COMMITS + 1, PATIENCE);
            job.cancel().get();

            assertThat(feeds(events)).isEqualTo(Map.of("git", 4L, "gharchive", 5L));
            assertThat(letters)
                    .singleElement()
                    .satisfies(
                            letter -> {
                                assertThat(letter.getStage()).isEqualTo("ingest");
                                assertThat(letter.getTopic()).endsWith("/2026-01-31-7.json.gz");
                                assertThat(letter.getOffset()).isEqualTo(2);
                            });
            // Three of the git feed's commits, and one that the archive tells of twice.
            assertThat(duplicates).hasSize(COMMITS);
            // The line that the archive has twice is one record where both of it came second.
            assertThat(duplicates.stream().map(Rejection::getId).distinct())
                    .hasSizeBetween(COMMITS - 1, COMMITS);
            assertThat(READINGS.count(JOB, "ingest", "event", "in")).isEqualTo(2 * COMMITS + 1);
        }
    }

    private static Map<String, Long> feeds(List<RepoEvent> events) {
        assertThat(events).allMatch(event -> event.getBody() instanceof Publication);
        return events.stream()
                .collect(Collectors.groupingBy(RepoEvent::getFeed, Collectors.counting()));
    }

    /** A push for each commit, oldest first, the last of them twice. */
    private static List<String> pushesOf(Path clone) throws Exception {
        List<String> lines = new ArrayList<>();
        try (Git git = Git.open(clone.toFile())) {
            for (RevCommit commit : git.log().call()) {
                lines.add(
                        ("{\"id\":\"1%d\",\"type\":\"PushEvent\",\"repo\":{\"name\":\"o/n\"},"
                                        + "\"created_at\":\"2026-01-31T07:01:00Z\",\"payload\":"
                                        + "{\"ref\":\"refs/heads/main\",\"head\":\"%s\"}}")
                                .formatted(lines.size(), commit.name()));
            }
        }
        Collections.reverse(lines);
        lines.add(lines.get(lines.size() - 1));
        return lines;
    }

    private void write(String hour, List<String> lines) throws Exception {
        Path archive = Files.createDirectories(folder.resolve("archive"));
        try (OutputStream out =
                new GZIPOutputStream(Files.newOutputStream(archive.resolve(hour + ".json.gz")))) {
            out.write((String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
        }
    }

    private JobClient start(TestTopics topics) throws Exception {
        Configuration config =
                IngestJob.options()
                        .parse(
                                "--kafka.bootstrap-servers",
                                topics.connection().bootstrapServers(),
                                "--schema-registry.url",
                                topics.connection().registryUrl(),
                                "--job.parallelism=2",
                                "--job.checkpoint-interval=300 ms",
                                "--ingest.feeds=git,gharchive",
                                "--ingest.git.repositories",
                                folder.resolve("mirror/o/n.git").toString(),
                                "--ingest.git.initial-depth=1000",
                                "--ingest.licence.unknown=accept",
                                "--ingest.min-comment-fraction=0",
                                "--ingest.git.cache-dir",
                                folder.resolve("git-cache").toString(),
                                "--ingest.gharchive.archive",
                                folder.resolve("archive").toString(),
                                "--ingest.gharchive.from=2026-01-31-7",
                                "--ingest.gharchive.to=2026-01-31-7",
                                "--ingest.gharchive.clone-from",
                                folder.resolve("mirror").toUri().toString());
        StreamExecutionEnvironment env =
                JobEnvironment.configure(
                        StreamExecutionEnvironment.getExecutionEnvironment(), config);
        IngestJob.build(env, config);
        return env.executeAsync(JOB);
    }
}
