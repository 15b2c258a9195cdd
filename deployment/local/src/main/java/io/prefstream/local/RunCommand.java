package io.prefstream.local;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The whole pipeline on this machine. */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Run the whole pipeline on this machine: broker, schema registry, Flink and trainer.",
            "Without options: reads the sources of well-known Maven artifacts, trains a"
                    + " small model and exports it."
        })
final class RunCommand implements Callable<Integer> {

    @Option(
            names = "--feed",
            paramLabel = "maven|git",
            description = "Where code comes from (default: maven, or git where --repo is given).")
    private @Nullable String feed;

    @Option(
            names = "--coordinates",
            split = ",",
            paramLabel = "G:A[:V]",
            description = "Maven artifacts to read, parted by commas or repeated.")
    private List<String> coordinates = new ArrayList<>();

    @Option(
            names = "--repo",
            paramLabel = "PATH|URL",
            description = "Git repository to read; repeatable.")
    private List<String> repositories = new ArrayList<>();

    @Option(
            names = "--depth",
            defaultValue = "100",
            paramLabel = "N",
            description = "Newest commits of each repository to read (default: ${DEFAULT-VALUE}).")
    private int depth;

    @Option(
            names = "--steps",
            paramLabel = "N",
            description = "Training steps (default: " + RunOptions.DEFAULT_STEPS + ").")
    private @Nullable Long steps;

    @Option(names = "--forever", description = "Keep watching and training until Ctrl-C.")
    private boolean forever;

    @Option(
            names = "--out",
            defaultValue = "prefstream-out",
            paramLabel = "DIR",
            description = "Where everything is written (default: ${DEFAULT-VALUE}).")
    private Path out = Path.of("prefstream-out");

    @Option(names = "--resume", description = "Go on with the run in --out.")
    private boolean resume;

    @Option(
            names = "--seed",
            defaultValue = "1",
            paramLabel = "N",
            description = "Seed of every random choice (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--ui-port",
            defaultValue = "0",
            paramLabel = "PORT",
            description = "Port of Flink's web UI; 0 for any free one (default).")
    private int uiPort;

    @Option(
            names = "--parallelism",
            defaultValue = "2",
            paramLabel = "N",
            description = "Subtasks of each operator (default: ${DEFAULT-VALUE}).")
    private int parallelism;

    @Option(
            names = "--config",
            paramLabel = "KEY=VALUE",
            description =
                    "Option of a job, or of the trainer where KEY begins with trainer.;"
                            + " repeatable.")
    private Map<String, String> config = new LinkedHashMap<>();

    @Option(
            names = "--json",
            description =
                    "Print the summary as JSON on standard output, all else on standard error.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        return new LocalRun(options()).run();
    }

    RunOptions options() {
        if (forever && steps != null) {
            throw new BadUsageException(
                    "--forever and --steps=%d exclude each other".formatted(steps));
        }
        Long limit =
                forever ? null : steps == null ? Long.valueOf(RunOptions.DEFAULT_STEPS) : steps;
        return new RunOptions(
                feedOf(),
                coordinates,
                repositories,
                depth,
                limit,
                out,
                resume,
                seed,
                uiPort,
                parallelism,
                json,
                config);
    }

    private RunOptions.Feed feedOf() {
        if (feed == null) {
            return repositories.isEmpty() ? RunOptions.Feed.MAVEN : RunOptions.Feed.GIT;
        }
        return switch (feed) {
            case "maven" -> RunOptions.Feed.MAVEN;
            case "git" -> RunOptions.Feed.GIT;
            default ->
                    throw new BadUsageException("--feed=%s must be maven or git".formatted(feed));
        };
    }
}
