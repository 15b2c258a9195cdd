package io.prefstream.trainer;

import io.prefstream.replay.PairLogReader;
import io.prefstream.schemas.OptOuts;
import io.prefstream.schemas.Topics;
import io.prefstream.topics.RecordDecoder;
import io.prefstream.topics.TopicReader;
import io.prefstream.topics.TopicsConnection;
import io.prefstream.trainer.evaluate.EvaluateCommand;
import io.prefstream.trainer.finetune.FinetuneCommand;
import io.prefstream.trainer.pretrain.PretrainCommand;
import io.prefstream.trainer.serve.GenerateCommand;
import io.prefstream.trainer.serve.ScoreCommand;
import io.prefstream.trainer.serve.ServeCommand;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.SortedMap;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import sun.misc.Signal;

/**
 * The trainer's command line.
 *
 * <p>Whoever starts this process sets its environment, because the allocator reads it before the
 * JVM runs: {@code MALLOC_MMAP_MAX_=0 MALLOC_TRIM_THRESHOLD_=8589934592 MALLOC_TOP_PAD_=268435456}
 * (glibc), without which every step gives its memory back to the system and faults it in again:
 * about twice the time per step. And {@code
 * -Dorg.apache.avro.SERIALIZABLE_PACKAGES=io.prefstream.schemas} on the command line.
 *
 * <p>Exit code: 0 done or asked to stop (SIGTERM, SIGINT: the step is finished and a trunk is
 * written), 1 failed, 2 bad usage. Standard output: one JSON object per line. Log: standard error.
 */
@Command(
        name = "trainer",
        description = "Trains models, tells what they are worth, and lets them answer.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
public final class TrainerMain {

    /** Starts the trainer. */
    public static void main(String[] args) {
        // Standard output is for events: whatever else prints there (a library, a log's console
        // appender, hence no logger in this class) goes to standard error.
        PrintStream events = System.out;
        System.setOut(System.err);
        System.exit(run(args, System.in, events, System.err));
    }

    static int run(String[] args, PrintStream events, PrintStream err) {
        return run(args, InputStream.nullInputStream(), events, err);
    }

    /** What reads a command line; {@code execute} runs it, {@code parseArgs} doesn't. */
    public static CommandLine commandLine(InputStream in, PrintStream events) {
        CommandLine commandLine = new CommandLine(new TrainerMain());
        commandLine.setCommandName(System.getProperty("prefstream.command", "trainer"));
        commandLine.addSubcommand(new Train(events));
        commandLine.addSubcommand(new PretrainCommand(events));
        commandLine.addSubcommand(new FinetuneCommand(events));
        commandLine.addSubcommand(EvaluateCommand.commandLine(events));
        commandLine.addSubcommand(new GenerateCommand(in, events));
        commandLine.addSubcommand(new ScoreCommand(in, events));
        commandLine.addSubcommand(new ServeCommand(events));
        // A prompt may begin with an @ and name no file of arguments.
        commandLine.setExpandAtFiles(false);
        return commandLine;
    }

    static int run(String[] args, InputStream in, PrintStream events, PrintStream err) {
        CommandLine commandLine = commandLine(in, events);
        String name = commandLine.getCommandName();
        commandLine.setErr(
                new java.io.PrintWriter(err, true, java.nio.charset.StandardCharsets.UTF_8));
        commandLine.setParameterExceptionHandler(
                (e, a) -> {
                    err.println(name + ": " + e.getMessage());
                    return 2;
                });
        commandLine.setExecutionExceptionHandler(
                (e, c, p) -> {
                    LoggerFactory.getLogger(Train.class).debug("failed", e);
                    Throwable cause = FailureLine.cause(e);
                    FailureLine.of(cause, c.getCommandName())
                            .ifPresentOrElse(
                                    line -> err.println(name + ": " + line),
                                    () -> e.printStackTrace(err));
                    return cause instanceof IllegalArgumentException ? 2 : 1;
                });
        return commandLine.execute(args);
    }

    /** {@code train}. */
    @Command(
            name = "train",
            description = "Rolling pre-training from the pair log or from a file.",
            mixinStandardHelpOptions = true)
    static final class Train implements Callable<Integer> {

        private static final Logger LOG = LoggerFactory.getLogger(Train.class);

        @Option(names = "--config", description = "YAML file; see trainer-defaults.yaml.")
        @Nullable Path config;

        @Option(
                names = "--set",
                paramLabel = "KEY=VALUE",
                description = "Overrides a key of the configuration; repeatable.")
        Map<String, String> set = new LinkedHashMap<>();

        @Option(
                names = "--pairs",
                description = "source.pairs: a file of pairs, JSON Lines, JSON or Parquet.")
        @Nullable String pairs;

        @Option(names = "--bootstrap-servers", description = "source.bootstrap-servers")
        @Nullable String bootstrapServers;

        @Option(names = "--registry", description = "source.registry-url")
        @Nullable String registryUrl;

        @Option(
                names = "--model",
                description =
                        "model.path: a model folder to go on from, or the URI of a release, which"
                                + " is fetched first.")
        @Nullable String model;

        @Option(names = "--steps", description = "schedule.steps")
        @Nullable String steps;

        @Option(names = "--seed", description = "seed")
        @Nullable String seed;

        @Option(names = "--out", description = "out: where tables, trunks and releases go.")
        @Nullable String out;

        private final PrintStream events;

        Train(PrintStream events) {
            this.events = events;
        }

        @Override
        public Integer call() throws Exception {
            TrainerConfig effective = TrainerConfigReader.read(config, overrides());
            TrainerPreflight.check(effective);
            LOG.info("configuration:\n{}", TrainerConfigReader.describe(effective));
            AtomicBoolean stop = new AtomicBoolean();
            Signal.handle(new Signal("TERM"), signal -> stop.set(true));
            Signal.handle(new Signal("INT"), signal -> stop.set(true));
            PairSource.Opener source =
                    positions ->
                            PatientPairs.open(
                                    later -> open(effective, later),
                                    positions,
                                    effective.source().outageLimit(),
                                    stop::get,
                                    PatientPairs.Pause.sleeping());
            MetricsConfig watched = effective.metrics();
            Integer port = watched.port();
            try (OutputLock held = OutputLock.hold(effective.out());
                    MetricsServer metrics =
                            port == null
                                    ? null
                                    : MetricsServer.start(watched, port, Clock.systemUTC());
                    Announcer announcer = announcer(effective);
                    Learner learner = ModelLearner.create(effective);
                    Trainer trainer =
                            new Trainer(
                                    effective,
                                    learner,
                                    new Trainer.Surroundings(
                                            source,
                                            announcer,
                                            progress(metrics),
                                            stop::get,
                                            optOuts(effective),
                                            Clock.systemUTC()))) {
                trainer.run();
            }
            return 0;
        }

        private Progress progress(@Nullable MetricsServer metrics) {
            Progress lines = Progress.lines(events);
            if (metrics == null) {
                return lines;
            }
            lines.tell(metrics.event());
            return lines.and(metrics);
        }

        private Map<String, String> overrides() throws IOException {
            Map<String, String> overrides = new LinkedHashMap<>(set);
            put(overrides, "source.pairs", pairs);
            put(overrides, "source.bootstrap-servers", bootstrapServers);
            put(overrides, "source.registry-url", registryUrl);
            if (model != null) {
                put(overrides, "model.path", "" + ModelLocation.folder("--model", model));
            }
            put(overrides, "schedule.steps", steps);
            put(overrides, "seed", seed);
            put(overrides, "out", out);
            return overrides;
        }

        private static void put(Map<String, String> into, String key, @Nullable String value) {
            if (value != null) {
                into.put(key, value);
            }
        }
    }

    private static PairSource open(TrainerConfig config, SortedMap<Integer, Long> positions) {
        SourceConfig source = config.source();
        Path file = source.pairs();
        if (file != null) {
            return new FilePairs(
                    source, file, config.model().path(), positions.getOrDefault(0, 0L));
        }
        TopicsConnection connection = connection(source);
        Properties client = connection.clientProperties();
        Map<String, String> kafka = new HashMap<>();
        client.stringPropertyNames().forEach(key -> kafka.put(key, client.getProperty(key)));
        return new LogPairs(
                Topics.PREFERENCE_PAIRS.name(),
                new PairLogReader(
                        kafka,
                        Topics.PREFERENCE_PAIRS.name(),
                        RecordDecoder.connect(Topics.PREFERENCE_PAIRS, connection),
                        positions));
    }

    /** Those on the topic; a file of pairs has none. */
    private static OptOuts optOuts(TrainerConfig config) {
        return new OptOuts(
                config.source().pairs() != null
                        ? List.of()
                        : TopicReader.readAll(Topics.OPT_OUTS, connection(config.source())));
    }

    private static Announcer announcer(TrainerConfig config) {
        return config.source().pairs() != null
                ? Announcer.none()
                : new TopicAnnouncer(connection(config.source()), config.source().outageLimit());
    }

    private static TopicsConnection connection(SourceConfig source) {
        return new TopicsConnection(
                String.valueOf(source.bootstrapServers()),
                String.valueOf(source.registryUrl()),
                source.kafka());
    }
}
