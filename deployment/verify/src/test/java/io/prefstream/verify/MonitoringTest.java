package io.prefstream.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.prefstream.content.testing.GitRepositoryOnDisk;
import io.prefstream.verify.Scrape.Sample;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every metric that {@code deployment/monitoring} names is exported by the process that it is of:
 * here the jobs, under Flink's own reporter, the trainer and the server of its releases; webhooks
 * in {@link OwnKafkaTest}.
 */
class MonitoringTest {

    private static final String OF_STAGE =
            "flink_taskmanager_job_task_operator_prefstream_stage_unit_";

    private static final Map<String, List<String>> UNITS =
            Map.of(
                    "ingest", List.of("event", "file", "snippet"),
                    "synthesize", List.of("snippet", "attempt"),
                    "validate", List.of("candidate"));

    /** What Flink says of itself, and ours: none has as many values as there are records. */
    private static final Set<String> LABELS =
            Set.of(
                    "feature",
                    "generator",
                    "group",
                    "host",
                    "job_name",
                    "kind",
                    "language",
                    "operator_name",
                    "partition",
                    "reason",
                    "split",
                    "stage",
                    "subtask_index",
                    "task_attempt_num",
                    "task_name",
                    "tm_id",
                    "topic",
                    "unit");

    /** Those that a run without GPUs whose pairs all fit doesn't have. */
    private static final Set<String> SOMETIMES =
            Set.of("prefstream_trainer_gpu_memory_bytes", "prefstream_trainer_pairs_skipped");

    @TempDir private Path folder;

    @Test
    void everyMetricOfRulesAndDashboardIsExportedAndEveryStageAddsUp() throws Exception {
        Path repository = folder.resolve("repository");
        try (GitRepositoryOnDisk git = Meters.repository(repository)) {
            git.write("src/broken.py", "def broken(:\n    return )\n")
                    .commit("what nobody can read");
        }
        List<Integer> ports = freePorts();
        String jobs = "http://127.0.0.1:" + ports.get(0);
        String trainer = "http://127.0.0.1:" + ports.get(1);
        Path out = folder.resolve("out");
        Set<String> ofFlink = Monitoring.names("flink_");
        Set<String> ofTrainer = Monitoring.names("prefstream_trainer_");
        ofTrainer.removeAll(SOMETIMES);
        try (Prefstream run =
                Prefstream.start(
                        folder,
                        "run",
                        "--forever",
                        "--repo",
                        repository.toString(),
                        "--out",
                        out.toString(),
                        "--config",
                        "job.metrics-port=" + ports.get(0),
                        "--config",
                        "trainer.metrics.port=" + ports.get(1),
                        "--config",
                        "trainer.schedule.release-every=5",
                        "--config",
                        "trainer.release.keep=2",
                        "--config",
                        "trainer.evaluation.prequential-share=1",
                        "--config",
                        "validate.holdout-share=0.4",
                        "--config",
                        "synthesize.model-gap.share=1",
                        "--config",
                        "validate.bias.report-every=5",
                        "--config",
                        "validate.bias.min-pairs=1")) {
            run.await(() -> missing(ofFlink, jobs).isEmpty());
            run.await(() -> missing(ofTrainer, trainer).isEmpty());
            run.await(() -> addsUp(Scrape.of(jobs)));
            assertBounded(Scrape.of(jobs));
            try (Prefstream server =
                    Prefstream.start(
                            folder,
                            "serve",
                            "--model",
                            out.resolve("trainer/releases").toString(),
                            "--follow",
                            "--port=0")) {
                String address = ServedPreferenceModelTest.address(server);
                Set<String> ofServer = Monitoring.names("prefstream_engine_");
                ofServer.addAll(Monitoring.names("prefstream_http_"));
                server.await(() -> missing(ofServer, address).isEmpty());
            }
            run.signal("INT");
            run.end();
        }
    }

    @Test
    void theDashboardIsJson() throws IOException {
        assertThat(
                        new ObjectMapper()
                                .readTree(Path.of("..", "monitoring", "dashboard.json").toFile())
                                .findValuesAsText("expr"))
                .hasSizeGreaterThan(30)
                .doesNotContain("");
    }

    private static Set<String> missing(Set<String> names, String address)
            throws InterruptedException {
        Set<String> missing = new TreeSet<>(names);
        missing.removeAll(Scrape.of(address).names());
        return missing;
    }

    /** Whether all that came into a stage came out or was rejected, and something did. */
    private static boolean addsUp(Scrape jobs) {
        return UNITS.entrySet().stream()
                .allMatch(
                        stage ->
                                stage.getValue().stream()
                                        .allMatch(unit -> addsUp(jobs, stage.getKey(), unit)));
    }

    private static boolean addsUp(Scrape jobs, String stage, String unit) {
        Map<String, String> of = Map.of("stage", stage, "unit", unit);
        double in = jobs.sum(OF_STAGE + "in", of);
        return in > 0 && in == jobs.sum(OF_STAGE + "out", of) + jobs.sum(OF_STAGE + "rejected", of);
    }

    private static void assertBounded(Scrape jobs) {
        for (Sample sample : jobs.samples()) {
            if (sample.name().startsWith("flink_taskmanager_job_task_operator_")
                    && !sample.name().contains("KafkaConsumer")
                    && !sample.name().contains("KafkaProducer")) {
                assertThat(LABELS).as(sample.name()).containsAll(sample.labels().keySet());
            }
        }
    }

    private static List<Integer> freePorts() throws IOException {
        try (ServerSocket one = new ServerSocket(0);
                ServerSocket other = new ServerSocket(0)) {
            return List.of(one.getLocalPort(), other.getLocalPort());
        }
    }
}
