package io.prefstream.flight;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.apache.arrow.flight.BackpressureStrategy;
import org.apache.arrow.flight.BackpressureStrategy.WaitResult;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.Criteria;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightEndpoint;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.NoOpFlightProducer;
import org.apache.arrow.flight.PutResult;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers Flight's calls: which tables there are, streams of batches drawn from one, and the
 * priorities that trainers report back.
 *
 * <p>A batch is drawn when the client has room for it and not before, so that a slow client draws
 * slowly and one that went away draws nothing more: at most the batches on the wire are drawn and
 * not read. Memory: one batch a stream here, and what gRPC keeps on the wire.
 */
final class ReplayProducer extends NoOpFlightProducer {

    private static final Logger LOG = LoggerFactory.getLogger(ReplayProducer.class);

    /** How long a stream may wait before it looks whether its client is still there. */
    private static final Duration LOOK = Duration.ofMillis(100);

    private static final long UNKNOWN = -1;

    private final ReplaySource source;
    private final BufferAllocator allocator;

    ReplayProducer(ReplaySource source, BufferAllocator allocator) {
        this.source = source;
        this.allocator = allocator;
    }

    @Override
    public void listFlights(
            CallContext context, Criteria criteria, StreamListener<FlightInfo> listener) {
        source.sizes().forEach((table, size) -> listener.onNext(info(table)));
        listener.onCompleted();
    }

    @Override
    public FlightInfo getFlightInfo(CallContext context, FlightDescriptor descriptor) {
        return info(tableOf(descriptor));
    }

    private String tableOf(FlightDescriptor descriptor) {
        if (descriptor.isCommand() || descriptor.getPath().size() != 1) {
            throw CallStatus.INVALID_ARGUMENT
                    .withDescription("a descriptor must be a path of one name, a table's")
                    .toRuntimeException();
        }
        String table = descriptor.getPath().get(0);
        checkTable(table);
        return table;
    }

    @Override
    public void getStream(CallContext context, Ticket ticket, ServerStreamListener listener) {
        try {
            DrawRequest request = DrawRequest.parse(ticket.getBytes());
            checkTable(request.table());
            try (PairBatch batch = new PairBatch(allocator)) {
                stream(request, batch, listener);
            }
        } catch (IllegalArgumentException e) {
            listener.error(
                    CallStatus.INVALID_ARGUMENT
                            .withDescription(e.getMessage())
                            .toRuntimeException());
        } catch (FlightRuntimeException e) {
            listener.error(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            listener.error(
                    CallStatus.UNAVAILABLE
                            .withDescription("the server is closing")
                            .toRuntimeException());
        } catch (RuntimeException e) {
            LOG.error("a stream failed", e);
            listener.error(
                    CallStatus.INTERNAL.withDescription(e.getMessage()).toRuntimeException());
        }
    }

    /**
     * Takes priorities: each record batch is one change of the table, and is answered by {@code
     * {"updated": n, "unknown": n}} once it is made.
     */
    @Override
    public Runnable acceptPut(
            CallContext context, FlightStream reports, StreamListener<PutResult> answers) {
        return () -> {
            try {
                String table = tableOf(reports.getDescriptor());
                while (reports.next()) {
                    Map<String, Double> priorities = PriorityReport.read(reports.getRoot());
                    int updated = source.prioritize(table, priorities);
                    answer(answers, updated, priorities.size() - updated);
                }
                answers.onCompleted();
            } catch (IllegalArgumentException e) {
                answers.onError(
                        CallStatus.INVALID_ARGUMENT
                                .withDescription(e.getMessage())
                                .toRuntimeException());
            } catch (FlightRuntimeException e) {
                answers.onError(e);
            } catch (RuntimeException e) {
                LOG.error("a report of priorities failed", e);
                answers.onError(
                        CallStatus.INTERNAL.withDescription(e.getMessage()).toRuntimeException());
            }
        };
    }

    private void answer(StreamListener<PutResult> answers, int updated, int unknown) {
        byte[] json =
                ("{\"updated\": " + updated + ", \"unknown\": " + unknown + "}")
                        .getBytes(StandardCharsets.UTF_8);
        ArrowBuf buffer = allocator.buffer(json.length);
        buffer.writeBytes(json);
        // Closing the result gives the buffer back.
        try (PutResult result = PutResult.metadata(buffer)) {
            answers.onNext(result);
        }
    }

    private void stream(DrawRequest request, PairBatch batch, ServerStreamListener listener)
            throws InterruptedException {
        RandomGenerator random =
                request.seed() == null
                        ? new SplittableRandom()
                        : new SplittableRandom(request.seed());
        BackpressureStrategy pressure = new BackpressureStrategy.CallbackBackpressureStrategy();
        pressure.register(listener);
        listener.start(batch.root());
        long left = request.batches() == null ? Long.MAX_VALUE : request.batches();
        while (left > 0 && awaitRoom(pressure, listener)) {
            List<DrawnPair> drawn = draw(request, random, listener);
            if (drawn.isEmpty()) {
                return;
            }
            batch.fill(drawn);
            listener.putNext();
            left--;
        }
        if (left == 0) {
            listener.completed();
        }
    }

    /** Waits until the client takes a batch. Returns whether it is still there. */
    private static boolean awaitRoom(BackpressureStrategy pressure, ServerStreamListener listener)
            throws InterruptedException {
        WaitResult result;
        do {
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedException();
            }
            result = pressure.waitForListener(LOOK.toMillis());
        } while (result == WaitResult.TIMEOUT && !listener.isCancelled());
        return result == WaitResult.READY && !listener.isCancelled();
    }

    /** A batch, or none where the client went away meanwhile. */
    private List<DrawnPair> draw(
            DrawRequest request, RandomGenerator random, ServerStreamListener listener)
            throws InterruptedException {
        long deadline = System.nanoTime() + request.timeout().toNanos();
        while (!listener.isCancelled()) {
            Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
            List<DrawnPair> drawn =
                    source.draw(
                            request.table(),
                            request.batchSize(),
                            random,
                            left.compareTo(LOOK) < 0 ? left : LOOK);
            if (!drawn.isEmpty()) {
                return drawn;
            }
            if (left.isZero()) {
                throw CallStatus.TIMED_OUT
                        .withDescription(
                                "table %s with %,d pairs gave no batch of %,d within"
                                                .formatted(
                                                        request.table(),
                                                        source.sizes()
                                                                .getOrDefault(request.table(), 0L),
                                                        request.batchSize())
                                        + " timeoutSeconds=%s"
                                                .formatted(request.timeout().toMillis() / 1e3))
                        .toRuntimeException();
            }
        }
        return List.of();
    }

    private void checkTable(String table) {
        SortedMap<String, Long> sizes = source.sizes();
        if (!sizes.containsKey(table)) {
            throw CallStatus.NOT_FOUND
                    .withDescription(
                            "table=%s: no such table; there are %s"
                                    .formatted(table, sizes.keySet()))
                    .toRuntimeException();
        }
    }

    private static FlightInfo info(String table) {
        // No location: the ticket is for the server that gave it. A stream has no end of its own.
        return new FlightInfo(
                PairBatch.SCHEMA,
                FlightDescriptor.path(table),
                List.of(new FlightEndpoint(new Ticket(DrawRequest.of(table).ticket()))),
                UNKNOWN,
                UNKNOWN);
    }
}
