package io.prefstream.flight;

import io.grpc.Context;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;
import org.apache.arrow.flight.Action;
import org.apache.arrow.flight.ActionType;
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
import org.apache.arrow.flight.Result;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers Flight's calls: which tables there are, streams of batches drawn from one, the priorities
 * that trainers report back, and changes of limiters.
 *
 * <p>A batch is drawn when the client has room for it and not before, so that a slow client draws
 * slowly and one that went away draws nothing more: at most the batches on the wire are drawn and
 * not read. Memory: one batch a stream here, and what gRPC keeps on the wire.
 */
final class ReplayProducer extends NoOpFlightProducer {

    private static final Logger LOG = LoggerFactory.getLogger(ReplayProducer.class);

    /** How long a stream may wait for room before it looks whether it was interrupted. */
    private static final Duration LOOK = Duration.ofMillis(100);

    private static final ActionType LIMIT =
            new ActionType(LimitRequest.ACTION, "Changes the rate limiter of a table.");

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
            checkSize(request);
            try (PairBatch batch = new PairBatch(allocator)) {
                stream(request, batch, listener);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            listener.error(
                    CallStatus.UNAVAILABLE
                            .withDescription("the server is closing")
                            .toRuntimeException());
        } catch (RuntimeException e) {
            listener.error(status("a stream", e));
        }
    }

    /** What a client is told of a failure. */
    private static FlightRuntimeException status(String what, RuntimeException failure) {
        if (failure instanceof FlightRuntimeException told) {
            return told;
        }
        if (failure instanceof IllegalArgumentException) {
            return CallStatus.INVALID_ARGUMENT
                    .withDescription(failure.getMessage())
                    .toRuntimeException();
        }
        LOG.error("{} failed", what, failure);
        return CallStatus.INTERNAL.withDescription(failure.getMessage()).toRuntimeException();
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
            } catch (RuntimeException e) {
                answers.onError(status("a report of priorities", e));
            }
        };
    }

    @Override
    public void listActions(CallContext context, StreamListener<ActionType> listener) {
        listener.onNext(LIMIT);
        listener.onCompleted();
    }

    /** Changes a table's limiter. */
    @Override
    public void doAction(CallContext context, Action action, StreamListener<Result> listener) {
        try {
            if (!action.getType().equals(LimitRequest.ACTION)) {
                throw new IllegalArgumentException(
                        "%s: no such action; there is %s"
                                .formatted(action.getType(), LimitRequest.ACTION));
            }
            LimitRequest request = LimitRequest.parse(action.getBody());
            checkTable(request.table());
            SortedMap<String, String> now = source.limit(request.table(), request.set());
            listener.onNext(new Result(RequestJson.bytes(now)));
            listener.onCompleted();
        } catch (RuntimeException e) {
            listener.onError(status("an action", e));
        }
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
            PendingPairs pending = source.draw(request.table(), request.batchSize(), random);
            try {
                batch.fill(await(pending, request.timeout()));
            } catch (TimeoutException e) {
                throw CallStatus.TIMED_OUT
                        .withDescription(
                                "%s (batchSize=%,d, timeoutSeconds=%s)"
                                        .formatted(
                                                e.getMessage(),
                                                request.batchSize(),
                                                request.timeout().toMillis() / 1e3))
                        .toRuntimeException();
            } catch (CancellationException e) {
                if (listener.isCancelled()) {
                    return;
                }
                throw CallStatus.UNAVAILABLE.withDescription(e.getMessage()).toRuntimeException();
            }
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

    /**
     * Awaits a draw, which is called off once the client has gone: gRPC's context hears of that at
     * once, while the call's own handlers wait for this one to end.
     */
    private static List<DrawnPair> await(PendingPairs draw, Duration timeout)
            throws InterruptedException, TimeoutException {
        Context call = Context.current();
        Context.CancellationListener gone = unused -> draw.cancel();
        call.addListener(gone, Runnable::run);
        try {
            return draw.await(timeout);
        } finally {
            call.removeListener(gone);
        }
    }

    private void checkSize(DrawRequest request) {
        int most = source.largestDraw(request.table());
        if (request.batchSize() > most) {
            throw new IllegalArgumentException(
                    "batchSize=%,d exceeds the %,d pairs that may be drawn of table %s at once"
                            .formatted(request.batchSize(), most, request.table()));
        }
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

    private FlightInfo info(String table) {
        DrawRequest request = DrawRequest.of(table).atMost(source.largestDraw(table));
        // No location: the ticket is for the server that gave it. A stream has no end of its own.
        return new FlightInfo(
                PairBatch.SCHEMA,
                FlightDescriptor.path(table),
                List.of(new FlightEndpoint(new Ticket(request.ticket()))),
                UNKNOWN,
                UNKNOWN);
    }
}
