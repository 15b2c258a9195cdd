package io.prefstream.flight;

import java.io.IOException;
import java.util.Iterator;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.flight.Action;
import org.apache.arrow.flight.CallOptions;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStatusCode;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.Result;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.jspecify.annotations.Nullable;

/** Asks a {@link ReplayFlightServer} for what isn't a draw. */
public final class ReplayFlightClient implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 30;

    private final String endpoint;
    private final BufferAllocator allocator;
    private final FlightClient client;

    /**
     * @param endpoint such as {@code grpc://127.0.0.1:8815}
     * @throws IllegalArgumentException if it is none
     */
    public ReplayFlightClient(String endpoint) {
        this.endpoint = endpoint;
        this.allocator = new RootAllocator();
        try {
            this.client = FlightClient.builder(allocator, new Location(endpoint)).build();
        } catch (RuntimeException | java.net.URISyntaxException e) {
            allocator.close();
            throw new IllegalArgumentException(
                    "%s must be an address such as grpc://127.0.0.1:8815".formatted(endpoint), e);
        }
    }

    /**
     * Changes a table's limiter.
     *
     * @param changes by setting, none to ask what they are
     * @return all settings of the limiter as they are then
     * @throws IOException if the server refuses, with its reason, or can't be reached
     */
    public SortedMap<String, String> limit(String table, Map<String, String> changes)
            throws IOException {
        Action action = new Action(LimitRequest.ACTION, new LimitRequest(table, changes).body());
        try {
            Iterator<Result> results =
                    client.doAction(
                            action, CallOptions.timeout(PATIENCE_SECONDS, TimeUnit.SECONDS));
            return RequestJson.settings(results.next().getBody());
        } catch (FlightRuntimeException e) {
            if (e.status().code() == FlightStatusCode.UNAVAILABLE) {
                throw new IOException("%s can't be reached: %s".formatted(endpoint, root(e)), e);
            }
            throw new IOException("%s: %s".formatted(endpoint, e.getMessage()), e);
        }
    }

    /** What gRPC says itself is "io exception". */
    private static @Nullable String root(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage();
    }

    @Override
    public void close() throws InterruptedException {
        client.close();
        allocator.close();
    }
}
