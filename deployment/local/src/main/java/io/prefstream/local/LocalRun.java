package io.prefstream.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sun.misc.Signal;

/**
 * A run from the first check to the last word.
 *
 * <p>A finite run ends when the feed has ended, every stage has worked off what came (the flow's
 * equations hold), and the trainer has made its steps. The jobs are stopped as soon as they are
 * done, so that the trainer has the machine for itself.
 *
 * <p>The trainer is started when there are some pairs to learn from, or when no more will come.
 */
final class LocalRun {

    /** How a run ended. */
    private enum Ending {
        FINISHED,
        STOPPED,
        NOTHING,
        FAILED
    }

    private static final Logger LOG = LoggerFactory.getLogger(LocalRun.class);

    private static final long TICK_MILLIS = 500;
    private static final long SUMMARY_EVERY_TICKS = 4;
    private static final Duration CENSUS_LIMIT = Duration.ofSeconds(30);

    /** After this long without any movement a run that doesn't add up is given up. */
    private static final Duration STALL_LIMIT = Duration.ofMinutes(3);

    /**
     * Pairs from which the trainer is started; before, it would only take the cores from the jobs.
     */
    private static final long STARTING_PAIRS = 2_000;

    /** Pairs that the trainer waits for before its first step. */
    private static final long MIN_TABLE = 256;

    private final RunOptions options;
    private final PrintStream out;
    private final ProgressView view;
    private final CountDownLatch stopSignal = new CountDownLatch(1);
    private final long began = System.nanoTime();

    private double startupSeconds;
    private boolean drained;
    private int quietTicks;
    private List<Conservation.Equation> lastEquations = List.of();
    private long lastMove = began;
    private @Nullable TrainerProcess trainer;
    private @Nullable Integer trainerStatus;
    private String failure = "";

    LocalRun(RunOptions options) {
        this.options = options;
        this.out = options.json() ? System.err : System.out;
        this.view = new ProgressView(out, System.console() != null && !options.json());
    }

    /** Runs, and gives the exit code. */
    int run() throws Exception {
        LocalPipeline.checkConfig(options.jobConfig());
        Path registry = registryHome();
        Preflight.check(options);
        try (RunFolder folder = RunFolder.open(options.out())) {
            Logs.into(options.out().resolve("logs"));
            Signal.handle(new Signal("INT"), signal -> stopSignal.countDown());
            Signal.handle(new Signal("TERM"), signal -> stopSignal.countDown());
            view.say(
                    "starting broker, schema registry and Flink in %s ..."
                            .formatted(options.out()));
            try (LocalPipeline pipeline = LocalPipeline.start(options, folder, registry)) {
                startupSeconds = seconds();
                view.say(
                        "up after %.0f s; Flink's web UI: %s"
                                .formatted(startupSeconds, pipeline.uiUrl()));
                return go(pipeline, folder);
            } catch (Exception e) {
                LOG.error("the run failed", e);
                throw e;
            }
        }
    }

    private int go(LocalPipeline pipeline, RunFolder folder) throws Exception {
        Ending ending;
        try {
            ending = watch(pipeline, folder);
            if (ending == Ending.STOPPED) {
                view.say("stopping: savepoints and a trunk checkpoint ...");
            }
            if (trainer != null) {
                trainer.terminate();
            }
            pipeline.stopJobs();
        } catch (ServiceException | IOException e) {
            ending = Ending.FAILED;
            failure = Failures.oneLine(e);
            LOG.error("the run failed", e);
        } finally {
            if (trainer != null) {
                trainer.close();
                trainerStatus = trainer.await();
            }
        }
        boolean counted = pipeline.census().awaitCaughtUp(CENSUS_LIMIT);
        TopicCensus.Counts counts = pipeline.census().counts();
        List<Conservation.Equation> equations = pipeline.equations(counts);
        List<Conservation.Equation> broken =
                equations.stream().filter(equation -> !equation.balanced()).toList();
        if (ending == Ending.FINISHED && (!counted || !broken.isEmpty())) {
            ending = Ending.FAILED;
            failure =
                    counted
                            ? "conservation is broken: " + broken.get(0).inWords()
                            : "the topics could not be counted to their ends";
        }
        ObjectNode summary = summary(name(ending), counts, equations, folder);
        folder.write("summary.json", summary);
        view.show(moment(counts));
        view.end();
        report(ending, counts, summary);
        if (options.json()) {
            System.out.println(new ObjectMapper().writeValueAsString(summary));
        }
        return switch (ending) {
            case FINISHED -> Prefstream.DONE;
            case STOPPED -> Prefstream.INTERRUPTED;
            case NOTHING, FAILED -> Prefstream.FAILED;
        };
    }

    private Ending watch(LocalPipeline pipeline, RunFolder folder) throws Exception {
        for (long tick = 0; ; tick++) {
            TopicCensus.Counts counts = pipeline.census().counts();
            view.show(moment(counts));
            if (tick % SUMMARY_EVERY_TICKS == 0) {
                folder.write(
                        "summary.json",
                        summary("running", counts, pipeline.equations(counts), folder));
            }
            Optional<String> failed = pipeline.failure();
            if (failed.isPresent()) {
                failure = failed.get();
                return Ending.FAILED;
            }
            if (!options.forever() && !drained && isDrained(pipeline)) {
                pipeline.stopJobs();
                drained = true;
                counts = pipeline.census().counts();
                if (trainPairs(counts) == 0) {
                    return Ending.NOTHING;
                }
            }
            if (trainer == null && trainerStatus == null && trainerMayStart(counts, folder)) {
                trainer = startTrainer(pipeline, folder, counts);
            }
            if (trainer != null && !trainer.isAlive()) {
                trainerStatus = trainer.await();
                if (trainerStatus != 0) {
                    failure =
                            "the trainer ended with status %d: %s"
                                    .formatted(trainerStatus, lastLine(folder.log("trainer")));
                    return Ending.FAILED;
                }
            }
            if (drained && trainerStatus != null) {
                return Ending.FINISHED;
            }
            if (stopSignal.await(TICK_MILLIS, TimeUnit.MILLISECONDS)) {
                return Ending.STOPPED;
            }
        }
    }

    /** Twice in a row, so that no record hides between two counts. */
    private boolean isDrained(LocalPipeline pipeline)
            throws ServiceException, InterruptedException {
        if (!pipeline.feedEnded() || !pipeline.census().awaitCaughtUp(CENSUS_LIMIT)) {
            quietTicks = 0;
            return false;
        }
        List<Conservation.Equation> equations = pipeline.equations(pipeline.census().counts());
        boolean moved = !equations.equals(lastEquations);
        lastEquations = equations;
        if (moved) {
            quietTicks = 0;
            lastMove = System.nanoTime();
            return false;
        }
        if (System.nanoTime() - lastMove > STALL_LIMIT.toNanos()) {
            // Nothing moves and yet it doesn't add up: the end of the run says what.
            return true;
        }
        boolean balanced = equations.stream().allMatch(Conservation.Equation::balanced);
        quietTicks = balanced ? quietTicks + 1 : 0;
        return quietTicks >= 2;
    }

    private boolean trainerMayStart(TopicCensus.Counts counts, RunFolder folder) {
        return drained
                || trainPairs(counts) >= STARTING_PAIRS
                || (options.resume()
                        && Files.isDirectory(folder.path("trainer").resolve("trunks")));
    }

    private TrainerProcess startTrainer(
            LocalPipeline pipeline, RunFolder folder, TopicCensus.Counts counts)
            throws IOException {
        long pairs = trainPairs(counts);
        Map<String, String> settings = new TreeMap<>();
        if (drained) {
            // Less than usual may be all there will ever be.
            settings.put(
                    "replay.min-size", Long.toString(Math.max(1, Math.min(MIN_TABLE, pairs / 2))));
            settings.put("source.dry-timeout", "30s");
        }
        settings.put("model.context", Integer.toString(RunOptions.CONTEXT_TOKENS));
        settings.put("batch.pairs", "32");
        settings.put("optimizer.learning-rate", "3.0e-3");
        // Two forward passes for each fresh pair would take more time than the training.
        settings.put("evaluation.prequential-share", "0.03");
        // The table should hold most of a short run's pairs long before its last step.
        settings.put("source.pairs-per-step", "256");
        Long steps = options.steps();
        if (steps == null) {
            settings.put("schedule.release-every", "200");
            settings.put("evaluation.every", "50");
            settings.put("schedule.trunk-every-time", "1m");
        } else {
            settings.put("evaluation.every", Long.toString(Math.max(1, steps / 4)));
        }
        settings.putAll(options.trainerConfig());
        return TrainerProcess.start(
                pipeline.topics(),
                folder.path("trainer"),
                steps,
                options.seed(),
                settings,
                folder.log("trainer"));
    }

    private static long trainPairs(TopicCensus.Counts counts) {
        return counts.pairs() - counts.holdoutPairs();
    }

    private ProgressView.Moment moment(TopicCensus.Counts counts) {
        return new ProgressView.Moment(
                Math.round(seconds()), counts, trainerSaid(), options.steps(), trainerNote(counts));
    }

    private @Nullable String trainerNote(TopicCensus.Counts counts) {
        if (trainer == null) {
            return "waits for pairs (%,d of %,d)"
                    .formatted(Math.min(trainPairs(counts), STARTING_PAIRS), STARTING_PAIRS);
        }
        if (trainerStatus != null) {
            return "done";
        }
        String fork = trainer.fork();
        if (fork != null) {
            return "release step " + fork;
        }
        return trainer.status().path("event").asText().equals("waiting") ? "waits for pairs" : null;
    }

    private JsonNode trainerSaid() {
        return trainer == null ? MissingNode.getInstance() : trainer.status();
    }

    private ObjectNode summary(
            String state,
            TopicCensus.Counts counts,
            List<Conservation.Equation> equations,
            RunFolder folder) {
        Path own = folder.path("trainer").resolve("trainer-summary.json");
        JsonNode said = trainerSaid();
        if ((trainerStatus != null || said.isMissingNode()) && Files.exists(own)) {
            try {
                said = new ObjectMapper().readTree(own.toFile());
            } catch (IOException e) {
                // Its last line has to do.
            }
        }
        return RunSummary.of(state, counts, equations, said, startupSeconds, seconds());
    }

    private void report(Ending ending, TopicCensus.Counts counts, ObjectNode summary) {
        out.println();
        switch (ending) {
            case FINISHED -> RunReport.lines(summary, options.out()).forEach(out::println);
            case STOPPED ->
                    out.println(
                            "stopped; go on with: ./prefstream run --resume --out %s (and the same feed options)"
                                    .formatted(options.out()));
            case NOTHING ->
                    System.err.println(
                            "prefstream: nothing to train on: %,d events gave %,d snippets and %,d pairs; rejections: %s"
                                    .formatted(
                                            counts.events(),
                                            counts.snippets(),
                                            counts.pairs(),
                                            counts.rejections()));
            case FAILED -> System.err.println("prefstream: " + failure);
        }
        out.flush();
    }

    private static String name(Ending ending) {
        return ending == Ending.NOTHING
                ? "nothing"
                : ending.name().toLowerCase(java.util.Locale.ROOT);
    }

    private double seconds() {
        return (System.nanoTime() - began) / 1e9;
    }

    private static String lastLine(Path log) {
        try (var lines = Files.lines(log)) {
            return lines.filter(line -> !line.isBlank())
                    .reduce((a, b) -> b)
                    .orElse("it said nothing")
                    .concat("; see " + log);
        } catch (IOException | java.io.UncheckedIOException e) {
            return "see " + log;
        }
    }

    private static Path registryHome() {
        String home = System.getProperty("prefstream.registry");
        if (home == null) {
            throw new IllegalStateException(
                    "the system property prefstream.registry must name the registry's folder;"
                            + " ./prefstream sets it");
        }
        return Path.of(home);
    }
}
