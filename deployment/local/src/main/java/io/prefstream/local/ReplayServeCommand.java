package io.prefstream.local;

import io.prefstream.flight.ReplayFlightServer;
import io.prefstream.flight.ReplaySource;
import io.prefstream.replay.ReplaySettings;
import io.prefstream.replay.ShardFolders;
import io.prefstream.schemas.OptOuts;
import io.prefstream.schemas.Topics;
import io.prefstream.topics.TopicReader;
import io.prefstream.topics.TopicsConnection;
import io.prefstream.trainer.ReplayConfig;
import io.prefstream.trainer.TrainerConfigReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import sun.misc.Signal;

/** A replay table with the trainer's settings, which Flight clients draw from. */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Keep a replay table of the pairs on preference-pairs and let Arrow Flight clients draw"
                    + " batches from it.",
            "The settings are the trainer's, by the same keys with the same defaults; options with"
                    + " a key stand for it.",
            "Plain gRPC, no sign-on. Held out pairs are not served."
        })
final class ReplayServeCommand implements Callable<Integer> {

    private static final int DEFAULT_PORT = 8_815;

    /** A table that is served outlasts brokers that are away for so long. */
    private static final Duration OUTAGE = Duration.ofMinutes(1);

    @Mixin private ConnectionOptions connection = new ConnectionOptions();

    @Option(
            names = "--table",
            required = true,
            paramLabel = "DIR",
            description =
                    "Folder of the table, or of one of its shards; one that is there goes on.")
    private Path folder = Path.of("");

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "The trainer's YAML file; of it only the section replay counts.")
    private @Nullable Path config;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description =
                    "Overrides a key of the section, such as replay.history.fraction; repeatable."
                            + " All of them with their defaults: trainer-defaults.yaml"
                            + " (docs/flight.md).")
    private Map<String, String> set = new LinkedHashMap<>();

    @Option(
            names = "--capacity",
            paramLabel = "N",
            description = "replay.capacity: pairs of the first table (default: 200000).")
    private @Nullable String capacity;

    @Option(
            names = "--sampler",
            paramLabel = "NAME",
            description =
                    "replay.sampler: uniform (default), prioritized (by the losses that clients"
                            + " report back), fifo, lifo, min-heap or max-heap.")
    private @Nullable String sampler;

    @Option(
            names = "--priority-exponent",
            paramLabel = "X",
            description = "replay.priority-exponent: of prioritized (default: 0.6).")
    private @Nullable String priorityExponent;

    @Option(
            names = "--max-batch",
            defaultValue = "256",
            paramLabel = "N",
            description =
                    "batch.pairs: pairs that a client may draw at once at most, which the limiter"
                            + " has room for (default: ${DEFAULT-VALUE}).")
    private int maxBatch;

    @Option(
            names = "--bind",
            paramLabel = "ADDRESS",
            description = "replay.serve.bind: address to listen on (default: 127.0.0.1).")
    private @Nullable String bind;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description =
                    "replay.serve.port: port to listen on; 0 for any free one (default: 8815).")
    private @Nullable String port;

    @Override
    public Integer call() throws Exception {
        ReplayConfig replay;
        ReplaySettings settings;
        Path table;
        try {
            replay = TrainerConfigReader.replay(config, overrides());
            settings = replay.served(largestDraw());
            replay.serve().checkAddress();
            table = ShardFolders.single(folder);
        } catch (IllegalArgumentException e) {
            throw new BadUsageException(Failures.oneLine(e));
        }
        ReplayConfig.Serve serve = replay.serve();
        TopicsConnection topics = connection.open();
        OptOuts optOuts = new OptOuts(TopicReader.readAll(Topics.OPT_OUTS, topics));
        try (ServedTable served =
                        ServedTable.open(
                                ShardFolders.open(table, settings),
                                replay,
                                maxBatch,
                                optOuts,
                                positions -> PairLog.open(topics, positions, OUTAGE));
                ReplayFlightServer server =
                        ReplayFlightServer.start(
                                served,
                                serve.bind(),
                                serve.port() == null ? DEFAULT_PORT : serve.port())) {
            AtomicBoolean stopped = new AtomicBoolean();
            for (String signal : new String[] {"INT", "TERM"}) {
                Signal.handle(new Signal(signal), unused -> stopped.set(true));
            }
            System.out.printf(
                    "serving table %s on grpc://%s:%d%n",
                    ServedTable.NAME, serve.bind(), server.port());
            while (!stopped.get()) {
                RuntimeException failure = served.awaitFailure(1);
                if (failure != null) {
                    throw failure;
                }
            }
        }
        return Prefstream.DONE;
    }

    private Map<String, String> overrides() {
        Map<String, String> overrides = new LinkedHashMap<>(set);
        put(overrides, "replay.capacity", capacity);
        put(overrides, "replay.sampler", sampler);
        put(overrides, "replay.priority-exponent", priorityExponent);
        put(overrides, "replay.serve.bind", bind);
        put(overrides, "replay.serve.port", port);
        return overrides;
    }

    private static void put(Map<String, String> into, String key, @Nullable String value) {
        if (value != null) {
            into.put(key, value);
        }
    }

    private int largestDraw() {
        if (maxBatch < 1 || maxBatch > ReplaySource.LARGEST_DRAW) {
            throw new BadUsageException(
                    "--max-batch=%d must be from 1 to %,d"
                            .formatted(maxBatch, ReplaySource.LARGEST_DRAW));
        }
        return maxBatch;
    }
}
