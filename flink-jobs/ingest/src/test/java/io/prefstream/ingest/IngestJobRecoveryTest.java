package io.prefstream.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.jobs.common.JobEnvironment;
import io.prefstream.jobs.common.testing.LedgerReadings;
import io.prefstream.jobs.common.testing.TwoSlots;
import io.prefstream.schemas.CodeSnippet;
import io.prefstream.schemas.DeadLetter;
import io.prefstream.schemas.Rejection;
import io.prefstream.schemas.Topics;
import io.prefstream.topics.testing.TestTopics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.InjectMiniCluster;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The job on a real broker and registry, over a git repository, killed twice. */
class IngestJobRecoveryTest {

    private static final LedgerReadings READINGS = new LedgerReadings();
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    @RegisterExtension static final MiniClusterExtension CLUSTER = TwoSlots.cluster(READINGS);

    @TempDir Path folder;

    @Test
    void writesEachRecordOnceThroughALostTaskManagerAndARestoreFromTheRetainedCheckpoint(
            @InjectMiniCluster MiniCluster cluster) throws Exception {
        TestTopics topics = TestTopics.shared();
        topics.clear();
        topics.produceRaw(
                Topics.REPO_EVENTS.name(), null, "no Avro".getBytes(StandardCharsets.UTF_8));
        try (SmallRepository repository = new SmallRepository(folder.resolve("repository"))) {
            repository.commitOddFiles();
            commitCode(repository, 10);

            JobClient first = start("ingest", topics, null);
            topics.readCommitted(Topics.CODE_SNIPPETS, 21, PATIENCE);

            cluster.terminateTaskManager(0).get();
            commitCode(repository, 10);
            cluster.startTaskManager();
            topics.readCommitted(Topics.CODE_SNIPPETS, 41, PATIENCE);
            first.cancel().get();

            commitCode(repository, 10);
            JobClient restored =
                    start("restored ingest", topics, lastCheckpoint(first.getJobID().toString()));
            List<CodeSnippet> snippets = topics.readCommitted(Topics.CODE_SNIPPETS, 61, PATIENCE);
            // Of each of the 30 files a short function, of all but the first the common one.
            int functionRejections = 30 + 29;
            List<Rejection> rejections =
                    topics.readCommitted(
                            Topics.REJECTIONS,
                            functionRejections + SmallRepository.oddFiles(),
                            PATIENCE);
            // The first record on the topic is the one that is no Avro.
            long events =
                    topics.readRawCommitted(Topics.REPO_EVENTS.name(), 32, PATIENCE).size() - 1;
            List<DeadLetter> deadLetters = topics.readCommitted(Topics.DEAD_LETTERS, 1, PATIENCE);
            restored.cancel().get();

            assertThat(new TreeSet<>(snippets.stream().map(CodeSnippet::getName).toList()))
                    .isEqualTo(repository.functions());
            assertThat(snippets).extracting(CodeSnippet::getId).doesNotHaveDuplicates();
            assertThat(rejections).extracting(Rejection::getId).doesNotHaveDuplicates();
            assertThat(reasons(rejections))
                    .isEqualTo(
                            Map.of(
                                    "too-short", 30L,
                                    "duplicate-snippet", 29L,
                                    "file-too-large", 1L,
                                    "binary", 1L,
                                    "not-utf8", 1L,
                                    "empty", 1L,
                                    "unparseable", 1L,
                                    "language-not-supported", 1L,
                                    "not-a-file", 1L));
            assertThat(deadLetters).hasSize(1);
            assertThat(events).isEqualTo(31);

            assertThat(count("event", "in")).isEqualTo(31);
            assertThat(count("event", "out")).isEqualTo(31);
            assertThat(count("file", "in")).isEqualTo(30 + SmallRepository.oddFiles());
            assertThat(count("file", "out")).isEqualTo(30);
            assertThat(count("snippet", "in")).isEqualTo(61 + functionRejections);
            assertThat(count("snippet", "out")).isEqualTo(61);
        }
    }

    private static long count(String unit, String direction) {
        return READINGS.count("restored ingest", "ingest", unit, direction);
    }

    private static Map<String, Long> reasons(List<Rejection> rejections) {
        return rejections.stream()
                .collect(Collectors.groupingBy(Rejection::getReason, Collectors.counting()));
    }

    private static void commitCode(SmallRepository repository, int commits) throws Exception {
        for (int i = 0; i < commits; i++) {
            repository.commitCode();
        }
    }

    private JobClient start(String name, TestTopics topics, String checkpoint) throws Exception {
        Configuration config =
                IngestJob.options()
                        .parse(
                                "--kafka.bootstrap-servers",
                                topics.connection().bootstrapServers(),
                                "--schema-registry.url",
                                topics.connection().registryUrl(),
                                "--job.parallelism=2",
                                "--job.checkpoint-interval=300 ms",
                                "--job.restart-delay=100 ms",
                                "--job.checkpoint-dir",
                                folder.resolve("checkpoints").toUri().toString(),
                                "--ingest.feeds=git",
                                "--ingest.git.repositories",
                                folder.resolve("repository").toString(),
                                "--ingest.git.initial-depth=1000",
                                "--ingest.licence.unknown=accept",
                                "--ingest.min-comment-fraction=0",
                                "--ingest.git.cache-dir",
                                folder.resolve("git-cache").toString(),
                                "--ingest.feed.poll-interval=200 ms");
        StreamExecutionEnvironment env =
                JobEnvironment.configure(
                        StreamExecutionEnvironment.getExecutionEnvironment(), config);
        if (checkpoint != null) {
            env.configure(new Configuration().set(StateRecoveryOptions.SAVEPOINT_PATH, checkpoint));
        }
        IngestJob.build(env, config);
        return env.executeAsync(name);
    }

    private String lastCheckpoint(String jobId) throws IOException {
        try (Stream<Path> checkpoints = Files.list(folder.resolve("checkpoints").resolve(jobId))) {
            return checkpoints
                    .filter(checkpoint -> Files.exists(checkpoint.resolve("_metadata")))
                    .max(
                            Comparator.comparingInt(
                                    checkpoint ->
                                            Integer.parseInt(
                                                    checkpoint
                                                            .getFileName()
                                                            .toString()
                                                            .replace("chk-", ""))))
                    .orElseThrow()
                    .toUri()
                    .toString();
        }
    }
}
