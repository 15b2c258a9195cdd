package io.prefstream.local;

import io.prefstream.content.git.GitRepositories;
import io.prefstream.content.maven.MavenCoordinates;
import io.prefstream.ingest.IngestJob;
import io.prefstream.jobs.common.JobEnvironment;
import io.prefstream.jobs.common.JobOptions;
import io.prefstream.jobs.common.TopicsOptions;
import io.prefstream.jobs.common.UsageException;
import io.prefstream.model.DemoModel;
import io.prefstream.synthesize.SynthesizeJob;
import io.prefstream.topics.TopicAdmin;
import io.prefstream.topics.TopicsConnection;
import io.prefstream.validate.ValidateJob;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.execution.ExecutionState;
import org.apache.flink.runtime.executiongraph.AccessExecutionGraph;
import org.apache.flink.runtime.executiongraph.AccessExecutionJobVertex;
import org.jspecify.annotations.Nullable;

/**
 * Broker, registry, Flink and the three jobs between them: started together, stopped with
 * savepoints.
 *
 * <pre>
 *   broker ──┐
 *   registry ┼──► topics ──► census, ingest, synthesize, validate
 *   Flink ───┘
 * </pre>
 */
final class LocalPipeline implements AutoCloseable {

    private static final String FEED_VERTEX = "ingest.feed-";
    private static final int PARTITIONS = 2;

    /** A job: its options and how it is built. */
    private record Job(String name, JobOptions options, EmbeddedFlink.JobBuilder builder) {}

    private final RunFolder folder;
    private final EmbeddedKafka kafka;
    private final EmbeddedRegistry registry;
    private final EmbeddedFlink flink;
    private final TopicsConnection topics;
    private final Map<String, JobID> jobs = new LinkedHashMap<>();
    private @Nullable TopicCensus census;

    private LocalPipeline(
            RunFolder folder, EmbeddedKafka kafka, EmbeddedRegistry registry, EmbeddedFlink flink) {
        this.folder = folder;
        this.kafka = kafka;
        this.registry = registry;
        this.flink = flink;
        this.topics = new TopicsConnection(kafka.bootstrapServers(), registry.url());
    }

    private static List<Job> all() {
        return List.of(
                new Job("validate", ValidateJob.options(), ValidateJob::build),
                new Job("synthesize", SynthesizeJob.options(), SynthesizeJob::build),
                new Job("ingest", IngestJob.options(), IngestJob::build));
    }

    /**
     * Checks the options that are passed through to the jobs.
     *
     * @throws BadUsageException if no job knows a key, or a value cannot be read
     */
    static void checkConfig(Map<String, String> config) {
        TreeSet<String> known = new TreeSet<>();
        for (Job job : all()) {
            job.options().all().forEach(option -> known.add(option.key()));
        }
        for (String key : config.keySet()) {
            if (!known.contains(key)) {
                throw new BadUsageException("--config %s: no job has this option".formatted(key));
            }
        }
        for (Job job : all()) {
            try {
                job.options().parse(arguments(job, config));
            } catch (UsageException e) {
                throw new BadUsageException("--config: " + Failures.oneLine(e));
            }
        }
    }

    /** Starts the services side by side and submits the jobs; on failure everything is stopped. */
    static LocalPipeline start(RunOptions options, RunFolder folder, Path registryHome)
            throws Exception {
        FutureTask<EmbeddedKafka> kafka = inThread(() -> EmbeddedKafka.start(folder.path("kafka")));
        FutureTask<EmbeddedRegistry> registry =
                inThread(
                        () ->
                                EmbeddedRegistry.start(
                                        registryHome,
                                        folder.path("registry"),
                                        folder.log("registry")));
        FutureTask<EmbeddedFlink> flink =
                inThread(
                        () ->
                                EmbeddedFlink.start(
                                        folder.path("flink"),
                                        options.uiPort(),
                                        3 * options.parallelism()));
        LocalPipeline pipeline;
        try {
            pipeline = new LocalPipeline(folder, kafka.get(), registry.get(), flink.get());
        } catch (ExecutionException | InterruptedException e) {
            for (FutureTask<? extends AutoCloseable> service : List.of(flink, registry, kafka)) {
                closeIfStarted(service);
            }
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
        try {
            TopicAdmin.create(pipeline.topics, PARTITIONS, (short) 1);
            pipeline.census = TopicCensus.start(pipeline.topics);
            pipeline.submit(options);
        } catch (Exception e) {
            pipeline.close();
            throw e;
        }
        return pipeline;
    }

    TopicsConnection topics() {
        return topics;
    }

    TopicCensus census() {
        if (census == null) {
            throw new IllegalStateException("not started");
        }
        return census;
    }

    String uiUrl() throws ServiceException, InterruptedException {
        return flink.uiUrl();
    }

    /** The flow's equations at this moment. */
    List<Conservation.Equation> equations(TopicCensus.Counts counts) {
        return Conservation.equations(flink.ledger(), counts);
    }

    /** The first job that ended by failing, with why. */
    Optional<String> failure() throws ServiceException, InterruptedException {
        for (Map.Entry<String, JobID> job : jobs.entrySet()) {
            JobStatus status = flink.status(job.getValue());
            if (status == JobStatus.FAILED) {
                var info = flink.graph(job.getValue()).getFailureInfo();
                return Optional.of(
                        "the %s job failed: %s; see %s"
                                .formatted(
                                        job.getKey(),
                                        info == null
                                                ? "no reason given"
                                                : info.getExceptionAsString()
                                                        .lines()
                                                        .findFirst()
                                                        .orElse(""),
                                        folder.log("pipeline")));
            }
        }
        return Optional.empty();
    }

    /** Whether every feed has ended and what it saw is on the topic. */
    boolean feedEnded() throws ServiceException, InterruptedException {
        JobID ingest = jobs.get("ingest");
        if (ingest == null) {
            return true;
        }
        AccessExecutionGraph graph = flink.graph(ingest);
        boolean seen = false;
        for (AccessExecutionJobVertex vertex : graph.getAllVertices().values()) {
            if (vertex.getName().contains(FEED_VERTEX)) {
                seen = true;
                if (vertex.getAggregateState() != ExecutionState.FINISHED) {
                    return false;
                }
            }
        }
        return seen;
    }

    /** Stops the jobs, the first of the flow first, each with a savepoint to go on from. */
    void stopJobs() throws ServiceException, InterruptedException, IOException {
        List<String> names = new ArrayList<>(jobs.keySet());
        java.util.Collections.reverse(names);
        for (String name : names) {
            JobID job = jobs.remove(name);
            if (job != null && !flink.status(job).isTerminalState()) {
                folder.savepoint(
                        name,
                        flink.stopWithSavepoint(job, folder.path("savepoints").resolve(name)));
            }
        }
    }

    @Override
    public void close() {
        if (census != null) {
            census.close();
        }
        flink.close();
        registry.close();
        kafka.close();
    }

    private void submit(RunOptions options) throws Exception {
        DemoModel.writeTokenizer(folder.path("tokenizer"));
        for (Job job : all()) {
            Configuration config = job.options().parse(arguments(job, settings(options)));
            jobs.put(
                    job.name(),
                    flink.submit(
                            job.name(),
                            job.builder(),
                            config,
                            options.resume()
                                    ? folder.restorePoint(job.name()).orElse(null)
                                    : null));
        }
    }

    /** What a run tells its jobs; what the user says goes over it. */
    private Map<String, String> settings(RunOptions options) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put(TopicsOptions.BOOTSTRAP_SERVERS.key(), topics.bootstrapServers());
        settings.put(TopicsOptions.REGISTRY_URL.key(), topics.registryUrl());
        settings.put(JobEnvironment.CHECKPOINT_INTERVAL.key(), "3 s");
        settings.put(JobEnvironment.PARALLELISM.key(), Integer.toString(options.parallelism()));
        settings.put("ingest.feeds", options.feed().name().toLowerCase(java.util.Locale.ROOT));
        settings.put("ingest.feed.bounded", Boolean.toString(!options.forever()));
        if (options.feed() == RunOptions.Feed.MAVEN) {
            settings.put("ingest.maven.coordinates", String.join(",", options.coordinates()));
        } else {
            settings.put("ingest.git.repositories", String.join(",", options.repositories()));
            settings.put("ingest.git.initial-depth", Integer.toString(options.depth()));
            settings.put("ingest.git.cache-dir", folder.path("git").toString());
        }
        // Tokens are counted as the trainer will count them.
        settings.put("validate.tokenizer", folder.path("tokenizer").toString());
        settings.put("validate.context-tokens", Integer.toString(RunOptions.CONTEXT_TOKENS));
        split(options, settings);
        settings.putAll(options.jobConfig());
        return settings;
    }

    /** Sides of the split never share a repository; where there is only one, they share no file. */
    private static void split(RunOptions options, Map<String, String> settings) {
        List<String> repositories =
                options.targets().stream()
                        .map(
                                target ->
                                        options.feed() == RunOptions.Feed.MAVEN
                                                ? MavenCoordinates.parse(target).repository()
                                                : GitRepositories.canonicalName(target))
                        .distinct()
                        .toList();
        if (repositories.size() == 1) {
            settings.put("validate.holdout-by", "FILE");
        } else {
            settings.put("validate.holdout-by", "REPOSITORY");
            settings.put("validate.holdout-share", Double.toString(HoldoutShare.of(repositories)));
        }
    }

    /** Those of the settings that a job knows, as its command line. */
    private static String[] arguments(Job job, Map<String, String> settings) {
        List<String> arguments = new ArrayList<>();
        for (var option : job.options().all()) {
            String value = settings.get(option.key());
            if (value != null) {
                arguments.add("--" + option.key() + "=" + value);
            }
        }
        return arguments.toArray(String[]::new);
    }

    private static <T> FutureTask<T> inThread(Callable<T> start) {
        FutureTask<T> task = new FutureTask<>(start);
        Thread thread = new Thread(task, "start-service");
        thread.setDaemon(true);
        thread.start();
        return task;
    }

    private static void closeIfStarted(FutureTask<? extends AutoCloseable> service) {
        try {
            service.get().close();
        } catch (ExecutionException e) {
            // It never started.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            // It is being given up anyway.
        }
    }
}
