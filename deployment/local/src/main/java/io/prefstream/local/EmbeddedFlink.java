package io.prefstream.local;

import io.prefstream.jobs.common.JobEnvironment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.execution.ExecutionState;
import org.apache.flink.runtime.executiongraph.AccessExecutionGraph;
import org.apache.flink.runtime.executiongraph.AccessExecutionVertex;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.jspecify.annotations.Nullable;

/**
 * A Flink cluster inside this process, on the loopback address: RocksDB state, checkpoints in a
 * folder, Flink's web UI, and a {@link LedgerBook} that holds what the stages have counted.
 */
public final class EmbeddedFlink implements AutoCloseable {

    /** Builds a job into an environment without executing it. */
    @FunctionalInterface
    public interface JobBuilder {
        void build(StreamExecutionEnvironment env, Configuration config) throws Exception;
    }

    private static final Duration START_LIMIT = Duration.ofSeconds(30);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(60);

    private final MiniCluster cluster;
    private final LedgerBook ledger;
    private final Path folder;

    private EmbeddedFlink(MiniCluster cluster, LedgerBook ledger, Path folder) {
        this.cluster = cluster;
        this.ledger = ledger;
        this.folder = folder;
    }

    /**
     * Starts a cluster.
     *
     * @param folder for checkpoints and working files
     * @param uiPort port of the web UI, 0 for any free one
     * @param slots task slots; each job takes as many as its parallelism
     * @param config options of the jobs, of which one says where the cluster shows its metrics
     */
    public static EmbeddedFlink start(Path folder, int uiPort, int slots, Configuration config)
            throws ServiceException {
        LedgerBook ledger = LedgerBook.open();
        MiniCluster cluster =
                new MiniCluster(
                        new MiniClusterConfiguration.Builder()
                                .setConfiguration(configuration(folder, uiPort, ledger, config))
                                .setNumTaskManagers(1)
                                .setNumSlotsPerTaskManager(slots)
                                .build());
        try {
            cluster.start();
        } catch (Exception e) {
            ledger.close();
            throw new ServiceException("Flink did not start: " + rootMessage(e), e);
        }
        return new EmbeddedFlink(cluster, ledger, folder);
    }

    /** Where the web UI is. */
    public String uiUrl() throws ServiceException, InterruptedException {
        return "http://localhost:"
                + get(cluster.getRestAddress(), "the address of the web UI").getPort();
    }

    /** What the stages have counted. */
    public LedgerBook ledger() {
        return ledger;
    }

    /**
     * Submits a job.
     *
     * @param restoreFrom savepoint or retained checkpoint to go on from, null to begin anew
     */
    public JobID submit(
            String name, JobBuilder builder, Configuration config, @Nullable String restoreFrom)
            throws Exception {
        Configuration base = new Configuration();
        base.set(
                CheckpointingOptions.CHECKPOINTS_DIRECTORY,
                folder.resolve("checkpoints").resolve(name).toUri().toString());
        base.set(CheckpointingOptions.CHECKPOINT_STORAGE, "filesystem");
        if (restoreFrom != null) {
            base.set(StateRecoveryOptions.SAVEPOINT_PATH, restoreFrom);
        }
        StreamExecutionEnvironment env = new StreamExecutionEnvironment(base);
        JobEnvironment.configure(env, config);
        builder.build(env, config);
        StreamGraph graph = env.getStreamGraph();
        graph.setJobName(name);
        return cluster.submitJob(graph.getJobGraph()).get().getJobID();
    }

    /** The state of a job. */
    public JobStatus status(JobID job) throws ServiceException, InterruptedException {
        return get(cluster.getJobStatus(job), "a job's status");
    }

    /** The graph of a job with the states of its tasks. */
    public AccessExecutionGraph graph(JobID job) throws ServiceException, InterruptedException {
        return get(cluster.getExecutionGraph(job), "a job's graph");
    }

    /**
     * Ends a job with a savepoint: its sources stop, everything in flight goes through, its sinks
     * commit. A job that is still starting is waited for.
     *
     * @return where the savepoint is
     */
    public String stopWithSavepoint(JobID job, Path target)
            throws ServiceException, InterruptedException {
        awaitRunning(job);
        return get(
                cluster.stopWithSavepoint(
                        job, target.toUri().toString(), false, SavepointFormatType.NATIVE),
                "a savepoint");
    }

    /** Ends a job without a savepoint; its retained checkpoints stay. */
    public void cancel(JobID job) throws ServiceException, InterruptedException {
        get(cluster.cancelJob(job), "a cancelled job");
    }

    @Override
    public void close() {
        try {
            cluster.closeAsync().get(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            // Everything of value is on disk already, and the process ends.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            ledger.close();
        }
    }

    /** Flink refuses a savepoint as long as a task is on its way up. */
    private void awaitRunning(JobID job) throws ServiceException, InterruptedException {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (System.nanoTime() < deadline && !status(job).isTerminalState()) {
            boolean up = status(job) == JobStatus.RUNNING;
            for (AccessExecutionVertex task : graph(job).getAllExecutionVertices()) {
                ExecutionState state = task.getExecutionState();
                up &= state == ExecutionState.RUNNING || state == ExecutionState.FINISHED;
            }
            if (up) {
                return;
            }
            Thread.sleep(100);
        }
    }

    private static Configuration configuration(
            Path folder, int uiPort, LedgerBook ledger, Configuration config) {
        Configuration c = new Configuration();
        c.set(RestOptions.BIND_ADDRESS, "localhost");
        c.set(RestOptions.ADDRESS, "localhost");
        c.set(RestOptions.BIND_PORT, Integer.toString(uiPort));
        c.set(RestOptions.PORT, uiPort);
        c.set(JobManagerOptions.BIND_HOST, "localhost");
        c.set(TaskManagerOptions.BIND_HOST, "localhost");
        c.set(TaskManagerOptions.HOST, "localhost");
        c.set(CoreOptions.TMP_DIRS, folder.resolve("tmp").toString());
        c.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(192));
        c.set(TaskManagerOptions.NETWORK_MEMORY_MIN, MemorySize.ofMebiBytes(64));
        c.set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.ofMebiBytes(64));
        c.set(CheckpointingOptions.MAX_RETAINED_CHECKPOINTS, 2);
        c.setString("metrics.reporters", "ledger");
        c.setString("metrics.reporter.ledger.factory.class", LedgerReporterFactory.class.getName());
        c.setString("metrics.reporter.ledger." + LedgerReporter.BOOK, ledger.name());
        JobEnvironment.reportTo(c, config);
        return c;
    }

    private static <T> T get(java.util.concurrent.CompletableFuture<T> future, String what)
            throws ServiceException, InterruptedException {
        try {
            return future.get(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new ServiceException("Flink refused %s: %s".formatted(what, rootMessage(e)), e);
        } catch (TimeoutException e) {
            throw new ServiceException(
                    "Flink gave no %s within %d s".formatted(what, STOP_LIMIT.toSeconds()), e);
        }
    }

    private static String rootMessage(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.toString() : root.getMessage();
    }
}
