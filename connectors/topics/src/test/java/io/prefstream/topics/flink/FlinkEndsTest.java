package io.prefstream.topics.flink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.prefstream.schemas.CodeSnippet;
import io.prefstream.schemas.DeadLetter;
import io.prefstream.schemas.Topic;
import io.prefstream.schemas.Topics;
import io.prefstream.topics.RecordEncoder;
import io.prefstream.topics.SchemaRegistryException;
import io.prefstream.topics.TopicsConnection;
import io.prefstream.topics.testing.Records;
import io.prefstream.topics.testing.TestTopics;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.testutils.InMemoryReporter;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Source, decoder and sink in jobs on a MiniCluster, with the real broker and registry. */
class FlinkEndsTest {

    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final InMemoryReporter METRICS = InMemoryReporter.createWithRetainedMetrics();

    @RegisterExtension
    private static final MiniClusterExtension FLINK =
            new MiniClusterExtension(
                    new MiniClusterResourceConfiguration.Builder()
                            .setConfiguration(
                                    METRICS.addToConfiguration(
                                            new Configuration()
                                                    .set(
                                                            TaskManagerOptions.BIND_HOST,
                                                            "localhost")))
                            .setNumberTaskManagers(1)
                            .setNumberSlotsPerTaskManager(2)
                            .build());

    private final TestTopics topics = TestTopics.shared();
    private final TopicsConnection connection = topics.connection();

    @Test
    void corruptRecordsBecomeDeadLettersAndEveryGoodOneAroundThemIsRead() throws Exception {
        Topic<CodeSnippet> from = topics.alone(Topics.CODE_SNIPPETS);
        Topic<CodeSnippet> to = topics.alone(Topics.CODE_SNIPPETS);
        Topic<DeadLetter> letters = deadLetters();
        RecordEncoder<CodeSnippet> encoder = RecordEncoder.connect(from, connection);
        Map<Long, byte[]> corruptByOffset = new LinkedHashMap<>();
        List<CodeSnippet> good = new ArrayList<>();
        for (byte[] corrupt : corruptions(encoder.serialize("", Records.snippet(0)))) {
            good.add(Records.snippet(good.size()));
            topics.produceRaw(from.name(), null, encoder.serialize("", good.get(good.size() - 1)));
            RecordMetadata place = topics.produceRaw(from.name(), new byte[] {1, 2}, corrupt);
            corruptByOffset.put(place.offset(), corrupt);
        }
        good.add(Records.snippet(good.size()));
        topics.produceRaw(from.name(), null, encoder.serialize("", good.get(good.size() - 1)));

        StreamExecutionEnvironment env = environment();
        Decoded<CodeSnippet> decoded =
                TopicSource.readToEnd(env, from, connection, "ingest", "corrupt-test");
        decoded.records().sinkTo(TopicSink.exactlyOnce(to, connection, to.name()));
        decoded.deadLetters().sinkTo(TopicSink.exactlyOnce(letters, connection, letters.name()));
        JobID job = env.execute().getJobID();

        assertThat(topics.readCommitted(to, good.size(), PATIENCE))
                .containsExactlyInAnyOrderElementsOf(good);
        List<DeadLetter> found = topics.readCommitted(letters, corruptByOffset.size(), PATIENCE);
        assertThat(found)
                .extracting(DeadLetter::getOffset, DeadLetter::getValue)
                .containsExactlyInAnyOrderElementsOf(
                        corruptByOffset.entrySet().stream()
                                .map(
                                        entry ->
                                                tuple(
                                                        entry.getKey(),
                                                        entry.getValue() == null
                                                                ? null
                                                                : ByteBuffer.wrap(
                                                                        entry.getValue())))
                                .toList());
        assertThat(found)
                .allSatisfy(
                        letter -> {
                            assertThat(letter.getStage()).isEqualTo("ingest");
                            assertThat(letter.getTopic()).isEqualTo(from.name());
                            assertThat(letter.getPartition()).isZero();
                            assertThat(letter.getKey())
                                    .isEqualTo(ByteBuffer.wrap(new byte[] {1, 2}));
                            assertThat(letter.getError()).startsWith("not a CodeSnippet: ");
                        });
        assertThat(METRICS.findMetrics(job, "deadLetters").values())
                .extracting(metric -> ((Counter) metric).getCount())
                .contains((long) corruptByOffset.size());
    }

    @Test
    void aJobThatFailsBetweenCheckpointsWritesNothingTwice(@TempDir Path folder) throws Exception {
        Topic<CodeSnippet> from = topics.alone(Topics.CODE_SNIPPETS);
        Topic<CodeSnippet> to = topics.alone(Topics.CODE_SNIPPETS);
        List<CodeSnippet> snippets = Records.snippets(1_000);
        Path failed = folder.resolve("failed");

        StreamExecutionEnvironment env = environment();
        env.enableCheckpointing(500);
        TopicSource.read(env, from, connection, "ingest", "exactly-once-test")
                .records()
                .map(
                        new FailOnceAt(snippets.get(999).getId(), failed.toString()),
                        AvroType.forRecord(CodeSnippet.class))
                .uid("fail-once")
                .sinkTo(TopicSink.exactlyOnce(to, connection, to.name()))
                .uid("write");
        JobClient job = env.executeAsync();
        try {
            // Once the first half is committed, a checkpoint is behind it.
            topics.produce(from, snippets.subList(0, 500));
            topics.readCommitted(to, 500, PATIENCE);
            assertThat(failed).doesNotExist();
            topics.produce(from, snippets.subList(500, 1_000));

            assertThat(topics.readCommitted(to, 1_000, PATIENCE))
                    .containsExactlyInAnyOrderElementsOf(snippets);
            assertThat(failed).exists();
        } finally {
            job.cancel().get();
        }
    }

    @Test
    void aRegistryThatDoesNotAnswerFailsTheJobInsteadOfLosingTheRecord() {
        Topic<CodeSnippet> from = topics.alone(Topics.CODE_SNIPPETS);
        topics.produce(from, Records.snippets(1));
        TopicsConnection noRegistry =
                new TopicsConnection(connection.bootstrapServers(), "http://127.0.0.1:1");

        StreamExecutionEnvironment env = environment();
        env.configure(new Configuration().set(RestartStrategyOptions.RESTART_STRATEGY, "none"));
        Decoded<CodeSnippet> decoded =
                TopicSource.readToEnd(env, from, noRegistry, "ingest", "no-registry-test");
        decoded.records().sinkTo(new DiscardingSink<>());
        decoded.deadLetters().sinkTo(new DiscardingSink<>());

        assertThatThrownBy(env::execute)
                .hasStackTraceContaining(SchemaRegistryException.class.getName())
                .hasStackTraceContaining(
                        "the schema registry at http://127.0.0.1:1 did not answer");
    }

    @Test
    void operatorsAreNamedByStageAndTopic() {
        StreamExecutionEnvironment env = environment();
        TopicSource.read(env, Topics.REPO_EVENTS, connection, "ingest", "names-test")
                .records()
                .sinkTo(new DiscardingSink<>());

        assertThat(env.getStreamGraph().getStreamNodes())
                .extracting(node -> node.getTransformationUID())
                .contains("ingest.read-repo-events", "ingest.decode-repo-events");
    }

    private Topic<DeadLetter> deadLetters() {
        return topics.alone(Topics.DEAD_LETTERS);
    }

    private static StreamExecutionEnvironment environment() {
        Configuration config =
                new Configuration()
                        .set(PipelineOptions.GENERIC_TYPES, false)
                        .set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay")
                        .set(
                                RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY,
                                Duration.ofMillis(100));
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(config);
        env.setParallelism(2);
        env.enableCheckpointing(1_000);
        return env;
    }

    private static List<byte[]> corruptions(byte[] good) {
        byte[] wrongMagic = good.clone();
        wrongMagic[0] = 1;
        byte[] unknownId = good.clone();
        ByteBuffer.wrap(unknownId).putInt(1, 123_456);
        byte[] negativeId = good.clone();
        ByteBuffer.wrap(negativeId).putInt(1, -1);
        byte[] hugeLength = good.clone();
        Arrays.fill(hugeLength, 5, 9, (byte) 0xff);
        byte[] garbage = new byte[300];
        new Random(1).nextBytes(garbage);
        garbage[0] = 1;
        byte[] nearlyTooLarge = new byte[1_000_000];
        new Random(2).nextBytes(nearlyTooLarge);
        nearlyTooLarge[0] = 1;
        List<byte[]> all = new ArrayList<>();
        all.add(Arrays.copyOf(good, good.length - 3));
        all.add(Arrays.copyOf(good, 5));
        all.add(Arrays.copyOf(good, good.length + 3));
        all.add(wrongMagic);
        all.add(unknownId);
        all.add(negativeId);
        all.add(hugeLength);
        all.add(garbage);
        all.add(nearlyTooLarge);
        all.add(new byte[0]);
        all.add(null);
        return all;
    }

    /** Fails at a record, the first time: a file remembers it over the restart. */
    private static final class FailOnceAt
            implements MapFunction<CodeSnippet, CodeSnippet>, Serializable {

        private static final long serialVersionUID = 1L;

        private final String id;
        private final String file;

        FailOnceAt(String id, String file) {
            this.id = id;
            this.file = file;
        }

        @Override
        public CodeSnippet map(CodeSnippet snippet) {
            if (snippet.getId().equals(id)) {
                try {
                    Files.createFile(Path.of(file));
                    throw new IllegalStateException("fails once, as the test wants it");
                } catch (FileAlreadyExistsException e) {
                    return snippet;
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
            return snippet;
        }
    }
}
