package io.prefstream.jobs.common;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import sun.misc.Signal;

/**
 * A job inside this process, without a cluster. SIGTERM and SIGINT end it with a savepoint under
 * {@code job.checkpoint-dir}: its sources stop, what they read goes through, its sinks commit. A
 * process that just died would leave transactions open, which hold up every {@code read_committed}
 * reader until they time out.
 *
 * <p>Only {@code job.restore-from} goes on exactly where it was. Without it a job begins at the
 * offsets of its consumer group, which may lie behind: Flink commits them in passing, and the last
 * of them not at all when a job stops.
 */
final class LocalExecution {

    private static final long STOP_SECONDS = 60;

    private final StreamExecutionEnvironment env;
    private final Configuration config;
    private final PrintStream out;

    LocalExecution(StreamExecutionEnvironment env, Configuration config, PrintStream out) {
        this.env = env;
        this.config = config;
        this.out = out;
    }

    /** What keeps a cluster in this process off the network. */
    static Configuration loopback() {
        Configuration flink = new Configuration();
        flink.set(RestOptions.BIND_ADDRESS, "localhost");
        flink.set(JobManagerOptions.BIND_HOST, "localhost");
        flink.set(TaskManagerOptions.BIND_HOST, "localhost");
        return flink;
    }

    /**
     * Runs the job until it ends or a signal comes.
     *
     * @return {@link JobMain#DONE} or {@link JobMain#STOPPED}
     */
    int run(String name) throws Exception {
        CompletableFuture<Void> signalled = new CompletableFuture<>();
        for (String signal : List.of("TERM", "INT")) {
            Signal.handle(new Signal(signal), received -> signalled.complete(null));
        }
        JobClient job = env.executeAsync(name);
        CompletableFuture<?> ended = job.getJobExecutionResult();
        try {
            CompletableFuture.anyOf(ended, signalled).get();
        } catch (ExecutionException e) {
            throw cause(e);
        }
        if (ended.isDone()) {
            return JobMain.DONE;
        }
        stop(job, ended);
        return JobMain.STOPPED;
    }

    private void stop(JobClient job, CompletableFuture<?> ended) throws Exception {
        String kept = config.get(JobEnvironment.CHECKPOINT_DIR);
        Path temporary = kept == null ? Files.createTempDirectory("prefstream-savepoint") : null;
        try {
            String target = temporary == null ? kept : temporary.toUri().toString();
            String savepoint =
                    job.stopWithSavepoint(false, target, SavepointFormatType.CANONICAL)
                            .get(STOP_SECONDS, TimeUnit.SECONDS);
            ended.get(STOP_SECONDS, TimeUnit.SECONDS);
            out.println(
                    temporary == null
                            ? "stopped; go on with: --%s %s"
                                    .formatted(JobEnvironment.RESTORE_FROM.key(), savepoint)
                            : "stopped; no savepoint was kept, since --%s is not set"
                                    .formatted(JobEnvironment.CHECKPOINT_DIR.key()));
        } catch (ExecutionException e) {
            // Too young for a savepoint, or failing: cancelled, it aborts what it had not
            // committed.
            job.cancel().get(STOP_SECONDS, TimeUnit.SECONDS);
            out.println("stopped without a savepoint: " + cause(e).getMessage());
        } catch (TimeoutException e) {
            job.cancel().get(STOP_SECONDS, TimeUnit.SECONDS);
            out.println(
                    "stopped without a savepoint: it took more than %d s".formatted(STOP_SECONDS));
        } finally {
            if (temporary != null) {
                delete(temporary);
            }
        }
    }

    private static Exception cause(ExecutionException e) {
        return e.getCause() instanceof Exception cause ? cause : e;
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
