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
import java.util.Optional;
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

    private static final Logger LOG = LoggerFactory.getLogger(LocalRun.class);

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long TICK_MILLIS = 500;
    private static final long SUMMARY_EVERY_TICKS = 4;
    private static final Duration CENSUS_LIMIT = Duration.ofSeconds(30);

    /** After this long without any movement a run that doesn't add up is given up. */
    private static final Duration STALL_LIMIT = Duration.ofMinutes(3);

    private static final String SUMMARY = "summary.json";
    private static final String SERVICES = "services.json";

    /**
     * Pairs from which the trainer is started; before, it would only take the cores from the jobs.
     */
    private static final long STARTING_PAIRS = 2_000;

    private final RunOptions options;
    private final RunRequest asked;
    private final PrintStream out;
    private final ProgressView view;
    private final CountDownLatch stopSignal = new CountDownLatch(1);
    private final long began = System.nanoTime();
    private final Stillness stillness = new Stillness(STALL_LIMIT, System::nanoTime);

    private double startupSeconds;
    private boolean drained;
    private JsonNode trainerBefore = MissingNode.getInstance();
    private @Nullable TrainerProcess trainer;
    private @Nullable Integer trainerStatus;
    private String failure = "";

    LocalRun(RunOptions options) {
        this.options = options;
        this.asked = options.asked();
        this.out = options.json() ? System.err : System.out;
        this.view = new ProgressView(out, System.console() != null && !options.json());
    }

    /** Runs, and gives the exit code. */
    int run() throws Exception {
        LocalJob.checkConfig(asked.jobConfig());
        Path registry = EmbeddedRegistry.home();
        Preflight.check(options);
        try (RunFolder folder = RunFolder.open(options.out())) {
            folder.mark(asked);
            trainerBefore = trainerSummary(folder);
            Logs.into(options.out().resolve("logs"));
            Signal.handle(new Signal("INT"), signal -> stopSignal.countDown());
            Signal.handle(new Signal("TERM"), signal -> stopSignal.countDown());
            view.say(
                    "starting broker, schema registry and Flink in %s ..."
                            .formatted(options.out()));
            try (LocalPipeline pipeline = LocalPipeline.start(options, folder, registry)) {
                startupSeconds = seconds();
                folder.write(SERVICES, pipeline.addresses());
                view.say(
                        "up after %.0f s; Flink's web UI: %s"
                                .formatted(startupSeconds, pipeline.uiUrl()));
                String webhooks = pipeline.addresses().get("webhooks");
                if (webhooks != null) {
                    view.say("receiving webhooks on " + webhooks);
                }
                return go(pipeline, folder);
            } catch (Exception e) {
                LOG.error("the run failed", e);
                throw e;
            } finally {
                folder.delete(SERVICES);
            }
        }
    }

    private int go(LocalPipeline pipeline, RunFolder folder) throws Exception {
        RunEnding ending;
        try {
            ending = watch(pipeline, folder);
            if (ending == RunEnding.STOPPED) {
                view.say("stopping: savepoints and a trunk checkpoint ...");
            }
            if (trainer != null) {
                trainer.terminate();
            }
            stopJobs(pipeline);
        } catch (ServiceException | IOException e) {
            ending = RunEnding.FAILED;
            failure = Failures.oneLine(e);
            LOG.error("the run failed", e);
        } finally {
            if (trainer != null) {
                trainer.close();
                trainerStatus = trainer.await();
            }
        }
        boolean counted = pipeline.census().awaitCaughtUp(CENSUS_LIMIT);
        TopicCounts counts = pipeline.census().counts();
        List<Conservation.Equation> equations = pipeline.equations(counts);
        List<Conservation.Equation> broken =
                equations.stream().filter(equation -> !equation.balanced()).toList();
        if (ending == RunEnding.FINISHED && (!counted || !broken.isEmpty())) {
            ending = RunEnding.FAILED;
            failure =
                    counted
                            ? "conservation is broken: " + broken.get(0).inWords()
                            : "the topics could not be counted to their ends";
        }
        ObjectNode summary = summary(ending.word(), counts, equations, folder);
        folder.write(SUMMARY, summary);
        view.show(moment(pipeline, counts));
        view.end();
        report(ending, counts, summary);
        if (options.json()) {
            System.out.println(JSON.writeValueAsString(summary));
        }
        return ending.exitCode();
    }

    private RunEnding watch(LocalPipeline pipeline, RunFolder folder) throws Exception {
        for (long tick = 0; ; tick++) {
            TopicCounts counts = pipeline.census().counts();
            view.show(moment(pipeline, counts));
            if (tick % SUMMARY_EVERY_TICKS == 0) {
                folder.write(
                        SUMMARY, summary("running", counts, pipeline.equations(counts), folder));
            }
            Optional<String> failed = pipeline.failure();
            if (failed.isPresent()) {
                failure = failed.get();
                return RunEnding.FAILED;
            }
            if (!asked.forever() && !drained && isDrained(pipeline)) {
                stopJobs(pipeline);
                drained = true;
                counts = pipeline.census().counts();
                if (trainPairs(counts) == 0) {
                    return RunEnding.NOTHING;
                }
            }
            if (trainer == null && trainerMayStart(pipeline, counts)) {
                trainer = startTrainer(pipeline, folder, counts);
            }
            if (trainer != null && !trainer.isAlive()) {
                trainerStatus = trainer.await();
                if (trainerStatus != 0) {
                    failure =
                            "the trainer ended with status %d: %s"
                                    .formatted(trainerStatus, trainer.lastWords());
                    return RunEnding.FAILED;
                }
            }
            if (drained && trainerStatus != null) {
                return RunEnding.FINISHED;
            }
            if (stopSignal.await(TICK_MILLIS, TimeUnit.MILLISECONDS)) {
                return RunEnding.STOPPED;
            }
        }
    }

    private boolean isDrained(LocalPipeline pipeline)
            throws ServiceException, InterruptedException {
        if (!pipeline.feedEnded() || !pipeline.census().awaitCaughtUp(CENSUS_LIMIT)) {
            return false;
        }
        return switch (stillness.look(pipeline.equations(pipeline.census().counts()))) {
            case MOVING -> false;
            case STILL -> true;
            // Models are waited for; what doesn't add up otherwise the end of the run says.
            case STUCK -> pipeline.ledger().asked() == 0;
        };
    }

    private boolean trainerMayStart(LocalPipeline pipeline, TopicCounts counts) {
        if (drained || trainPairs(counts) >= STARTING_PAIRS) {
            return true;
        }
        // A run without end takes what there is once that has been worked off.
        return asked.forever()
                && trainPairs(counts) > 0
                && stillness.look(pipeline.equations(counts)) == Stillness.Sight.STILL;
    }

    private TrainerProcess startTrainer(
            LocalPipeline pipeline, RunFolder folder, TopicCounts counts) throws IOException {
        return TrainerProcess.start(
                pipeline.topics(),
                folder.path("trainer"),
                asked.steps(),
                asked.seed(),
                TrainerSettings.of(asked, trainPairs(counts), drained),
                folder.log("trainer"));
    }

    private void stopJobs(LocalPipeline pipeline)
            throws ServiceException, InterruptedException, IOException {
        pipeline.stopJobs().forEach(view::say);
    }

    private static long trainPairs(TopicCounts counts) {
        return counts.pairs() - counts.holdoutPairs();
    }

    private ProgressView.Moment moment(LocalPipeline pipeline, TopicCounts counts) {
        return new ProgressView.Moment(
                Math.round(seconds()),
                counts,
                pipeline.ledger().away(),
                trainerSaid(),
                asked.steps(),
                trainerNote(counts));
    }

    private @Nullable String trainerNote(TopicCounts counts) {
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
        String event = trainer.status().path("event").asText();
        return event.equals("waiting") || event.equals("starvation") ? "waits for pairs" : null;
    }

    /** What the trainer said last; before it said anything, how the trainer before it ended. */
    private JsonNode trainerSaid() {
        JsonNode said = trainer == null ? MissingNode.getInstance() : trainer.status();
        return said.isMissingNode() ? trainerBefore : said;
    }

    private ObjectNode summary(
            String state,
            TopicCounts counts,
            List<Conservation.Equation> equations,
            RunFolder folder) {
        JsonNode said = trainerStatus == null ? trainerSaid() : trainerSummary(folder);
        return RunSummary.of(state, counts, equations, said, startupSeconds, seconds());
    }

    /** What the trainer wrote when it ended; its last line where it wrote nothing. */
    private JsonNode trainerSummary(RunFolder folder) {
        Path own = folder.path("trainer").resolve("trainer-summary.json");
        try {
            return Files.exists(own) ? JSON.readTree(own.toFile()) : trainerSaid();
        } catch (IOException e) {
            return trainerSaid();
        }
    }

    private void report(RunEnding ending, TopicCounts counts, ObjectNode summary) {
        out.println();
        switch (ending) {
            case FINISHED -> RunReport.lines(summary, options.out()).forEach(out::println);
            case STOPPED -> RunReport.stopped(trainerStatus, options.out()).forEach(out::println);
            case NOTHING -> System.err.println("prefstream: " + RunReport.nothing(counts));
            case FAILED -> System.err.println("prefstream: " + failure);
        }
        out.flush();
    }

    private double seconds() {
        return (System.nanoTime() - began) / 1e9;
    }
}
