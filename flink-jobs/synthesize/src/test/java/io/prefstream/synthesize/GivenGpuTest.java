package io.prefstream.synthesize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prefstream.jobs.generators.AskModels;
import io.prefstream.jobs.generators.GenerationOptions;
import io.prefstream.jobs.generators.GeneratorPool;
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

    /** Passes records through, once its pool is open. */
    private static final class Opens extends AskModels<String, String> {
        private static final long serialVersionUID = 1L;

        Opens(GeneratorPool.Factory models) {
            super(models);
        }

        @Override
        protected void opened(GeneratorPool pool, MetricGroup metrics) {}

        @Override
        public void asyncInvoke(String record, ResultFuture<String> result) {
            result.complete(List.of(record));
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
                                        "--generation.device=flink"),
                        "test",
                        null);
    }

    @Test
    void enginesAskForTheFirstGpuThatFlinkGives() throws Exception {
        Path script = Files.writeString(folder.resolve("gpus.sh"), "#!/bin/sh\necho 97,93\n");
        assertThat(script.toFile().setExecutable(true)).isTrue();
        String settings =
                """
                external-resources: gpu
                external-resource.gpu.amount: 2
                external-resource.gpu.driver-factory.class: %s
                external-resource.gpu.param.discovery-script.path: %s
                """
                        .formatted(
                                FLINKS_DRIVER == null
                                        ? ScriptedGpus.class.getName()
                                        : "org.apache.flink.externalresource.gpu.GPUDriverFactory",
                                script);
        try (ClusterOnLoopback cluster =
                new ClusterOnLoopback(
                        folder.resolve("cluster"),
                        settings,
                        Map.of("FLINK_PLUGINS_DIR", plugins().toString()))) {
            assertThatThrownBy(() -> passedThrough(cluster))
                    .hasStackTraceContaining("device=cuda:93")
                    .hasStackTraceContaining("GPUs");
        }
    }

    @Test
    void enginesTakeTheProcessorWhereFlinkGivesNone() throws Exception {
        try (ClusterOnLoopback cluster = new ClusterOnLoopback(folder.resolve("cluster"))) {
            assertThat(passedThrough(cluster)).isEqualTo("a record");
        }
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

    private String passedThrough(ClusterOnLoopback cluster) throws Exception {
        DataStream<String> records =
                cluster.environment().fromData("a record").returns(Types.STRING);
        DataStream<String> passed =
                AsyncDataStream.unorderedWait(records, new Opens(models), 1, TimeUnit.MINUTES, 1)
                        .returns(Types.STRING);
        try (CloseableIterator<String> out = passed.executeAndCollect("given-gpu")) {
            return out.next();
        }
    }
}
