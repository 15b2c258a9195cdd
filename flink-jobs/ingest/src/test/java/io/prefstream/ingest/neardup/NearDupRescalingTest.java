package io.prefstream.ingest.neardup;

import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.jobs.common.JobEnvironment;
import io.prefstream.jobs.common.JobOptions;
import io.prefstream.jobs.common.testing.TwoSlots;
import io.prefstream.schemas.CodeSnippet;
import io.prefstream.schemas.Rejection;
import io.prefstream.schemas.Topic;
import io.prefstream.schemas.Topics;
import io.prefstream.topics.flink.TopicSink;
import io.prefstream.topics.flink.TopicSource;
import io.prefstream.topics.testing.TestTopics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The stage between real topics, stopped with a savepoint and restored with more subtasks. */
class NearDupRescalingTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final SyntheticSnippets SYNTHETIC = new SyntheticSnippets();

    @RegisterExtension static final MiniClusterExtension CLUSTER = TwoSlots.cluster();

    private final TestTopics topics = TestTopics.shared();
    private final Topic<CodeSnippet> in = topics.alone(Topics.CODE_SNIPPETS);
    private final Topic<CodeSnippet> out = topics.alone(Topics.CODE_SNIPPETS);
    private final Topic<Rejection> rejected = topics.alone(Topics.REJECTIONS);

    private final String group = in.name();

    @TempDir Path folder;

    @Test
    void knowsWhatOneSubtaskSawWhenThereAreTwo() throws Exception {
        // Of each ten the last is a near-duplicate of the one before.
        List<CodeSnippet> originals = numbers(8);
        List<CodeSnippet> copies = numbers(9);
        topics.produce(in, originals);
        JobClient one = start(1, null, ArrivalClock.steady());
        topics.readCommitted(out, originals.size(), PATIENCE);
        String savepoint =
                one.stopWithSavepoint(
                                false, folder.toUri().toString(), SavepointFormatType.CANONICAL)
                        .get();

        topics.produce(in, copies);
        JobClient two = start(2, savepoint, ArrivalClock.steady());
        List<Rejection> rejections = topics.readCommitted(rejected, copies.size(), PATIENCE);
        two.cancel().get();

        assertThat(ids(topics.readCommitted(out, originals.size(), PATIENCE)))
                .isEqualTo(ids(originals));
        assertThat(rejections.stream().map(Rejection::getInputId).collect(Collectors.toSet()))
                .isEqualTo(ids(copies));
        assertThat(rejections)
                .hasSameSizeAs(copies)
                .allSatisfy(
                        rejection ->
                                assertThat(ids(originals))
                                        .contains(rejection.getDetail().split("[ ,]")[2]));
    }

    /** With a clock that stands, the watermark doesn't pass anyone's arrival. */
    @Test
    void decidesAfterwardsWhatWaitedInTheSavepoint() throws Exception {
        List<CodeSnippet> originals = numbers(8);
        List<CodeSnippet> copies = numbers(9);
        topics.produce(in, originals);
        topics.produce(in, copies);
        JobClient one = start(1, null, () -> 1_000);
        awaitCommittedOffsets(originals.size() + copies.size());
        String savepoint =
                one.stopWithSavepoint(
                                false, folder.toUri().toString(), SavepointFormatType.CANONICAL)
                        .get();
        assertThat(topics.readRawCommitted(out.name(), 0, PATIENCE)).isEmpty();

        JobClient two = start(2, savepoint, ArrivalClock.steady());
        List<CodeSnippet> kept = topics.readCommitted(out, originals.size(), PATIENCE);
        List<Rejection> rejections = topics.readCommitted(rejected, copies.size(), PATIENCE);
        two.cancel().get();

        assertThat(kept).hasSameSizeAs(originals);
        assertThat(rejections).hasSameSizeAs(copies);
        assertThat(
                        Stream.concat(
                                kept.stream().map(CodeSnippet::getId),
                                rejections.stream().map(Rejection::getInputId)))
                .doesNotHaveDuplicates()
                .hasSize(originals.size() + copies.size());
    }

    /** The source commits its offsets with a checkpoint, which then holds what it has read. */
    private void awaitCommittedOffsets(long expected) throws Exception {
        try (Admin admin = Admin.create(topics.connection().clientProperties())) {
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            long committed = 0;
            while (committed < expected) {
                assertThat(System.nanoTime()).isLessThan(deadline);
                committed =
                        admin
                                .listConsumerGroupOffsets(group)
                                .partitionsToOffsetAndMetadata()
                                .get()
                                .values()
                                .stream()
                                .mapToLong(OffsetAndMetadata::offset)
                                .sum();
            }
        }
    }

    /** One of each ten, 50 in all. */
    private static List<CodeSnippet> numbers(int last) {
        return LongStream.range(0, 50).mapToObj(ten -> SYNTHETIC.at(ten * 10 + last)).toList();
    }

    private static TreeSet<String> ids(List<CodeSnippet> snippets) {
        return snippets.stream()
                .map(CodeSnippet::getId)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private JobClient start(int parallelism, String savepoint, ArrivalClock clock)
            throws Exception {
        Configuration config =
                JobOptions.of(JobEnvironment.all())
                        .parse(
                                savepoint == null
                                        ? new String[] {"--job.checkpoint-interval=300 ms"}
                                        : new String[] {
                                            "--job.checkpoint-interval=300 ms",
                                            "--job.restore-from=" + savepoint
                                        });
        StreamExecutionEnvironment env =
                JobEnvironment.configure(
                        StreamExecutionEnvironment.getExecutionEnvironment(), config);
        env.setParallelism(parallelism);
        NearDupStage stage =
                NearDupStage.apply(
                        TopicSource.read(env, in, topics.connection(), "rescaled", group).records(),
                        "rescaled",
                        NearDupOptions.settings(new Configuration()),
                        clock);
        stage.snippets()
                .sinkTo(TopicSink.exactlyOnce(out, topics.connection(), group + "-out"))
                .uid("rescaled.write");
        stage.rejections()
                .sinkTo(TopicSink.exactlyOnce(rejected, topics.connection(), group + "-rejected"))
                .uid("rescaled.write-rejections");
        return env.executeAsync("rescaled");
    }
}
