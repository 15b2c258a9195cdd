package io.prefstream.replay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prefstream.schemas.PreferencePair;
import io.prefstream.schemas.RulesVersion;
import io.prefstream.schemas.Topic;
import io.prefstream.schemas.Topics;
import io.prefstream.topics.RecordDecoder;
import io.prefstream.topics.RecordEncoder;
import io.prefstream.topics.SchemaRegistryException;
import io.prefstream.topics.testing.TestTopics;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.SortedMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The reader on a real broker and a real registry; each test has a log of its own. */
class PairLogReaderTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration A_MOMENT = Duration.ofMillis(200);

    private final TestTopics topics = TestTopics.shared();
    private Topic<PreferencePair> log;

    @BeforeEach
    void newLog() {
        log = topics.alone(Topics.PREFERENCE_PAIRS);
    }

    @Test
    void partitionsTakeTurnsAndALongerOneGoesOnAlone() {
        write(0, "a0", "a1", "a2", "a3");
        write(1, "b0", "b1");
        try (PairLogReader reader = reader(Map.of())) {
            assertThat(names(reader.take(100))).containsExactly("a0", "b0", "a1", "b1", "a2", "a3");
            assertThat(reader.positions()).isEqualTo(Map.of(0, 4L, 1, 2L));
            assertThat(reader.take(100)).isEmpty();
        }
    }

    @Test
    void theOrderDoesNotDependOnHowMuchAFetchBrings() {
        write(0, "a0", "a1", "a2", "a3");
        write(1, "b0", "b1", "b2");
        try (PairLogReader oneByOne = reader(Map.of(), Map.of("max.poll.records", "1"))) {
            assertThat(names(oneByOne.take(100)))
                    .containsExactly("a0", "b0", "a1", "b1", "a2", "b2", "a3");
        }
    }

    @Test
    void startsAtTheGivenOffsetsAndElseAtTheBeginning() {
        write(0, "a0", "a1", "a2");
        write(1, "b0", "b1");
        try (PairLogReader reader = reader(Map.of(0, 2L))) {
            assertThat(reader.positions()).isEqualTo(Map.of(0, 2L, 1, 0L));
            assertThat(names(reader.take(100))).containsExactly("b0", "b1", "a2");
        }
    }

    @Test
    void aSecondReaderGoesOnWhereTheFirstOneWas() {
        write(0, "a0", "a1", "a2", "a3");
        write(1, "b0", "b1", "b2");
        List<String> taken = new ArrayList<>();
        SortedMap<Integer, Long> kept;
        try (PairLogReader first = reader(Map.of())) {
            taken.addAll(names(first.take(3)));
            // It has fetched more than it handed over; what counts is what was taken.
            kept = first.positions();
        }
        assertThat(kept).isEqualTo(Map.of(0, 2L, 1, 1L));
        try (PairLogReader second = reader(kept)) {
            taken.addAll(names(second.take(100)));
        }
        assertThat(taken).containsExactly("a0", "b0", "a1", "b1", "a2", "b2", "a3");
    }

    @Test
    void takesNoMoreThanAsked() {
        write(0, "a0", "a1", "a2");
        try (PairLogReader reader = reader(Map.of())) {
            assertThat(reader.lag()).isEmpty();
            assertThat(names(reader.take(2))).containsExactly("a0", "a1");
            assertThat(reader.lag()).isEqualTo(Map.of(0, 1L, 1, 0L));
            assertThat(names(reader.take(2))).containsExactly("a2");
            assertThat(reader.lag()).isEqualTo(Map.of(0, 0L, 1, 0L));
            assertThat(reader.take(0)).isEmpty();
        }
    }

    @Test
    void waitsUntilSomethingComes() {
        try (PairLogReader reader = reader(Map.of())) {
            assertThat(reader.await(A_MOMENT)).isFalse();
            assertThat(reader.take(1)).isEmpty();
            write(1, "b0");
            assertThat(reader.await(PATIENCE)).isTrue();
            assertThat(names(reader.take(1))).containsExactly("b0");
        }
    }

    @Test
    void seesOfTransactionsOnlyTheCommittedOnes() {
        try (KafkaProducer<byte[], PreferencePair> producer = transactional()) {
            inTransaction(producer, "aborted-0");
            producer.abortTransaction();
            inTransaction(producer, "committed-0", "committed-1");
            producer.commitTransaction();
            inTransaction(producer, "aborted-1");
            producer.abortTransaction();
            inTransaction(producer, "open");
            try (PairLogReader reader = reader(Map.of())) {
                assertThat(names(reader.take(100))).containsExactly("committed-0", "committed-1");
                assertThat(reader.take(100)).isEmpty();

                producer.commitTransaction();
                assertThat(reader.await(PATIENCE)).isTrue();
                assertThat(names(reader.take(100))).containsExactly("open");
            }
        }
    }

    @Test
    void resumesBehindAnAbortedTransaction() {
        try (KafkaProducer<byte[], PreferencePair> producer = transactional()) {
            inTransaction(producer, "first");
            producer.commitTransaction();
            SortedMap<Integer, Long> kept;
            try (PairLogReader reader = reader(Map.of())) {
                // A commit is acknowledged before its mark is in the log.
                assertThat(reader.await(PATIENCE)).isTrue();
                assertThat(names(reader.take(100))).containsExactly("first");
                kept = reader.positions();
            }
            inTransaction(producer, "aborted");
            producer.abortTransaction();
            inTransaction(producer, "second");
            producer.commitTransaction();
            try (PairLogReader reader = reader(kept)) {
                assertThat(reader.await(PATIENCE)).isTrue();
                assertThat(names(reader.take(100))).containsExactly("second");
            }
        }
    }

    @Test
    void aRecordThatIsNoPairIsHandedOverAndTheNextOneIsRead() {
        Instant before = Instant.now();
        write(0, "a0");
        topics.produceRaw(log.name(), bytes("key"), new byte[] {0, 1, 2});
        topics.produceRaw(log.name(), null, bytes("no magic byte"));
        topics.produceRaw(log.name(), bytes("deleted"), null);
        write(0, "a4");
        try (PairLogReader reader = reader(Map.of())) {
            List<LogRecord> records = reader.take(100);
            assertThat(records).extracting(LogRecord::offset).containsExactly(0L, 1L, 2L, 3L, 4L);
            assertThat(pair(records.get(0))).isEqualTo(Pairs.pair("a0"));
            assertThat(pair(records.get(4))).isEqualTo(Pairs.pair("a4"));

            LogRecord.Undecodable tooShort = (LogRecord.Undecodable) records.get(1);
            assertThat(tooShort.topic()).isEqualTo(log.name());
            assertThat(tooShort.partition()).isZero();
            assertThat(tooShort.key()).isEqualTo(bytes("key"));
            assertThat(tooShort.value()).containsExactly(0, 1, 2);
            assertThat(tooShort.error()).contains("3 bytes is shorter than the header");
            assertThat(tooShort.recordedAt())
                    .isBetween(before.minusMillis(1), Instant.now().plusMillis(1));

            LogRecord.Undecodable foreign = (LogRecord.Undecodable) records.get(2);
            assertThat(foreign.key()).isNull();
            assertThat(foreign.error()).contains("begins with 0x6e");
            assertThat(records.get(3)).isEqualTo(new LogRecord.Removal(0, 3, "deleted"));
            assertThat(reader.positions()).containsEntry(0, 5L);
        }
    }

    @Test
    void aTombstoneSaysWhichRulesWroteIt() {
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(
                        topics.connection().clientProperties(),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            for (String rules : List.of("2", "two")) {
                ProducerRecord<byte[], byte[]> tombstone =
                        new ProducerRecord<>(log.name(), 0, bytes("refused"), null);
                tombstone.headers().add(RulesVersion.HEADER, bytes(rules));
                producer.send(tombstone);
            }
        }
        try (PairLogReader reader = reader(Map.of())) {
            List<LogRecord> records = reader.take(100);
            assertThat(records.get(0)).isEqualTo(new LogRecord.Removal(0, 0, "refused", 2));
            assertThat(((LogRecord.Undecodable) records.get(1)).error())
                    .isEqualTo(
                            "tombstone whose header prefstream-rules-version is 'two', not a number"
                                    + " from 1");
        }
    }

    @Test
    void aRegistryThatIsDownIsNotTheRecordsFault() {
        write(0, "a0");
        Deserializer<PreferencePair> withoutRegistry =
                (topic, bytes) -> {
                    throw new SchemaRegistryException("no answer");
                };
        try (PairLogReader reader =
                new PairLogReader(kafka(), log.name(), withoutRegistry, Map.of())) {
            assertThatThrownBy(() -> reader.take(1))
                    .isInstanceOf(SchemaRegistryException.class)
                    .hasMessage("no answer");
        }
    }

    @Test
    void aTopicThatDoesNotExistIsNamedAndNotCreated() throws Exception {
        String missing = "no-such-topic";
        assertThatThrownBy(() -> new PairLogReader(kafka(), missing, decoder(), Map.of()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the topic no-such-topic doesn't exist");
        try (Admin admin = Admin.create(topics.connection().clientProperties())) {
            assertThat(admin.listTopics().names().get()).doesNotContain(missing);
        }
    }

    @Test
    void positionsThatTheLogNoLongerHoldsAreNamed() throws Exception {
        write(0, "a0", "a1", "a2");
        deleteBefore(0, 2);
        try (PairLogReader reader = reader(Map.of(0, 1L))) {
            assertThatThrownBy(() -> reader.take(1))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("the log " + log.name() + " doesn't hold the positions")
                    .hasMessageContaining("-0=1")
                    .hasMessageContaining("retention");
        }
        try (PairLogReader reader = reader(Map.of())) {
            assertThat(names(reader.take(100))).containsExactly("a2");
        }
    }

    @Test
    void positionsBehindTheEndOfALogThatWasMadeAnewAreNamed() {
        write(0, "a0");
        try (PairLogReader reader = reader(Map.of(0, 7L))) {
            assertThatThrownBy(() -> reader.await(PATIENCE))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("-0=7")
                    .hasMessageContaining("made anew");
        }
    }

    @Test
    void aBrokerThatDoesNotAnswerIsOneClearError() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            String place = "127.0.0.1:" + silent.getLocalPort();
            Map<String, String> properties =
                    Map.of("bootstrap.servers", place, "default.api.timeout.ms", "500");
            assertThatThrownBy(() -> new PairLogReader(properties, log.name(), decoder(), Map.of()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("the log " + log.name())
                    .hasMessageContaining("bootstrap.servers=" + place)
                    .hasMessageContaining("Timeout");
        }
    }

    @Test
    void anAddressThatIsNoneIsOneClearError() {
        Map<String, String> properties = Map.of("bootstrap.servers", "nonsense");
        assertThatThrownBy(() -> new PairLogReader(properties, log.name(), decoder(), Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("bootstrap.servers=nonsense");
    }

    private PairLogReader reader(Map<Integer, Long> positions) {
        return reader(positions, Map.of());
    }

    private PairLogReader reader(Map<Integer, Long> positions, Map<String, String> properties) {
        Map<String, String> all = kafka();
        all.putAll(properties);
        return new PairLogReader(all, log.name(), decoder(), positions);
    }

    private Map<String, String> kafka() {
        Map<String, String> properties = new HashMap<>();
        properties.put("bootstrap.servers", topics.connection().bootstrapServers());
        return properties;
    }

    private RecordDecoder<PreferencePair> decoder() {
        return RecordDecoder.connect(log, topics.connection());
    }

    private void write(int partition, String... names) {
        try (KafkaProducer<byte[], PreferencePair> producer = producer(Map.of())) {
            for (String name : names) {
                producer.send(new ProducerRecord<>(log.name(), partition, null, Pairs.pair(name)));
            }
        }
    }

    private KafkaProducer<byte[], PreferencePair> transactional() {
        KafkaProducer<byte[], PreferencePair> producer =
                producer(Map.of("transactional.id", log.name()));
        producer.initTransactions();
        return producer;
    }

    /** Begins a transaction and waits until the broker has its records. */
    private void inTransaction(KafkaProducer<byte[], PreferencePair> producer, String... names) {
        producer.beginTransaction();
        for (String name : names) {
            producer.send(new ProducerRecord<>(log.name(), 0, null, Pairs.pair(name)));
        }
        producer.flush();
    }

    private KafkaProducer<byte[], PreferencePair> producer(Map<String, String> properties) {
        Properties all = topics.connection().clientProperties();
        all.putAll(properties);
        return new KafkaProducer<>(
                all, new ByteArraySerializer(), RecordEncoder.connect(log, topics.connection()));
    }

    private void deleteBefore(int partition, long offset)
            throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(topics.connection().clientProperties())) {
            admin.deleteRecords(
                            Map.of(
                                    new TopicPartition(log.name(), partition),
                                    RecordsToDelete.beforeOffset(offset)))
                    .all()
                    .get();
        }
    }

    private static List<String> names(List<LogRecord> records) {
        return records.stream().map(record -> pair(record).getId()).toList();
    }

    private static PreferencePair pair(LogRecord record) {
        return ((LogRecord.Pair) record).pair();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
