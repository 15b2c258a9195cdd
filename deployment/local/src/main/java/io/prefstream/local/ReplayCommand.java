package io.prefstream.local;

import io.prefstream.flight.ReplayFlightServer;
import io.prefstream.replay.ReplayBuffer;
import io.prefstream.replay.ReplaySettings;
import io.prefstream.replay.Selection;
import io.prefstream.replay.TableSettings;
import io.prefstream.schemas.OptOuts;
import io.prefstream.schemas.Topics;
import io.prefstream.topics.TopicReader;
import io.prefstream.topics.TopicsConnection;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import sun.misc.Signal;

/** Replay tables for trainers that are not this project's. */
@Command(
        name = "replay",
        mixinStandardHelpOptions = true,
        description = "Let other trainers draw from a replay table: replay serve.",
        subcommands = ReplayCommand.Serve.class)
final class ReplayCommand implements Callable<Integer> {

    @Override
    public Integer call() {
        throw new BadUsageException("replay needs the word serve");
    }

    @Command(
            name = "serve",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = {
                "Keep a replay table of the pairs on preference-pairs and let Arrow Flight clients"
                        + " draw batches from it.",
                "Plain gRPC, no sign-on. Held out pairs are not served."
            })
    static final class Serve implements Callable<Integer> {

        private static final String LOOPBACK = "127.0.0.1";

        /** A table that is served outlasts brokers that are away for so long. */
        private static final Duration OUTAGE = Duration.ofMinutes(1);

        @Mixin private ConnectionOptions connection = new ConnectionOptions();

        @Option(
                names = "--table",
                required = true,
                paramLabel = "DIR",
                description = "Folder of the table; one that is there goes on.")
        private Path folder = Path.of("");

        @Option(
                names = "--capacity",
                defaultValue = "1000000",
                paramLabel = "N",
                description =
                        "Pairs the table holds; the oldest leaves for a new one (default:"
                                + " ${DEFAULT-VALUE}).")
        private long capacity;

        @Option(
                names = "--sampler",
                defaultValue = "uniform",
                paramLabel = "NAME",
                description =
                        "uniform, or prioritized: by the losses that clients report back (default:"
                                + " ${DEFAULT-VALUE}).")
        private String sampler = "";

        @Option(
                names = "--priority-exponent",
                defaultValue = "0.6",
                paramLabel = "X",
                description =
                        "Of prioritized: 0 is uniform, 1 in proportion to the loss (default:"
                                + " ${DEFAULT-VALUE}).")
        private double priorityExponent;

        @Option(
                names = "--bind",
                defaultValue = LOOPBACK,
                paramLabel = "ADDRESS",
                description = "Address to listen on (default: ${DEFAULT-VALUE}).")
        private String bind = "";

        @Option(
                names = "--port",
                defaultValue = "8815",
                paramLabel = "PORT",
                description = "Port to listen on; 0 for any free one (default: ${DEFAULT-VALUE}).")
        private int port;

        @Override
        public Integer call() throws Exception {
            if (port < 0 || port > 65_535) {
                throw new BadUsageException("--port=%d must be from 0 to 65535".formatted(port));
            }
            if (capacity < 1) {
                throw new BadUsageException("--capacity=%d must be at least 1".formatted(capacity));
            }
            if (!isLoopback(bind)) {
                System.err.printf(
                        "prefstream: warning: --bind=%s: whoever reaches this address may draw all"
                                + " pairs%n",
                        bind);
            }
            ReplaySettings settings = settings();
            TopicsConnection topics = connection.open();
            OptOuts optOuts = new OptOuts(TopicReader.readAll(Topics.OPT_OUTS, topics));
            try (ServedTable table =
                            ServedTable.open(
                                    ReplayBuffer.open(folder, settings),
                                    optOuts,
                                    positions -> PairLog.open(topics, positions, OUTAGE));
                    ReplayFlightServer server = ReplayFlightServer.start(table, bind, port)) {
                AtomicBoolean stopped = new AtomicBoolean();
                for (String signal : new String[] {"INT", "TERM"}) {
                    Signal.handle(new Signal(signal), unused -> stopped.set(true));
                }
                System.out.printf(
                        "serving table %s on grpc://%s:%d%n",
                        ServedTable.NAME, bind, server.port());
                while (!stopped.get()) {
                    RuntimeException failure = table.awaitFailure(1);
                    if (failure != null) {
                        throw failure;
                    }
                }
            }
            return Prefstream.DONE;
        }

        private ReplaySettings settings() {
            Selection selection =
                    switch (sampler) {
                        case "uniform" -> Selection.UNIFORM;
                        case "prioritized" -> Selection.PRIORITIZED;
                        default ->
                                throw new BadUsageException(
                                        "--sampler=%s is none of uniform, prioritized"
                                                .formatted(sampler));
                    };
            if (!(priorityExponent >= 0 && priorityExponent < Double.POSITIVE_INFINITY)) {
                throw new BadUsageException(
                        "--priority-exponent=%s must be at least 0".formatted(priorityExponent));
            }
            return ReplaySettings.of(
                    TableSettings.table(ReplaySettings.FRESH, capacity)
                            .sampler(selection)
                            .priorityExponent(priorityExponent)
                            .build());
        }

        private static boolean isLoopback(String address) {
            try {
                return InetAddress.getByName(address).isLoopbackAddress();
            } catch (UnknownHostException e) {
                throw new BadUsageException("--bind=%s is no address".formatted(address));
            }
        }
    }
}
