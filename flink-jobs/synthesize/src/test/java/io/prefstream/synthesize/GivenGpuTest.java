package io.prefstream.synthesize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prefstream.generation.Prompt;
import io.prefstream.generation.reliable.RetryBudget;
import io.prefstream.jobs.generators.AskModels;
import io.prefstream.jobs.generators.GenerationOptions;
import io.prefstream.jobs.generators.GeneratorPool;
import io.prefstream.jobs.generators.Role;
import io.prefstream.jobs.generators.Writer;
import io.prefstream.jobs.generators.testing.TinyModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.datastream.AsyncDataStream;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.functions.async.ResultFuture;
import org.apache.flink.util.CloseableIterator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code generation.device=flink} on a cluster of Flink's, with a driver in its plugins folder and
 * a script that finds GPUs that no machine has.
 *
 * <p>Flink's own driver can't be a dependency (Maven Central lacks its parent): with {@code
 * -Dprefstream.flink-gpu-driver=flink-external-resource-gpu-2.3.0.jar} it is the one tried, else
 * one that works alike.
 */
class GivenGpuTest {
    private static final @Nullable String FLINKS_DRIVER =
            System.getProperty("prefstream.flink-gpu-driver");

    @TempDir private Path folder;

    private GeneratorPool.Factory models;

    /** What the strong model goes on to write after each record. */
    private static final class Continues extends AskModels<String, String> {
        private static final long serialVersionUID = 1L;

        @SuppressWarnings("NullAway.Init") // in opened()
        private transient Writer writer;

        Continues(GeneratorPool.Factory models) {
            super(models);
        }

        @Override
        protected void opened(GeneratorPool pool, MetricGroup metrics) {
            writer = pool.writer(Role.STRONG, 0);
        }

        @Override
        public void asyncInvoke(String record, ResultFuture<String> result) {
            RetryBudget budget = begin(record);
            writer.ask(new Prompt.Text(record), List.of(), 1, budget)
                    .whenComplete(
                            (generation, failure) -> {
                                done(record, budget);
                                if (generation == null) {
                                    result.completeExceptionally(failure);
                                } else {
                                    result.complete(List.of(generation.text()));
                                }
                            });
        }
    }

    @BeforeEach
    void writeModel() throws IOException {
        Path model = TinyModels.write(folder.resolve("model"), 1, "int larger(int a, int b)");
        models =
                GenerationOptions.models(
                        SynthesizeJob.options()
                                .parse(
                                        "--generation.strong=" + model,
                                        "--generation.prompt=CODE",
                                        "--generation.cache=4mb",
                                        "--generation.max-answer=16",
                                        "--generation.temperature=0",
                                        "--generation.device=flink"),
                        "test",
                        null);
    }

    @Test
    void enginesAskForTheFirstGpuThatFlinkGives() throws Exception {
        Path script = Files.writeString(folder.resolve("gpus.sh"), "#!/bin/sh\necho 97,93\n");
        assertThat(script.toFile().setExecutable(true)).isTrue();
        try (ClusterOnLoopback cluster = clusterWithGpus(script, 2)) {
            assertThatThrownBy(() -> continued(cluster))
                    .hasStackTraceContaining("device=cuda:93")
                    .hasStackTraceContaining("GPUs");
        }
    }

    @Test
    void enginesTakeTheProcessorWhereFlinkGivesNone() throws Exception {
        try (ClusterOnLoopback cluster = new ClusterOnLoopback(folder.resolve("cluster"))) {
            assertThat(continued(cluster)).isNotEmpty();
            assertThat(said()).contains(" computes on cpu: ");
        }
    }

    /** The script of Flink's distribution, or another that tells the machine's own GPUs. */
    @Test
    @EnabledIfSystemProperty(named = "prefstream.gpu-discovery-script", matches = ".+")
    void enginesComputeOnTheGpuOfThisMachine() throws Exception {
        Path script = Path.of(System.getProperty("prefstream.gpu-discovery-script"));
        try (ClusterOnLoopback cluster = clusterWithGpus(script, 1)) {
            assertThat(continued(cluster)).isNotEmpty();
            assertThat(said()).containsPattern(" computes on cuda:\\d+: ");
        }
    }

    /** What the cluster's processes have said. */
    private String said() throws IOException {
        return Files.readString(folder.resolve("cluster").resolve("log"));
    }

    private ClusterOnLoopback clusterWithGpus(Path script, int amount) throws IOException {
        String driver =
                FLINKS_DRIVER == null
                        ? ScriptedGpus.class.getName()
                        : "org.apache.flink.externalresource.gpu.GPUDriverFactory";
        String settings =
                """
                external-resources: gpu
                external-resource.gpu.amount: %d
                external-resource.gpu.driver-factory.class: %s
                external-resource.gpu.param.discovery-script.path: %s
                """
                        .formatted(amount, driver, script);
        return new ClusterOnLoopback(
                folder.resolve("cluster"),
                settings,
                Map.of("FLINK_PLUGINS_DIR", plugins().toString()));
    }

    /** The driver where clusters have it: in a folder of its own. */
    private Path plugins() throws IOException {
        Path plugins = folder.resolve("plugins");
        Path jar = Files.createDirectories(plugins.resolve("gpu")).resolve("driver.jar");
        if (FLINKS_DRIVER == null) {
            ScriptedGpus.writeTo(jar);
        } else {
            Files.copy(Path.of(FLINKS_DRIVER), jar);
        }
        return plugins;
    }

    private String continued(ClusterOnLoopback cluster) throws Exception {
        DataStream<String> prompts =
                cluster.environment().fromData("int larger(").returns(Types.STRING);
        DataStream<String> texts =
                AsyncDataStream.unorderedWait(
                                prompts, new Continues(models), 1, TimeUnit.MINUTES, 1)
                        .returns(Types.STRING);
        try (CloseableIterator<String> out = texts.executeAndCollect("given-gpu")) {
            return out.next();
        }
    }
}
