package io.prefstream.flight;

import java.io.IOException;
import java.net.InetAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.arrow.flight.FlightServer;
import org.apache.arrow.flight.Location;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.slf4j.LoggerFactory;

/**
 * A Flight server over replay tables. Plain gRPC, no encryption, no sign-on: for the loopback
 * address, or a network where everyone may read the pairs.
 *
 * <p>The JVM needs {@code --add-opens=java.base/java.nio=ALL-UNNAMED}, which Arrow's memory asks
 * for. A thread for each stream.
 */
public final class ReplayFlightServer implements AutoCloseable {

    private static final long CLOSE_SECONDS = 10;
    private static final long IDLE_SECONDS = 60;

    /** Of a client, in bytes: the largest report of priorities has less than a tenth of it. */
    private static final int LONGEST_MESSAGE = 16 << 20;

    /** Held, as the JDK forgets the levels of loggers that nobody holds. */
    private static final Logger GRPC = Logger.getLogger("io.grpc.netty");

    private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(ReplayFlightServer.class);

    private final BufferAllocator allocator;
    private final ExecutorService threads;
    private final FlightServer server;

    private ReplayFlightServer(
            BufferAllocator allocator, ExecutorService threads, FlightServer server) {
        this.allocator = allocator;
        this.threads = threads;
        this.server = server;
    }

    /**
     * Starts to answer.
     *
     * @param host address to listen on
     * @param port to listen on, 0 for a free one
     * @throws IOException if the address can't be had
     */
    public static ReplayFlightServer start(ReplaySource source, String host, int port)
            throws IOException {
        // It warns, with a stack trace, of each client that ends a stream early, as trainers do.
        GRPC.setLevel(Level.SEVERE);
        if (!InetAddress.getByName(host).isLoopbackAddress()) {
            LOG.warn("whoever reaches {} may draw all pairs", host);
        }
        BufferAllocator allocator = new RootAllocator();
        // What gRPC still wants once the threads are ended is nobody's business any more.
        ExecutorService threads =
                new ThreadPoolExecutor(
                        0,
                        Integer.MAX_VALUE,
                        IDLE_SECONDS,
                        TimeUnit.SECONDS,
                        new SynchronousQueue<>(),
                        task -> {
                            Thread thread = new Thread(task, "replay-flight");
                            thread.setDaemon(true);
                            return thread;
                        },
                        new ThreadPoolExecutor.DiscardPolicy());
        FlightServer server =
                FlightServer.builder(
                                allocator,
                                Location.forGrpcInsecure(host, port),
                                new ReplayProducer(source, allocator))
                        .executor(threads)
                        .maxInboundMessageSize(LONGEST_MESSAGE)
                        .build();
        try {
            server.start();
        } catch (IOException e) {
            threads.shutdownNow();
            allocator.close();
            throw new IOException(
                    "cannot listen on %s:%d: %s".formatted(host, port, e.getMessage()), e);
        }
        return new ReplayFlightServer(allocator, threads, server);
    }

    /** The port it listens on. */
    public int port() {
        return server.getPort();
    }

    /** Ends all streams and waits for them. */
    @Override
    public void close() throws InterruptedException {
        server.shutdown();
        threads.shutdownNow();
        if (!server.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)
                || !threads.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
            server.close();
        }
        allocator.close();
    }
}
