package io.prefstream.local;

import io.prefstream.feeds.github.GhArchiveFeedSource;
import java.io.IOException;
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
            paramLabel = "NAME",
            description = {
                "Where code comes from: maven, git, github, gharchive, npm, pypi, crates, swh or"
                        + " webhook (default: maven, or git where --repo is given).",
                "A run reads only Java and Python; --config ingest.languages=... names"
                        + " others, of which only fixes and models make pairs."
            })
    private @Nullable String feed;

    @Option(
            names = "--coordinates",
            split = ",",
            paramLabel = "G:A[:V]",
            description = "Maven artifacts to read, separated by commas or repeated.")
    private List<String> coordinates = new ArrayList<>();

    @Option(
            names = "--repo",
            paramLabel = "PATH|URL|OWNER/NAME",
            description = {
                "Git repository to read; repeatable.",
                "With github or gharchive OWNER/NAME; none for everything public."
            })
    private List<String> repositories = new ArrayList<>();

    @Option(
            names = "--package",
            split = ",",
            paramLabel = "NAME",
            description =
                    "Packages of npm, PyPI or crates.io to read, separated by commas or"
                            + " repeated; without any, and with --forever, all of the registry.")
    private List<String> packages = new ArrayList<>();

    @Option(
            names = "--archive",
            paramLabel = "DIR|URL",
            description =
                    "Where GH Archive's hourly files are (default: "
                            + GhArchiveFeedSource.ARCHIVE
                            + ").")
    private @Nullable String archive;

    @Option(
            names = "--from",
            paramLabel = "HOUR",
            description = "First hour to read of GH Archive, such as 2026-01-01-0 (UTC).")
    private @Nullable String from;

    @Option(names = "--to", paramLabel = "HOUR", description = "Last hour to read of GH Archive.")
    private @Nullable String to;

    @Option(
            names = "--github-secret-file",
            paramLabel = "FILE",
            description = "With webhook: file with GitHub's webhook secret.")
    private @Nullable String githubSecretFile;

    @Option(
            names = "--gitlab-token-file",
            paramLabel = "FILE",
            description = "With webhook: file with GitLab's secret token.")
    private @Nullable String gitlabTokenFile;

    @Option(
            names = "--webhook-port",
            paramLabel = "PORT",
            description =
                    "With webhook: port on 127.0.0.1 to receive on (default: "
                            + Receiver.DEFAULT_PORT
                            + ").")
    private @Nullable Integer webhookPort;

    @Option(
            names = "--depth",
            paramLabel = "N",
            description =
                    "Newest commits (with github: events; of a package: versions) to read"
                            + " (default: "
                            + RunRequest.DEFAULT_DEPTH
                            + "; with npm, pypi or crates "
                            + RunRequest.DEFAULT_VERSIONS
                            + ").")
    private @Nullable Integer depth;

    @Option(
            names = "--steps",
            paramLabel = "N",
            description = "Training steps (default: " + RunRequest.DEFAULT_STEPS + ").")
    private @Nullable Long steps;

    @Option(names = "--forever", description = "Keep watching and training until Ctrl-C.")
    private boolean forever;

    @Option(
            names = "--out",
            defaultValue = "prefstream-out",
            paramLabel = "DIR",
            description = "Where everything is written (default: ${DEFAULT-VALUE}).")
    private Path out = Path.of("prefstream-out");

    @Option(
            names = "--resume",
            description = {
                "Continue the run in --out, which remembers what it was asked: nothing else"
                        + " need be said.",
                "--steps may give it another end (one without end too), --ui-port and --json are"
                        + " free each time; any other option must say what the run began with."
            })
    private boolean resume;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Seed of every random choice (default: " + RunRequest.DEFAULT_SEED + ").")
    private @Nullable Long seed;

    @Option(
            names = "--ui-port",
            defaultValue = "0",
            paramLabel = "PORT",
            description = "Port of Flink's web UI; 0 for any free one (default).")
    private int uiPort;

    @Option(
            names = "--parallelism",
            paramLabel = "N",
            description =
                    "Subtasks of each operator (default: " + RunRequest.DEFAULT_PARALLELISM + ").")
    private @Nullable Integer parallelism;

    @Option(
            names = "--model",
            paramLabel = "DIR",
            description = {
                "Base model to go on from, in Hugging Face's files, whose tokenizer then counts"
                        + " tokens too (default: an untrained small one).",
                "The same as --config trainer.model.path=DIR."
            })
    private @Nullable Path model;

    @Option(
            names = "--context",
            paramLabel = "TOKENS",
            description = {
                "Tokens of instruction, answer and end together; longer pairs are refused"
                        + " (default: "
                        + RunRequest.DEFAULT_CONTEXT_TOKENS
                        + ").",
                "The same as --config trainer.model.context=TOKENS."
            })
    private @Nullable Integer context;

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

    /**
     * What this command line asks, together with what the folder of a resumed run remembers.
     *
     * @throws IOException if that cannot be read
     */
    RunOptions options() throws IOException {
        RunWishes wishes = wishes();
        Path folder = out.toAbsolutePath().normalize();
        if (!resume) {
            return new RunOptions(wishes.ofNewRun(), folder, false, uiPort, json);
        }
        if (!RunRequestFile.isIn(folder)) {
            throw new BadUsageException(
                    "--resume: there is no run to go on with in --out=%s".formatted(folder));
        }
        RunRequest stored = RunRequestFile.read(folder);
        return new RunOptions(wishes.ofResumed(stored, folder), folder, true, uiPort, json);
    }

    RunWishes wishes() {
        return new RunWishes(
                feed,
                coordinates,
                repositories,
                depth,
                steps,
                forever,
                seed,
                parallelism,
                withModel(),
                archive,
                from,
                to,
                packages,
                githubSecretFile,
                gitlabTokenFile,
                webhookPort);
    }

    /** Options of the trainer that have names of their own here. */
    private Map<String, String> withModel() {
        Map<String, String> all = new LinkedHashMap<>(config);
        if (model != null) {
            name(all, "--model", RunRequest.MODEL, model.toAbsolutePath().normalize().toString());
        }
        if (context != null) {
            name(all, "--context", RunRequest.CONTEXT, Integer.toString(context));
        }
        return all;
    }

    private static void name(Map<String, String> all, String option, String key, String value) {
        String other = all.put(key, value);
        if (other != null && !other.equals(value)) {
            throw new BadUsageException(
                    "%s=%s and --config %s=%s contradict each other"
                            .formatted(option, value, key, other));
        }
    }
}
