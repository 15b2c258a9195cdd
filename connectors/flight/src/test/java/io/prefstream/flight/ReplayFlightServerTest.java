package io.prefstream.flight;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.FinishReason;
import io.prefstream.schemas.PreferencePair;
import io.prefstream.schemas.Response;
import io.prefstream.schemas.Split;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.apache.arrow.flight.Action;
import org.apache.arrow.flight.ActionType;
import org.apache.arrow.flight.Criteria;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStatusCode;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.PutResult;
import org.apache.arrow.flight.SyncPutListener;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The server on a real socket, asked by Arrow's own client. */
@Timeout(120)
class ReplayFlightServerTest {

    private final ListedPairs table = new ListedPairs();
    private BufferAllocator allocator;
    private ReplayFlightServer server;
    private FlightClient client;

    @BeforeEach
    void start() throws Exception {
        allocator = new RootAllocator();
        server = ReplayFlightServer.start(table, "127.0.0.1", 0);
        client =
                FlightClient.builder(
                                allocator, Location.forGrpcInsecure("127.0.0.1", server.port()))
                        .build();
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        // Both complain of memory that was not given back.
        server.close();
        allocator.close();
    }

    @Test
    void batchesHoldThePairsWithKeysAndWeights() throws Exception {
        table.fill(100);

        List<List<Object>> rows = rows("{\"table\":\"pairs\",\"batchSize\":3,\"batches\":2}");

        assertThat(rows).hasSize(6);
        assertThat(rows.get(4))
                .containsExactly(
                        "id-4",
                        "Adds üñí 4\n",
                        "a + b // 🦊",
                        "b - a",
                        0.25,
                        0.04,
                        5L,
                        100L,
                        "fresh",
                        1.5,
                        true,
                        0.75,
                        "java",
                        "mutation",
                        "maven:g:a");
    }

    @Test
    void tablesAreListedWithTheirColumnsAndATicket() throws Exception {
        table.fill(100);
        List<FlightInfo> infos = new ArrayList<>();
        client.listFlights(Criteria.ALL).forEach(infos::add);

        assertThat(infos).hasSize(1);
        FlightInfo info = client.getInfo(FlightDescriptor.path("pairs"));
        assertThat(info.getDescriptor().getPath()).containsExactly("pairs");
        assertThat(info.getSchemaOptional().orElseThrow().getFields())
                .extracting(Field::getName)
                .startsWith("pair_id", "prompt", "chosen", "rejected", "weight", "probability");
        try (FlightStream stream = client.getStream(info.getEndpoints().get(0).getTicket())) {
            assertThat(stream.next()).isTrue();
            assertThat(stream.getRoot().getRowCount()).isEqualTo(32);
            stream.cancel("enough", null);
        }
    }

    @Test
    void aSeedRepeatsTheDraws() throws Exception {
        table.fill(1_000);
        String seven = "{\"table\":\"pairs\",\"batchSize\":50,\"batches\":4,\"seed\":7}";
        rows(seven);
        List<Integer> first = table.drawnNumbers();
        rows(seven);
        List<Integer> second = table.drawnNumbers();
        rows(seven.replace("7", "8"));

        assertThat(second).isEqualTo(first).hasSize(4);
        assertThat(table.drawnNumbers()).isNotEqualTo(first);
    }

    @Test
    void aBadTicketIsAnInvalidArgument() {
        assertStatus("no json", FlightStatusCode.INVALID_ARGUMENT, "the ticket is no JSON");
        assertStatus(
                "{\"table\":\"pairs\",\"batchSize\":-3}",
                FlightStatusCode.INVALID_ARGUMENT,
                "batchSize=-3 must be a whole number from 1 to 8,192");
        assertStatus(
                "{\"table\":\"other\"}",
                FlightStatusCode.NOT_FOUND,
                "table=other: no such table; there are [pairs]");
        assertThatThrownBy(() -> client.getInfo(FlightDescriptor.path("other")))
                .hasMessageContaining("table=other: no such table");
        assertThatThrownBy(() -> client.getInfo(FlightDescriptor.command(new byte[] {1})))
                .hasMessageContaining("a descriptor must be a path of one name");
    }

    @Test
    void marginsAndLossesThatAreReportedBackAreTheTablesPriorities() throws Exception {
        table.fill(100);
        assertThat(report("margin", Map.of("id-1", -2.0, "id-2", 3.0, "gone", 0.0)))
                .isEqualTo("{\"updated\": 2, \"unknown\": 1}");
        // −log σ(−2) = log(1 + e²)
        assertThat(table.priorities.get("id-1")).isCloseTo(2.126928, within(1e-6));
        assertThat(table.priorities.get("id-2")).isCloseTo(0.048587, within(1e-6));
        report("loss", Map.of("id-1", 0.25));
        report("priority", Map.of("id-2", 7.0));
        assertThat(table.priorities).containsEntry("id-1", 0.25).containsEntry("id-2", 7.0);
    }

    @Test
    void aReportThatCannotBeIsAnInvalidArgumentAndChangesNothing() {
        table.fill(100);
        assertRefused("loss of row 0 is -1.0: must be at least 0 and finite", "loss", -1);
        assertRefused("margin of row 0 is NaN: must be a finite number", "margin", Double.NaN);
        assertRefused("columns [pair_id, reward]: expected pair_id (utf8) and one of", "reward", 1);
        table.drawsUniformly = true;
        assertRefused("--sampler prioritized", "loss", 1);
        assertThat(table.priorities).isEmpty();
        Map<String, Double> many = new TreeMap<>();
        IntStream.rangeClosed(0, 8_192).forEach(i -> many.put("id-" + i, 1.0));
        assertThatThrownBy(() -> report("loss", many))
                .hasMessageContaining("a record batch of 8,193 rows: must be 8,192 at most");
    }

    private void assertRefused(String why, String column, double value) {
        assertThatThrownBy(() -> report(column, Map.of("id-1", value)))
                .isInstanceOfSatisfying(
                        FlightRuntimeException.class,
                        e ->
                                assertThat(e.status().code())
                                        .isEqualTo(FlightStatusCode.INVALID_ARGUMENT))
                .hasMessageContaining(why);
    }

    /** Reports as one record batch. Returns the answer. */
    private String report(String column, Map<String, Double> values) throws Exception {
        Schema schema =
                new Schema(
                        List.of(
                                Field.notNullable("pair_id", ArrowType.Utf8.INSTANCE),
                                Field.notNullable(
                                        column,
                                        new ArrowType.FloatingPoint(
                                                FloatingPointPrecision.DOUBLE))));
        try (VectorSchemaRoot batch = VectorSchemaRoot.create(schema, allocator);
                SyncPutListener answers = new SyncPutListener()) {
            FlightClient.ClientStreamListener stream =
                    client.startPut(FlightDescriptor.path("pairs"), batch, answers);
            int row = 0;
            for (Map.Entry<String, Double> one : values.entrySet()) {
                ((VarCharVector) batch.getVector(0)).setSafe(row, one.getKey().getBytes(UTF_8));
                ((Float8Vector) batch.getVector(1)).setSafe(row++, one.getValue());
            }
            batch.setRowCount(row);
            stream.putNext();
            stream.completed();
            try (PutResult answer = answers.poll(60, TimeUnit.SECONDS)) {
                byte[] json = new byte[(int) answer.getApplicationMetadata().readableBytes()];
                answer.getApplicationMetadata().getBytes(0, json);
                stream.getResult();
                return new String(json, UTF_8);
            }
        } catch (ExecutionException e) {
            throw (Exception) e.getCause();
        }
    }

    @Test
    void anEmptyTableEndsInATimeout() {
        assertStatus(
                "{\"table\":\"pairs\",\"batchSize\":3,\"timeoutSeconds\":0.3}",
                FlightStatusCode.TIMED_OUT,
                "size 0 is below min-size 1 (batchSize=3, timeoutSeconds=0.3)");
    }

    @Test
    void pairsThatComeWhileItWaitsAreDrawn() throws Exception {
        Thread later =
                new Thread(
                        () -> {
                            awaitQuietly(table.asked);
                            table.fill(10);
                        });
        later.start();

        assertThat(rows("{\"table\":\"pairs\",\"batchSize\":2,\"batches\":1}")).hasSize(2);
        later.join();
    }

    @Test
    void aFailureOfTheTableIsTold() {
        table.failure = new IllegalStateException("the log can't be read");

        assertStatus("{\"table\":\"pairs\"}", FlightStatusCode.INTERNAL, "the log can't be read");
    }

    @Test
    void aClientThatReadsNothingDrawsOnlyWhatIsOnTheWire() throws Exception {
        table.fill(100);
        table.text = "x".repeat(20_000);
        // 200 batches of 64 × 40 kB are 500 MB; the wire holds some of them.
        try (FlightStream stream =
                client.getStream(
                        ticket("{\"table\":\"pairs\",\"batchSize\":64,\"batches\":200}"))) {
            assertThat(stream.next()).isTrue();
            int before = awaitStill(table.draws);

            assertThat(before).isLessThan(100);
            stream.cancel("enough", null);
        }
    }

    @Test
    void cancelEndsTheDraws() throws Exception {
        table.fill(100);
        try (FlightStream stream = client.getStream(ticket("{\"table\":\"pairs\"}"))) {
            assertThat(stream.next()).isTrue();
            stream.cancel("enough", null);
        }

        int after = awaitStill(table.draws);
        assertThat(rows("{\"table\":\"pairs\",\"batches\":1}")).hasSize(32);
        assertThat(table.draws.get()).isEqualTo(after + 1);
    }

    @Test
    void cancelEndsAWaitForPairs() throws Exception {
        try (FlightStream stream =
                client.getStream(ticket("{\"table\":\"pairs\",\"timeoutSeconds\":3600}"))) {
            assertThat(table.asked.await(60, TimeUnit.SECONDS)).isTrue();
            stream.cancel("enough", null);
        }
        assertThat(table.calledOff.await(60, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void noMoreIsDrawnAtOnceThanTheTableLets() throws Exception {
        table.fill(100);
        table.largest = 16;
        assertStatus(
                "{\"table\":\"pairs\",\"batchSize\":17}",
                FlightStatusCode.INVALID_ARGUMENT,
                "batchSize=17 exceeds the 16 pairs that may be drawn of table pairs at once");
        FlightInfo info = client.getInfo(FlightDescriptor.path("pairs"));
        try (FlightStream stream = client.getStream(info.getEndpoints().get(0).getTicket())) {
            assertThat(stream.next()).isTrue();
            assertThat(stream.getRoot().getRowCount()).isEqualTo(16);
            stream.cancel("enough", null);
        }
    }

    @Test
    void theLimiterIsChangedByAnActionAndTellsWhatItIs() throws Exception {
        assertThat(client.listActions()).extracting(ActionType::getType).containsExactly("limit");
        assertThat(act("{\"table\":\"pairs\",\"set\":{\"ratio\":2.5,\"min-size\":null}}"))
                .isEqualTo("{\"min-size\":\"null\",\"ratio\":\"2.5\"}");
        try (ReplayFlightClient ours =
                new ReplayFlightClient("grpc://127.0.0.1:" + server.port())) {
            assertThat(ours.limit("pairs", Map.of("ratio", "4")))
                    .isEqualTo(new TreeMap<>(Map.of("min-size", "null", "ratio", "4")));
            assertThat(ours.limit("pairs", Map.of())).containsEntry("ratio", "4");
            assertThatThrownBy(() -> ours.limit("pairs", Map.of("ratio", "0")))
                    .isInstanceOf(IOException.class)
                    .hasMessage(
                            "grpc://127.0.0.1:%d: ratio=0 must be above 0"
                                    .formatted(server.port()));
            assertThatThrownBy(() -> ours.limit("other", Map.of()))
                    .hasMessageContaining("table=other: no such table; there are [pairs]");
        }
        assertThatThrownBy(() -> act("{\"table\":\"pairs\",\"set\":[1]}"))
                .hasMessageContaining("set=[1] must be a JSON object");
        assertThatThrownBy(() -> act("{\"table\":\"pairs\",\"ratio\":1}"))
                .hasMessageContaining("ratio: no such field of a body; there are [set, table]");
        assertThatThrownBy(() -> client.doAction(new Action("stop")).hasNext())
                .hasMessageContaining("stop: no such action; there is limit");
        assertThatThrownBy(() -> new ReplayFlightClient("here"))
                .hasMessage("here must be an address such as grpc://127.0.0.1:8815");
    }

    private String act(String body) {
        return new String(
                client.doAction(new Action("limit", body.getBytes(UTF_8))).next().getBody(), UTF_8);
    }

    @Test
    void severalClientsDrawAtOnce() throws Exception {
        table.fill(1_000);
        List<Thread> threads = new ArrayList<>();
        AtomicInteger total = new AtomicInteger();
        for (int i = 0; i < 4; i++) {
            Thread thread =
                    new Thread(
                            () -> {
                                try {
                                    total.addAndGet(
                                            rows("{\"table\":\"pairs\",\"batches\":20}").size());
                                } catch (Exception e) {
                                    throw new IllegalStateException(e);
                                }
                            });
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(total).hasValue(4 * 20 * 32);
    }

    @Test
    void aPortThatIsTakenIsNamed() {
        assertThatThrownBy(() -> ReplayFlightServer.start(table, "127.0.0.1", server.port()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot listen on 127.0.0.1:" + server.port());
    }

    private void assertStatus(String ticket, FlightStatusCode code, String message) {
        assertThatThrownBy(() -> rows(ticket))
                .isInstanceOfSatisfying(
                        FlightRuntimeException.class,
                        e -> assertThat(e.status().code()).isEqualTo(code))
                .hasMessageContaining(message);
    }

    private List<List<Object>> rows(String ticket) throws Exception {
        List<List<Object>> rows = new ArrayList<>();
        try (FlightStream stream = client.getStream(ticket(ticket))) {
            while (stream.next()) {
                VectorSchemaRoot root = stream.getRoot();
                for (int row = 0; row < root.getRowCount(); row++) {
                    List<Object> values = new ArrayList<>();
                    for (var vector : root.getFieldVectors()) {
                        Object value = vector.getObject(row);
                        values.add(
                                value instanceof org.apache.arrow.vector.util.Text text
                                        ? text.toString()
                                        : value);
                    }
                    rows.add(values);
                }
            }
        }
        return rows;
    }

    private static Ticket ticket(String json) {
        return new Ticket(json.getBytes(UTF_8));
    }

    /** Waits until a counter has not moved for a while. Returns it. */
    private static int awaitStill(AtomicInteger counter) throws InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        int last;
        do {
            last = counter.get();
            never.await(700, TimeUnit.MILLISECONDS);
        } while (counter.get() != last);
        return last;
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A table in memory that hands out its pairs in turn. */
    private static final class ListedPairs implements ReplaySource {

        private final CountDownLatch asked = new CountDownLatch(1);
        private final CountDownLatch calledOff = new CountDownLatch(1);
        private final AtomicInteger draws = new AtomicInteger();
        private final List<Integer> numbers = new ArrayList<>();
        private final Map<String, Double> priorities = new ConcurrentHashMap<>();
        private final Map<String, String> limits = new TreeMap<>();
        private volatile boolean drawsUniformly;
        private volatile int largest = 8_192;
        private volatile int size;
        private volatile String text = "a + b // 🦊";
        private volatile RuntimeException failure;
        private int next;

        void fill(int pairs) {
            size = pairs;
        }

        /** A number that each draw took from its random generator, since last asked. */
        synchronized List<Integer> drawnNumbers() {
            List<Integer> taken = List.copyOf(numbers);
            numbers.clear();
            return taken;
        }

        @Override
        public SortedMap<String, Long> sizes() {
            return new TreeMap<>(Map.of("pairs", (long) size));
        }

        @Override
        public int largestDraw(String name) {
            return largest;
        }

        @Override
        public PendingPairs draw(String name, int count, RandomGenerator random) {
            CountDownLatch cancelled = new CountDownLatch(1);
            return new PendingPairs() {
                @Override
                public List<DrawnPair> await(Duration timeout)
                        throws InterruptedException, TimeoutException {
                    return drawn(count, random, cancelled, timeout);
                }

                @Override
                public void cancel() {
                    cancelled.countDown();
                }
            };
        }

        private List<DrawnPair> drawn(
                int count, RandomGenerator random, CountDownLatch cancelled, Duration timeout)
                throws InterruptedException, TimeoutException {
            if (failure != null) {
                throw failure;
            }
            long deadline = System.nanoTime() + timeout.toNanos();
            while (size == 0) {
                asked.countDown();
                if (cancelled.await(1, TimeUnit.MILLISECONDS)) {
                    calledOff.countDown();
                    throw new CancellationException("the draw was called off");
                }
                if (System.nanoTime() > deadline) {
                    throw new TimeoutException("size 0 is below min-size 1");
                }
            }
            draws.incrementAndGet();
            synchronized (this) {
                numbers.add(random.nextInt());
                return IntStream.range(0, count).mapToObj(i -> drawn(next++)).toList();
            }
        }

        @Override
        public int prioritize(String name, Map<String, Double> reported) {
            if (drawsUniformly) {
                throw new IllegalArgumentException("start with --sampler prioritized");
            }
            Map<String, Double> known = new TreeMap<>(reported);
            known.keySet().removeIf(id -> !id.startsWith("id-"));
            priorities.putAll(known);
            return known.size();
        }

        @Override
        public synchronized SortedMap<String, String> limit(
                String name, Map<String, String> changes) {
            if ("0".equals(changes.get("ratio"))) {
                throw new IllegalArgumentException("ratio=0 must be above 0");
            }
            limits.putAll(changes);
            return new TreeMap<>(limits);
        }

        private DrawnPair drawn(int number) {
            return new DrawnPair(
                    pair(number),
                    "fresh",
                    0.04,
                    0.25,
                    number + 1,
                    size,
                    Duration.ofMillis(1_500),
                    true);
        }

        private PreferencePair pair(int number) {
            CandidatePair candidate =
                    CandidatePair.newBuilder()
                            .setId("id-" + number)
                            .setSnippetId("s")
                            .setRepository("maven:g:a")
                            .setRevision("1")
                            .setPath("A.java")
                            .setLanguage("java")
                            .setInstruction("Adds üñí " + number)
                            .setInstructionSource("doc-comment")
                            .setChosen(response(text))
                            .setRejected(response("b - a"))
                            .setStrategy("mutation")
                            .setPublishedAt(Instant.EPOCH)
                            .setProducer("test/1")
                            .build();
            return PreferencePair.newBuilder()
                    .setId(candidate.getId())
                    .setCandidate(candidate)
                    .setChecks(List.of())
                    .setConfidence(0.75)
                    .setSplit(Split.TRAIN)
                    .setPublishedAt(Instant.EPOCH)
                    .setProducer("test/1")
                    .build();
        }

        private static Response response(String text) {
            return Response.newBuilder()
                    .setText(text)
                    .setGenerator("published")
                    .setFinishReason(FinishReason.PUBLISHED)
                    .build();
        }
    }
}
