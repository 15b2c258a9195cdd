package io.prefstream.synthesize;

import io.prefstream.jobs.common.JobEnvironment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
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
    private final int rest = freePort();
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
        Files.writeString(
                folder.resolve("config.yaml"),
                """
                jobmanager.rpc.address: 127.0.0.1
                jobmanager.rpc.port: %d
                jobmanager.bind-host: 127.0.0.1
                rest.address: 127.0.0.1
                rest.bind-address: 127.0.0.1
                rest.port: %d
                taskmanager.host: 127.0.0.1
                taskmanager.bind-host: 127.0.0.1
                taskmanager.numberOfTaskSlots: 2
                taskmanager.cpu.cores: 2
                taskmanager.memory.framework.heap.size: 128m
                taskmanager.memory.framework.off-heap.size: 128m
                taskmanager.memory.task.heap.size: 384m
                taskmanager.memory.task.off-heap.size: 0m
                taskmanager.memory.managed.size: 64m
                taskmanager.memory.network.min: 32m
                taskmanager.memory.network.max: 32m
                taskmanager.memory.jvm-metaspace.size: 256m
                taskmanager.memory.jvm-overhead.min: 192m
                taskmanager.memory.jvm-overhead.max: 192m
                heartbeat.interval: 500
                heartbeat.timeout: 5000
                """
                                .formatted(freePort(), rest)
                        + settings);
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

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
