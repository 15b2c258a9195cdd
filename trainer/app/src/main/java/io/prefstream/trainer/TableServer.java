package io.prefstream.trainer;

import io.prefstream.flight.PendingPairs;
import io.prefstream.flight.ReplayFlightServer;
import io.prefstream.flight.ReplaySource;
import io.prefstream.replay.PairCodec;
import io.prefstream.replay.ReplayBuffer;
import java.io.IOException;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * Lets Arrow Flight clients draw from the trainer's own table, as it is drawn from for a step, and
 * changes nothing there: no counter, no use, no age, no random state, so that steps and lineage are
 * those of a trainer that nobody draws from. A draw and the trainer's own take turns.
 */
final class TableServer implements AutoCloseable {

    private static final String NAME = "pairs";

    private final ReplayFlightServer server;

    private TableServer(ReplayFlightServer server) {
        this.server = server;
    }

    /**
     * Begins to answer.
     *
     * @param port 0 for a free one
     * @throws IOException if the address can't be had
     */
    static TableServer start(ReplayConfig config, int port, ReplayBuffer table) throws IOException {
        return new TableServer(
                ReplayFlightServer.start(
                        new Peeked(config, table, new PairCodec(table)),
                        config.serve().bind(),
                        port));
    }

    int port() {
        return server.port();
    }

    /** Ends all streams. */
    @Override
    public void close() {
        try {
            server.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private record Peeked(ReplayConfig config, ReplayBuffer table, PairCodec codec)
            implements ReplaySource {

        @Override
        public SortedMap<String, Long> sizes() {
            return new TreeMap<>(Map.of(NAME, table.stats().size()));
        }

        @Override
        public int largestDraw(String name) {
            return LARGEST_DRAW;
        }

        @Override
        public PendingPairs draw(String name, int count, RandomGenerator random) {
            return new FlightDraw(
                    table.pendingPeek(count, random),
                    codec,
                    () -> config.importance().exponentAt(table.modelVersion()));
        }

        @Override
        public int prioritize(String name, Map<String, Double> priorities) {
            throw new IllegalArgumentException(
                    "table %s takes no priorities: they are the trainer's own losses"
                            .formatted(name));
        }

        @Override
        public SortedMap<String, String> limit(String name, Map<String, String> changes) {
            throw new IllegalArgumentException(
                    "the limiter of table %s is the trainer's own: its steps would no longer follow from log, seed and configuration"
                            .formatted(name));
        }
    }
}
