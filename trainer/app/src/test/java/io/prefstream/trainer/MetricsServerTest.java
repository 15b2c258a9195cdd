package io.prefstream.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.prefstream.topics.testing.HandClock;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a trainer's /metrics and /health say, asked over HTTP. */
class MetricsServerTest extends TokenTraining {

    private static final MetricsConfig CONFIG =
            new MetricsConfig("127.0.0.1", 0, Duration.ofMinutes(30));
    private static final String OF = "prefstream_trainer_";

    @Test
    void metricsAreTheFiguresOfTheEvents() throws Exception {
        Map<String, String> settings =
                Map.of(
                        "schedule.steps", "40",
                        "schedule.release-every", "20",
                        "schedule.trunk-every-steps", "20",
                        "evaluation.probes", "true");
        try (MetricsServer server = MetricsServer.start(CONFIG, 0, NOON)) {
            Run run = train(config(folder.resolve("out"), settings), server, step -> {});
            JsonNode told = run.events().get(run.events().size() - 1);
            JsonNode summary = summary(folder.resolve("out"));
            Map<String, Double> metrics = metrics(server);

            same(metrics, "step", told, "/step");
            same(metrics, "loss", told, "/loss");
            same(metrics, "learning_rate", told, "/learningRate");
            same(metrics, "reward_mean", told, "/rewardMean");
            same(metrics, "prequential_accuracy", told, "/prequentialAccuracy");
            same(metrics, "holdout_accuracy", told, "/holdoutAccuracy");
            same(metrics, "holdout_calibration_error", told, "/holdoutCalibrationError");
            same(metrics, "replay_items", told, "/replay/size");
            same(metrics, "replay_sampled", told, "/replay/sampled");
            same(metrics, "pairs{fate=\"train\"}", told, "/pairs/train");
            same(metrics, "pairs{fate=\"holdout\"}", told, "/pairs/holdout");
            same(
                    metrics,
                    "probe_accuracy{probe=\"length\"}",
                    summary,
                    "/probes/accuracy/length/value");
            String language = summary.at("/prequentialBy/language").fieldNames().next();
            same(
                    metrics,
                    "prequential_group_accuracy{dimension=\"language\",group=\"%s\"}"
                            .formatted(language),
                    summary,
                    "/prequentialBy/language/%s/value".formatted(language));
            assertThat(metrics)
                    .containsEntry(OF + "releases{outcome=\"published\"}", 2.0)
                    .containsEntry(OF + "releases_refused_in_a_row", 0.0)
                    .containsEntry(OF + "events_total{event=\"release\"}", 2.0)
                    .containsEntry(OF + "events_total{event=\"trunk\"}", 3.0)
                    .containsEntry(OF + "events_total{event=\"drift\"}", 0.0)
                    .containsEntry(
                            OF + "event_timestamp_seconds{event=\"trunk\"}",
                            (double) NOON.instant().getEpochSecond())
                    .containsKey(OF + "log_position{partition=\"0\"}")
                    .containsEntry(OF + "info{model=\"prefstream-demo\"}", 1.0);
            double forkSteps =
                    LearningRate.forkSteps(20, 0.1, 200) + LearningRate.forkSteps(40, 0.1, 200);
            assertThat(metrics).containsEntry(OF + "events_total{event=\"step\"}", 40 + forkSteps);
            assertThat(metrics.get(OF + "tokens_total")).isPositive();
            assertThat(metrics.get(OF + "step_seconds_total")).isPositive();
            assertThat(metrics.get(OF + "disk_free_bytes"))
                    .isPositive()
                    .isLessThanOrEqualTo(metrics.get(OF + "disk_bytes"));
        }
    }

    @Test
    void aTrainerThatGivesNoSignOfLifeIsStuckUntilItsNextStep() throws Exception {
        HandClock clock = new HandClock();
        try (MetricsServer server = MetricsServer.start(CONFIG, 0, clock)) {
            assertThat(get(server, "/metrics").statusCode()).isEqualTo(200);
            clock.forward(CONFIG.stuckAfter().minusSeconds(1));
            assertThat(get(server, "/health").statusCode()).isEqualTo(200);
            clock.forward(Duration.ofSeconds(1));
            HttpResponse<String> stuck = get(server, "/health");
            assertThat(stuck.statusCode()).isEqualTo(503);
            assertThat(stuck.body())
                    .isEqualTo("{\"status\":\"stuck\",\"silentSeconds\":1800,\"step\":null}\n");

            ObjectNode waiting = JSON.createObjectNode().put("event", "waiting");
            server.tell(waiting);
            server.show(() -> JSON.createObjectNode().put("step", 7));
            HttpResponse<String> alive = get(server, "/health");
            assertThat(alive.statusCode()).isEqualTo(200);
            assertThat(alive.body())
                    .isEqualTo("{\"status\":\"ok\",\"silentSeconds\":0,\"step\":7}\n");
            assertThat(get(server, "/elsewhere").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void aPortThatIsTakenIsNamed() throws Exception {
        try (MetricsServer first = MetricsServer.start(CONFIG, 0, NOON)) {
            assertThatThrownBy(() -> MetricsServer.start(CONFIG, first.port(), NOON))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(
                            "metrics.port=%1$d: cannot listen on 127.0.0.1:%1$d"
                                    .formatted(first.port()));
        }
    }

    private static void same(
            Map<String, Double> metrics, String metric, JsonNode figures, String pointer) {
        assertThat(figures.at(pointer).isNumber()).as(pointer).isTrue();
        assertThat(metrics).containsKey(OF + metric);
        assertThat(metrics.get(OF + metric))
                .as(metric)
                .isCloseTo(figures.at(pointer).asDouble(), within(1e-12));
    }

    /** Values by name and labels, as written. */
    private static Map<String, Double> metrics(MetricsServer server) throws Exception {
        Map<String, Double> metrics = new HashMap<>();
        get(server, "/metrics")
                .body()
                .lines()
                .filter(line -> !line.startsWith("#"))
                .forEach(
                        line -> {
                            int space = line.lastIndexOf(' ');
                            metrics.put(
                                    line.substring(0, space),
                                    Double.valueOf(line.substring(space + 1)));
                        });
        return metrics;
    }

    private static HttpResponse<String> get(MetricsServer server, String path) throws Exception {
        URI uri = URI.create("http://127.0.0.1:%d%s".formatted(server.port(), path));
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }
}
