package io.prefstream.local;

import io.prefstream.flight.ReplayFlightClient;
import io.prefstream.replay.ShardFolders;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Replay tables for trainers that are not this project's. */
@Command(
        name = "replay",
        mixinStandardHelpOptions = true,
        description =
                "Let other trainers draw from a replay table: replay serve, replay limit, replay"
                        + " reshard.",
        subcommands = {
            ReplayServeCommand.class,
            ReplayCommand.Limit.class,
            ReplayCommand.Reshard.class
        })
final class ReplayCommand implements Callable<Integer> {

    private static final int MOST_SHARDS = 1_024;

    @Override
    public Integer call() {
        throw new BadUsageException("replay needs the word serve, limit or reshard");
    }

    @Command(
            name = "limit",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = {
                "Change the rate limiter of a table that is being served, or tell what it is.",
                "Who waits goes by it at once; a server that is started again has its own options."
            })
    static final class Limit implements Callable<Integer> {

        @Option(
                names = "--endpoint",
                defaultValue = "grpc://127.0.0.1:8815",
                paramLabel = "URI",
                description = "Of replay serve (default: ${DEFAULT-VALUE}).")
        private String endpoint = "";

        @Option(
                names = "--set",
                paramLabel = "KEY=VALUE",
                description =
                        "replay.min-size, replay.samples-per-insert, replay.error-buffer or"
                                + " replay.queue-size; repeatable.")
        private Map<String, String> set = new LinkedHashMap<>();

        @Override
        public Integer call() throws Exception {
            try (ReplayFlightClient client = client()) {
                client.limit(ServedTable.NAME, set)
                        .forEach((key, value) -> System.out.println(key + "=" + value));
            }
            return Prefstream.DONE;
        }

        private ReplayFlightClient client() {
            try {
                return new ReplayFlightClient(endpoint);
            } catch (IllegalArgumentException e) {
                throw new BadUsageException("--endpoint=" + e.getMessage());
            }
        }
    }

    @Command(
            name = "reshard",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = {
                "Spread a table that nobody has open over another number of shards, in its place.",
                "DIR/shard-0, DIR/shard-1, ... are tables of their own for replay serve, each of"
                        + " which takes in its own pairs; one shard is DIR itself."
            })
    static final class Reshard implements Callable<Integer> {

        @Option(
                names = "--table",
                required = true,
                paramLabel = "DIR",
                description = "Folder of the table, or of its shards.")
        private Path folder = Path.of("");

        @Option(
                names = "--shards",
                required = true,
                paramLabel = "N",
                description = "How many there shall be.")
        private int shards;

        @Override
        public Integer call() {
            if (shards < 1 || shards > MOST_SHARDS) {
                throw new BadUsageException(
                        "--shards=%d must be from 1 to %,d".formatted(shards, MOST_SHARDS));
            }
            try {
                ShardFolders.reshard(folder, shards).forEach(System.out::println);
            } catch (IllegalArgumentException e) {
                throw new BadUsageException("--table=%s: %s".formatted(folder, e.getMessage()));
            }
            return Prefstream.DONE;
        }
    }
}
