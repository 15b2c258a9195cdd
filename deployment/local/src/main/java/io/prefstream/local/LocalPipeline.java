package io.prefstream.local;

import io.prefstream.model.DemoGenerator;
import io.prefstream.model.DemoModel;
import io.prefstream.schemas.RulesVersion;
import io.prefstream.topics.TopicAdmin;
import io.prefstream.topics.TopicsConnection;
import io.prefstream.validate.ValidateOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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

    private static final Logger LOG = LoggerFactory.getLogger(LocalPipeline.class);
    private static final String FEED_VERTEX = "ingest.feed-";
    private static final int PARTITIONS = 2;

    private final RunFolder folder;
    private final EmbeddedKafka kafka;
    private final EmbeddedRegistry registry;
    private final EmbeddedFlink flink;
    private final TopicsConnection topics;
    private final Map<String, JobID> jobs = new LinkedHashMap<>();
    private @Nullable TopicCensus census;
    private @Nullable Receiver receiver;

    private LocalPipeline(
            RunFolder folder, EmbeddedKafka kafka, EmbeddedRegistry registry, EmbeddedFlink flink) {
        this.folder = folder;
        this.kafka = kafka;
        this.registry = registry;
        this.flink = flink;
        this.topics = new TopicsConnection(kafka.bootstrapServers(), registry.url());
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
                                        3 * options.asked().parallelism(),
                                        Configuration.fromMap(options.asked().jobConfig())));
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
            pipeline.census = TopicCensus.start(pipeline.topics, rulesVersion(options));
            pipeline.submit(options);
            pipeline.receive(options.asked().webhooks());
        } catch (Exception e) {
            pipeline.close();
            throw e;
        }
        return pipeline;
    }

    private static int rulesVersion(RunOptions options) {
        String given = options.asked().config().get(ValidateOptions.RULES_VERSION.key());
        return given == null ? RulesVersion.FIRST : Integer.parseInt(given);
    }

    TopicsConnection topics() {
        return topics;
    }

    /** Where clients and people find the services. */
    Map<String, String> addresses() throws ServiceException, InterruptedException {
        Map<String, String> addresses = new LinkedHashMap<>();
        addresses.put("bootstrapServers", topics.bootstrapServers());
        addresses.put("schemaRegistry", topics.registryUrl());
        addresses.put("webUi", uiUrl());
        if (receiver != null) {
            addresses.put(
                    "webhooks",
                    "http://%s:%d".formatted(Receiver.DEFAULT_ADDRESS, receiver.port()));
        }
        return addresses;
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

    /** What the stages have counted, and whom they wait for. */
    LedgerBook ledger() {
        return flink.ledger();
    }

    /** The flow's equations at this moment. */
    List<Conservation.Equation> equations(TopicCounts counts) {
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

    /**
     * Stops the jobs, the first of the flow first, each with a savepoint to go on from. A job that
     * can't make one is cancelled and keeps its last checkpoint, with which what it has written
     * agrees just as well.
     *
     * @return a line for each job that left no savepoint
     */
    List<String> stopJobs() throws ServiceException, InterruptedException, IOException {
        List<String> without = new ArrayList<>();
        List<String> names = new ArrayList<>(jobs.keySet());
        java.util.Collections.reverse(names);
        for (String name : names) {
            JobID job = jobs.remove(name);
            if (job == null || flink.status(job).isTerminalState()) {
                continue;
            }
            try {
                folder.savepoint(
                        name,
                        flink.stopWithSavepoint(job, folder.path("savepoints").resolve(name)));
            } catch (ServiceException e) {
                LOG.warn("no savepoint of the {} job", name, e);
                flink.cancel(job);
                without.add(
                        "the %s job left no savepoint (%s); it will go on from its last checkpoint"
                                .formatted(name, Failures.oneLine(e)));
            }
        }
        return without;
    }

    @Override
    public void close() {
        try (Receiver open = receiver) {
            receiver = null;
        } catch (IOException e) {
            LOG.warn("the receiver of webhooks did not end well", e);
        }
        if (census != null) {
            census.close();
        }
        flink.close();
        registry.close();
        kafka.close();
    }

    private void submit(RunOptions options) throws Exception {
        DemoModel.writeTokenizer(JobSettings.tokenizer(options.out()));
        for (DemoGenerator generator : DemoGenerator.values()) {
            generator.writeTo(JobSettings.generators(options.out()));
        }
        Map<String, String> settings = JobSettings.of(options.asked(), topics, options.out());
        for (LocalJob job : LocalJob.all()) {
            String restoreFrom =
                    options.resume() ? folder.restorePoint(job.name()).orElse(null) : null;
            jobs.put(
                    job.name(),
                    flink.submit(
                            job.name(), job.builder(), job.configuration(settings), restoreFrom));
        }
    }

    private void receive(@Nullable Webhooks webhooks) throws IOException {
        if (webhooks != null) {
            receiver =
                    Receiver.start(
                            topics,
                            webhooks.settings(folder.path("webhooks")),
                            Receiver.DEFAULT_ADDRESS,
                            webhooks.port());
        }
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
