package io.prefstream.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.prefstream.flight.DrawnPair;
import io.prefstream.flight.PendingPairs;
import io.prefstream.flight.ReplayFlightServer;
import io.prefstream.replay.ReplayBuffer;
import io.prefstream.replay.ReplayShards;
import io.prefstream.schemas.OptOut;
import io.prefstream.schemas.OptOutScope;
import io.prefstream.schemas.OptOuts;
import io.prefstream.schemas.PreferencePair;
import io.prefstream.schemas.Split;
import io.prefstream.schemas.Topics;
import io.prefstream.topics.TopicAdmin;
import io.prefstream.topics.TopicWriter;
import io.prefstream.topics.TopicsConnection;
import io.prefstream.trainer.ReplayConfig;
import io.prefstream.trainer.TrainerConfigReader;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightRuntimeException;
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
    private static final int LARGEST_DRAW = 64;

    /** A little of each table's parts. */
    private static final Map<String, String> MIXED =
            Map.of("replay.capacity", "32", "replay.history.capacity", "100");

    /** What the other tests write. */
    private static final List<OptOut> OTHERS = List.of(optOut("maven:g:a"), optOut("maven:g:b"));

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
            assertThat(drawn.get(0).partSize()).isEqualTo(2);
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

            // Of lower rules than what is there: passed over, before c goes by higher ones.
            write(
                    StoredPairs.pair("b", "maven:g:a", Split.HOLDOUT),
                    PreferencePair.newBuilder(StoredPairs.pair("c", "maven:g:a", Split.HOLDOUT))
                            .setRulesVersion(2)
                            .build());
            while (!ids(draw(table, 64)).equals(Set.of("b"))) {
                assertThat(table.awaitFailure(1)).isNull();
            }
        }
        drawsWhatIsReportedToHaveALargeLossMoreOften();
        whatWasOptedOutWhileNobodyServedIsNotDrawnByAFlightClient();
        drawsAreMixedStratifiedAndLimitedAndTheLimiterIsChangedByCommand();
        eachShardTakesInItsOwn();
    }

    /**
     * By hand, with two samples of a pair, 32 at least and a slack of 64: 2 · 64 - 0 pairs may come
     * in before the first draw, as 2 · 32 + 64 is the most; 2 · 32 - 64 = 0 samples must be left.
     */
    private void drawsAreMixedStratifiedAndLimitedAndTheLimiterIsChangedByCommand()
            throws Exception {
        PreferencePair[] pairs = new PreferencePair[70];
        for (int i = 0; i < pairs.length; i++) {
            String language = i % 2 == 0 ? "java" : "go";
            pairs[i] = StoredPairs.pair("mixed-" + i, "maven:g:c", language, Split.TRAIN);
        }
        write(pairs);
        Map<String, String> settings = new HashMap<>(MIXED);
        settings.put("replay.strata.by", "language");
        settings.put("replay.strata.shares.java", "0.5");
        settings.put("replay.min-size", "32");
        settings.put("replay.samples-per-insert", "2");
        settings.put("replay.error-buffer", "64");
        try (ServedTable table = open(folder.resolve("mixed"), settings, OTHERS);
                ReplayFlightServer server = ReplayFlightServer.start(table, "127.0.0.1", 0)) {
            awaitSize(table, 64);
            List<DrawnPair> drawn = draw(table, 64);
            assertThat(drawn).filteredOn(one -> one.part().equals("history")).hasSize(16);
            assertThat(drawn)
                    .filteredOn(one -> one.part().equals("fresh"))
                    .filteredOn(one -> one.pair().getCandidate().getLanguage().equals("java"))
                    .hasSize(24);
            awaitSize(table, 70);
            assertThat(drawn(server.port(), 64)).isNotEmpty();

            assertThatThrownBy(() -> drawn(server.port(), 32))
                    .isInstanceOf(FlightRuntimeException.class)
                    .hasMessageContaining("= 70 · 2.0 - 128 - 32 is below min-diff 0.0")
                    .hasMessageContaining("timeoutSeconds=0.2");
            assertThat(limit(server.port(), "replay.error-buffer=1"))
                    .startsWith("1 prefstream: grpc://127.0.0.1:")
                    .contains(
                            "replay error-buffer of 1.0 is too small",
                            "(samples-per-insert + batch) / 2 = (2.0 + 64) / 2 = 33.0");
            assertThat(limit(server.port(), "replay.sampler=lifo"))
                    .contains("replay.sampler can't be changed while the table is open");
            assertThatThrownBy(() -> drawn(server.port(), 32)).hasMessageContaining("min-diff 0.0");
            assertThat(limit(server.port(), "replay.samples-per-insert=4")).isEqualTo("0 ");
            assertThat(drawn(server.port(), 32)).isNotEmpty();
        }
    }

    private static String limit(int port, String setting) {
        return ReplayCommandTest.run(
                "limit", "--endpoint", "grpc://127.0.0.1:" + port, "--set", setting);
    }

    private void eachShardTakesInItsOwn() throws Exception {
        Path table = folder.resolve("mixed");
        assertThat(ReplayCommandTest.run("reshard", "--table", "" + table, "--shards", "2"))
                .isEqualTo("0 ");
        assertThat(
                        ReplayCommandTest.run(
                                "serve",
                                "--table",
                                "" + table,
                                "--bootstrap-servers",
                                topics.bootstrapServers(),
                                "--registry-url",
                                topics.registryUrl()))
                .startsWith("2 prefstream: " + table + " holds 2 shards of a table");
        PreferencePair[] late = new PreferencePair[20];
        for (int i = 0; i < late.length; i++) {
            late[i] = StoredPairs.pair("late-" + i, "maven:g:c", Split.TRAIN);
        }
        write(late);
        Set<String> all = new TreeSet<>();
        IntStream.range(0, 70).forEach(i -> all.add("mixed-" + i));
        IntStream.range(0, 20).forEach(i -> all.add("late-" + i));
        for (int shard = 0; shard < 2; shard++) {
            int number = shard;
            Set<String> own = new TreeSet<>(all);
            own.removeIf(key -> ReplayShards.of(key, 2) != number);
            try (ServedTable served = open(table.resolve("shard-" + shard), MIXED, OTHERS)) {
                awaitSize(served, own.size());
                assertThat(ids(draw(served, 2_000))).isEqualTo(own);
            }
        }
    }

    /** Before anything is on the log. */
    private void aDrawThatWaitsForPairsIsToldToStarve() throws Exception {
        List<String> told = new ArrayList<>();
        ReplayConfig config = config(Map.of());
        ReplayBuffer empty =
                ReplayBuffer.open(
                        folder.resolve("empty"),
                        config.served(LARGEST_DRAW).withStarvationAfter(Duration.ofMillis(20)),
                        Clock.systemUTC(),
                        (table, what, waited, why) -> told.add(what + ": " + why));
        try (ServedTable table = open(empty, config, List.of())) {
            PendingPairs draw = table.draw(ServedTable.NAME, 3, new SplittableRandom(1));
            assertThatThrownBy(() -> draw.await(Duration.ofMillis(200)))
                    .isInstanceOf(TimeoutException.class)
                    .hasMessageContaining("size 0 is below min-size 1");
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
        try (ServedTable table = open(Map.of(), List.of(optOut("maven:g:b")));
                ReplayFlightServer server = ReplayFlightServer.start(table, "127.0.0.1", 0)) {
            awaitSize(table, 5);
            assertThat(drawnByClient(server.port()))
                    .containsExactly("b", "easy", "hard", "kept", "newest");
        }
    }

    private static OptOut optOut(String repository) {
        return OptOut.newBuilder()
                .setRepository(repository)
                .setScope(OptOutScope.REPOSITORY)
                .setRequestedAt(Instant.EPOCH)
                .build();
    }

    /** The ids in eight batches of 32. */
    private static Set<String> drawnByClient(int port) throws Exception {
        return drawn(port, 32, "{\"table\":\"pairs\",\"batchSize\":32,\"batches\":8,\"seed\":1}");
    }

    /** The ids in a batch. */
    private static Set<String> drawn(int port, int pairs) throws Exception {
        return drawn(
                port,
                pairs,
                "{\"table\":\"pairs\",\"batchSize\":%d,\"batches\":1,\"timeoutSeconds\":0.2}"
                        .formatted(pairs));
    }

    private static Set<String> drawn(int port, int batchSize, String ticket) throws Exception {
        Set<String> ids = new TreeSet<>();
        try (BufferAllocator allocator = new RootAllocator();
                FlightClient client =
                        FlightClient.builder(allocator, Location.forGrpcInsecure("127.0.0.1", port))
                                .build();
                FlightStream batches = client.getStream(new Ticket(ticket.getBytes(UTF_8)))) {
            while (batches.next()) {
                VarCharVector column = (VarCharVector) batches.getRoot().getVector("pair_id");
                assertThat(column.getValueCount()).isEqualTo(batchSize);
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
        Map<String, String> prioritized =
                Map.of(
                        "replay.sampler", "prioritized",
                        "replay.priority-exponent", "1",
                        "replay.importance.exponent", "1");
        try (ServedTable table = open()) {
            awaitSize(table, 3);
            assertThatThrownBy(() -> table.prioritize(ServedTable.NAME, Map.of("hard", 3.0)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("draws uniformly")
                    .hasMessageContaining("--sampler prioritized");
        }
        try (ServedTable table = open(prioritized, List.of())) {
            assertThat(table.prioritize(ServedTable.NAME, Map.of("hard", 3.0, "gone", 9.0)))
                    .isEqualTo(1);
            table.prioritize(ServedTable.NAME, Map.of("easy", 1.0));
        }
        // Kept in the table.
        try (ServedTable table = open(prioritized, List.of())) {
            DrawnPair hard =
                    draw(table, 64).stream()
                            .filter(one -> one.pair().getId().equals("hard"))
                            .findFirst()
                            .orElseThrow();
            assertThat(hard.probability()).isCloseTo(0.6, within(0.01));
            // By hand: that of the others, at 0.2, is the largest.
            assertThat(hard.weight()).isCloseTo(0.2 / 0.6, within(0.01));
        }
    }

    private ServedTable open() {
        return open(Map.of(), List.of());
    }

    private ServedTable open(Map<String, String> settings, List<OptOut> optOuts) {
        return open(folder.resolve("table"), settings, optOuts);
    }

    private static ServedTable open(
            Path table, Map<String, String> settings, List<OptOut> optOuts) {
        ReplayConfig config = config(settings);
        return open(ReplayBuffer.open(table, config.served(LARGEST_DRAW)), config, optOuts);
    }

    private static ServedTable open(ReplayBuffer table, ReplayConfig config, List<OptOut> optOuts) {
        return ServedTable.open(
                table,
                config,
                LARGEST_DRAW,
                new OptOuts(optOuts),
                positions -> PairLog.open(topics, positions, PATIENCE));
    }

    /** Without a minimum size, unless it is said. */
    private static ReplayConfig config(Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(Map.of("replay.min-size", "1"));
        all.putAll(settings);
        return TrainerConfigReader.replay(null, all);
    }

    private static void awaitSize(ServedTable table, long size) throws InterruptedException {
        while (table.sizes().get("pairs") < size) {
            assertThat(table.awaitFailure(1)).isNull();
        }
    }

    private static List<DrawnPair> draw(ServedTable table, int count) throws Exception {
        return table.draw(ServedTable.NAME, count, new SplittableRandom(1)).await(PATIENCE);
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
