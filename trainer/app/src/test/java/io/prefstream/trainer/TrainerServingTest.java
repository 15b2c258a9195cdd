package io.prefstream.trainer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.prefstream.flight.ReplayFlightClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Flight clients that draw from the table of a trainer that trains. */
@Timeout(120)
class TrainerServingTest extends TokenTraining {

    /**
     * All that draws could disturb: uses, priorities, a second table, the random numbers by which
     * pairs leave; and ages in versions of the model, without which a step's batch is drawn while
     * the step before is computed.
     */
    private static Map<String, String> settings(String maxVersions) {
        return Map.of(
                "schedule.steps", "60",
                "schedule.trunk-every-steps", "20",
                "progress.keys", "true",
                "replay.capacity", "200",
                "replay.sampler", "prioritized",
                "replay.remover", "uniform",
                "replay.max-times-sampled", "4",
                "replay.staleness.max-versions", maxVersions,
                "replay.history.capacity", "100");
    }

    @ParameterizedTest
    @ValueSource(strings = {"40", "null"})
    void clientsDrawFromTheTrainersTableAndItsStepsAndCountsAreTheSame(String maxVersions)
            throws Exception {
        Map<String, String> settings = settings(maxVersions);
        Run alone = train(config(folder.resolve("alone"), settings));
        Set<String> drawn = new TreeSet<>();
        List<Thread> others = new ArrayList<>();
        Run served =
                serve(
                        settings,
                        client -> {
                            if (others.isEmpty()) {
                                others.add(drawsUntilTheEnd(client.port()));
                            }
                            VectorSchemaRoot batch = client.draw(64);
                            assertThat(batch.getRowCount()).isEqualTo(64);
                            for (int row = 0; row < 64; row++) {
                                drawn.add("" + batch.getVector("pair_id").getObject(row));
                            }
                        });
        others.get(0).join();

        assertThat(drawn).hasSizeGreaterThan(200);
        assertThat(served.losses()).hasSize(60).isEqualTo(alone.losses());
        assertThat(told(served, "drawn")).isEqualTo(told(alone, "drawn")).hasSizeGreaterThan(60);
        JsonNode before = summary(folder.resolve("alone"));
        JsonNode after = summary(folder.resolve("served"));
        assertThat(after.path("replay")).isNotEmpty().isEqualTo(before.path("replay"));
        assertThat(after.path("pairsSeen")).isEqualTo(before.path("pairsSeen"));
    }

    /** A client that draws as fast as it can, as long as the table is served. */
    private static Thread drawsUntilTheEnd(int port) {
        Thread thread =
                new Thread(
                        () -> {
                            try (Client client = Client.of(port)) {
                                client.readAll();
                            } catch (FlightRuntimeException e) {
                                // The server has closed.
                            } catch (Exception e) {
                                throw new IllegalStateException(e);
                            }
                        });
        thread.start();
        return thread;
    }

    @Test
    void whatWouldChangeTheTrainersTableIsRefused() throws Exception {
        serve(
                Map.of("schedule.steps", "1"),
                client -> {
                    try (ReplayFlightClient ours = new ReplayFlightClient(client.endpoint())) {
                        assertThatThrownBy(
                                        () -> ours.limit("pairs", Map.of("replay.min-size", "1")))
                                .isInstanceOf(IOException.class)
                                .hasMessageContaining(
                                        "the limiter of table pairs is the trainer's own");
                    }
                });
    }

    @Test
    void aPortThatIsTakenEndsTheTrainerBeforeItsFirstStep() throws Exception {
        serve(
                Map.of("schedule.steps", "1"),
                client -> {
                    Map<String, String> taken =
                            Map.of("schedule.steps", "1", "replay.serve.port", "" + client.port());
                    assertThatThrownBy(() -> train(config(folder.resolve("second"), taken)))
                            .isInstanceOf(IOException.class)
                            .hasMessageContaining("cannot listen on 127.0.0.1:" + client.port());
                });
    }

    private interface Visit {
        void to(Client client) throws Exception;
    }

    /** Trains with the table on a free port, and visits it after each step of the trunk. */
    private Run serve(Map<String, String> settings, Visit visit) throws IOException {
        Map<String, String> all = new HashMap<>(settings);
        all.put("replay.serve.port", "0");
        List<Integer> ports = new ArrayList<>();
        return train(
                config(folder.resolve("served"), all),
                event -> {
                    if (event.path("event").asText().equals("serving")) {
                        ports.add(event.path("port").asInt());
                    }
                },
                step -> {
                    try (Client client = Client.of(ports.get(0))) {
                        visit.to(client);
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                });
    }

    private static List<JsonNode> told(Run run, String event) {
        return run.events().stream()
                .filter(one -> one.path("event").asText().equals(event))
                .map(JsonNode.class::cast)
                .toList();
    }

    private record Client(
            int port, BufferAllocator allocator, FlightClient flight, List<AutoCloseable> opened)
            implements AutoCloseable {

        static Client of(int port) {
            BufferAllocator allocator = new RootAllocator();
            return new Client(
                    port,
                    allocator,
                    FlightClient.builder(allocator, Location.forGrpcInsecure("127.0.0.1", port))
                            .build(),
                    new ArrayList<>());
        }

        String endpoint() {
            return "grpc://127.0.0.1:" + port;
        }

        /** A batch, which is there until the client is closed. */
        VectorSchemaRoot draw(int pairs) throws Exception {
            String ticket = "{\"table\":\"pairs\",\"batchSize\":%d,\"batches\":1}".formatted(pairs);
            FlightStream stream = flight.getStream(new Ticket(ticket.getBytes(UTF_8)));
            opened.add(stream);
            assertThat(stream.next()).isTrue();
            return stream.getRoot();
        }

        void readAll() throws Exception {
            byte[] ticket = "{\"table\":\"pairs\"}".getBytes(UTF_8);
            try (FlightStream stream = flight.getStream(new Ticket(ticket))) {
                while (stream.next()) {
                    assertThat(stream.getRoot().getRowCount()).isEqualTo(32);
                }
            }
        }

        @Override
        public void close() throws Exception {
            for (AutoCloseable one : opened) {
                one.close();
            }
            flight.close();
            allocator.close();
        }
    }
}
