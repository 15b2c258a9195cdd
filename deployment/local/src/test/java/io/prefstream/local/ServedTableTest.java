package io.prefstream.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.prefstream.flight.DrawnPair;
import io.prefstream.flight.ReplayFlightServer;
import io.prefstream.replay.ReplayBuffer;
import io.prefstream.replay.ReplaySettings;
import io.prefstream.replay.Selection;
import io.prefstream.replay.TableSettings;
import io.prefstream.schemas.OptOut;
import io.prefstream.schemas.OptOutScope;
import io.prefstream.schemas.OptOuts;
import io.prefstream.schemas.PreferencePair;
import io.prefstream.schemas.Split;
import io.prefstream.schemas.Topics;
import io.prefstream.topics.TopicAdmin;
import io.prefstream.topics.TopicWriter;
import io.prefstream.topics.TopicsConnection;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VarCharVector;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The table on a real broker and a real registry. */
@Timeout(180)
class ServedTableTest {

    private static final Duration PATIENCE = Duration.ofMinutes(3);

    @TempDir private static Path services;
    private static EmbeddedKafka kafka;
    private static EmbeddedRegistry registry;
    private static TopicsConnection topics;

    @TempDir private Path folder;

    @BeforeAll
    static void start() throws Exception {
        kafka = EmbeddedKafka.start(services.resolve("kafka"));
        registry =
                EmbeddedRegistry.start(
                        EmbeddedRegistry.home(),
                        services.resolve("registry"),
                        services.resolve("registry.log"));
        topics = new TopicsConnection(kafka.bootstrapServers(), registry.url());
        TopicAdmin.create(topics, 1, (short) 1);
    }

    @AfterAll
    static void stop() {
        registry.close();
        kafka.close();
    }

    @Test
    void followsTheLogAndGoesOnWhereItWas() throws Exception {
        aDrawThatWaitsForPairsIsToldToStarve();
        write(
                StoredPairs.pair("held out", "maven:g:a", Split.HOLDOUT),
                StoredPairs.pair("a", "maven:g:a", Split.TRAIN),
                StoredPairs.pair("b", "maven:g:a", Split.TRAIN));
        try (ServedTable table = open()) {
            awaitSize(table, 2);
            List<DrawnPair> drawn = draw(table, 64);
            assertThat(drawn).hasSize(64);
            assertThat(ids(drawn)).containsExactly("a", "b");
            assertThat(drawn.get(0).probability()).isEqualTo(0.5);
            assertThat(drawn.get(0).weight()).isEqualTo(1.0);
            assertThat(drawn.get(0).tableSize()).isEqualTo(2);
        }

        remove("a");
        PreferencePair judgedAgain =
                PreferencePair.newBuilder(StoredPairs.pair("b", "maven:g:a", Split.TRAIN))
                        .setConfidence(0.125)
                        .setRulesVersion(2)
                        .build();
        write(judgedAgain, StoredPairs.pair("c", "maven:g:a", Split.TRAIN));
        try (ServedTable table = open()) {
            // b is there from before: what was read is not read again.
            while (!ids(draw(table, 64)).equals(Set.of("b", "c"))) {
                assertThat(table.awaitFailure(1)).isNull();
            }
            assertThat(table.sizes()).containsExactly(Map.entry("pairs", 2L));
            assertThat(draw(table, 64)).extracting(DrawnPair::pair).contains(judgedAgain);

            write(StoredPairs.pair("b", "maven:g:a", Split.HOLDOUT));
            while (!ids(draw(table, 64)).equals(Set.of("c"))) {
                assertThat(table.awaitFailure(1)).isNull();
            }
        }
        drawsWhatIsReportedToHaveALargeLossMoreOften();
        whatWasOptedOutWhileNobodyServedIsNotDrawnByAFlightClient();
    }

    /** Before anything is on the log. */
    private void aDrawThatWaitsForPairsIsToldToStarve() throws Exception {
        List<String> told = new ArrayList<>();
        ReplayBuffer empty =
                ReplayBuffer.open(
                        folder.resolve("empty"),
                        ReplaySettings.uniform(10).withStarvationAfter(Duration.ofMillis(20)),
                        Clock.systemUTC(),
                        (table, what, waited, why) -> told.add(what + ": " + why));
        try (ServedTable table = open(empty, List.of())) {
            assertThat(
                            table.draw(
                                    ServedTable.NAME,
                                    3,
                                    new SplittableRandom(1),
                                    Duration.ofMillis(200)))
                    .isEmpty();
        }
        assertThat(told).containsExactly("draw: size 0 is below min-size 1");
    }

    /** No tombstone came, or it came and went before the server was back. */
    private void whatWasOptedOutWhileNobodyServedIsNotDrawnByAFlightClient() throws Exception {
        write(
                StoredPairs.pair("kept", "maven:g:a", Split.TRAIN),
                StoredPairs.pair("withdrawn", "maven:g:b", Split.TRAIN));
        try (ServedTable table = open()) {
            awaitSize(table, 5);
        }
        // Still on the log, behind where the table stands.
        write(StoredPairs.pair("withdrawn too", "maven:g:b", Split.TRAIN));
        write(StoredPairs.pair("newest", "maven:g:a", Split.TRAIN));
        OptOut optOut =
                OptOut.newBuilder()
                        .setRepository("maven:g:b")
                        .setScope(OptOutScope.REPOSITORY)
                        .setRequestedAt(Instant.EPOCH)
                        .build();
        ReplayBuffer buffer =
                ReplayBuffer.open(folder.resolve("table"), ReplaySettings.uniform(10));
        try (ServedTable table = open(buffer, List.of(optOut));
                ReplayFlightServer server = ReplayFlightServer.start(table, "127.0.0.1", 0)) {
            awaitSize(table, 5);
            assertThat(drawnByClient(server.port()))
                    .containsExactly("c", "easy", "hard", "kept", "newest");
        }
    }

    /** The ids in eight batches of 32. */
    private static Set<String> drawnByClient(int port) throws Exception {
        Set<String> ids = new TreeSet<>();
        byte[] ticket =
                "{\"table\":\"pairs\",\"batchSize\":32,\"batches\":8,\"seed\":1}".getBytes(UTF_8);
        try (BufferAllocator allocator = new RootAllocator();
                FlightClient client =
                        FlightClient.builder(allocator, Location.forGrpcInsecure("127.0.0.1", port))
                                .build();
                FlightStream batches = client.getStream(new Ticket(ticket))) {
            while (batches.next()) {
                VarCharVector column = (VarCharVector) batches.getRoot().getVector("pair_id");
                assertThat(column.getValueCount()).isEqualTo(32);
                for (int i = 0; i < column.getValueCount(); i++) {
                    ids.add(String.valueOf(column.getObject(i)));
                }
            }
        }
        return ids;
    }

    /** The log is the class's: this goes on from what the test above left, which is c. */
    private void drawsWhatIsReportedToHaveALargeLossMoreOften() throws Exception {
        write(
                StoredPairs.pair("easy", "maven:g:a", Split.TRAIN),
                StoredPairs.pair("hard", "maven:g:a", Split.TRAIN));
        ReplaySettings prioritized =
                ReplaySettings.of(
                        TableSettings.table(ReplaySettings.FRESH, 10)
                                .sampler(Selection.PRIORITIZED)
                                .priorityExponent(1)
                                .build());
        try (ServedTable table = open(ReplaySettings.uniform(10))) {
            awaitSize(table, 3);
            assertThatThrownBy(() -> table.prioritize(ServedTable.NAME, Map.of("hard", 3.0)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("draws uniformly")
                    .hasMessageContaining("--sampler prioritized");
        }
        try (ServedTable table = open(prioritized)) {
            assertThat(table.prioritize(ServedTable.NAME, Map.of("hard", 3.0, "gone", 9.0)))
                    .isEqualTo(1);
            table.prioritize(ServedTable.NAME, Map.of("easy", 1.0));
        }
        // Kept in the table.
        try (ServedTable table = open(prioritized)) {
            DrawnPair hard =
                    draw(table, 64).stream()
                            .filter(one -> one.pair().getId().equals("hard"))
                            .findFirst()
                            .orElseThrow();
            assertThat(hard.probability()).isCloseTo(0.6, within(0.01));
            assertThat(hard.weight()).isCloseTo(1 / (3 * hard.probability()), within(1e-9));
        }
    }

    private ServedTable open() {
        return open(ReplaySettings.uniform(10));
    }

    private ServedTable open(ReplaySettings settings) {
        return open(ReplayBuffer.open(folder.resolve("table"), settings), List.of());
    }

    private static ServedTable open(ReplayBuffer table, List<OptOut> optOuts) {
        return ServedTable.open(
                table,
                new OptOuts(optOuts),
                positions -> PairLog.open(topics, positions, PATIENCE));
    }

    private static void awaitSize(ServedTable table, long size) throws InterruptedException {
        while (table.sizes().get("pairs") < size) {
            assertThat(table.awaitFailure(1)).isNull();
        }
    }

    private static List<DrawnPair> draw(ServedTable table, int count) throws InterruptedException {
        return table.draw(ServedTable.NAME, count, new SplittableRandom(1), PATIENCE);
    }

    private static Set<String> ids(List<DrawnPair> drawn) {
        return drawn.stream()
                .map(one -> one.pair().getId())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static void write(PreferencePair... pairs) throws Exception {
        TopicWriter.writeAll(Topics.PREFERENCE_PAIRS, topics, List.of(pairs));
    }

    private static void remove(String id) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(
                        topics.clientProperties(),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            producer.send(
                            new ProducerRecord<>(
                                    Topics.PREFERENCE_PAIRS.name(), id.getBytes(UTF_8), null))
                    .get();
        }
    }
}
