package io.prefstream.synthesize;

import io.prefstream.jobs.common.JobEnvironment;
import io.prefstream.jobs.common.testing.LoopbackFlink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint;
import org.apache.flink.runtime.taskexecutor.TaskManagerRunner;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Flink's own standalone cluster: a JobManager and one TaskManager, each a process. */
final class ClusterOnLoopback implements AutoCloseable {
    private final Path folder;
    private final Map<String, String> variables;
    private final int rest = LoopbackFlink.freePort();
    private final Process jobManager;
    private Process taskManager;

    /**
     * @param folder of its configuration and logs
     */
    ClusterOnLoopback(Path folder) throws IOException {
        this(folder, "", Map.of());
    }

    /**
     * @param folder of its configuration and logs
     * @param settings lines of its configuration beside those that it always has
     * @param variables of its processes' environment
     */
    ClusterOnLoopback(Path folder, String settings, Map<String, String> variables)
            throws IOException {
        this.folder = Files.createDirectories(folder);
        this.variables = Map.copyOf(variables);
        LoopbackFlink.configure(folder, rest, settings);
        jobManager = start(StandaloneSessionClusterEntrypoint.class);
        taskManager = start(TaskManagerRunner.class);
    }

    /** Submits the synthesize job; waits until the cluster has taken it. */
    void submit(List<String> arguments) throws Exception {
        Configuration config = SynthesizeJob.options().parse(arguments.toArray(String[]::new));
        StreamExecutionEnvironment env = JobEnvironment.configure(environment(), config);
        SynthesizeJob.build(env, config);
        env.executeAsync("synthesize");
    }

    /** Of jobs that run there. */
    StreamExecutionEnvironment environment() {
        return StreamExecutionEnvironment.createRemoteEnvironment("127.0.0.1", rest);
    }

    /** SIGKILL. */
    void killTaskManager() throws InterruptedException {
        taskManager.destroyForcibly().waitFor();
    }

    void startTaskManager() throws IOException {
        taskManager = start(TaskManagerRunner.class);
    }

    @Override
    public void close() throws InterruptedException {
        killTaskManager();
        jobManager.destroyForcibly().waitFor();
    }

    private Process start(Class<?> main) throws IOException {
        return ChildJvm.start(
                main.getName(),
                List.of("--configDir", folder.toString()),
                folder.resolve("log"),
                variables);
    }
}
