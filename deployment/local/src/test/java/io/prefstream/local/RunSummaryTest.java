package io.prefstream.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class RunSummaryTest {

    private static final TopicCounts COUNTS =
            new TopicCounts(
                    14,
                    1,
                    900,
                    800,
                    700,
                    70,
                    new TreeMap<>(Map.of("mutation", 700L)),
                    new TreeMap<>(
                            Map.of(
                                    new TopicCounts.RejectionKind("ingest", "file", "binary"), 3L,
                                    new TopicCounts.RejectionKind("ingest", "event", "binary"),
                                            2L)),
                    new TreeMap<>(),
                    new TreeMap<>(),
                    List.of());

    private static final String TRAINER =
            """
            {"step": 5, "loss": 8.5, "prequentialAccuracy": 0.6, "holdoutAccuracy": 0.5, "holdoutPairs": 70,
             "replay": {"size": 630, "inserted": 630, "sampled": 80, "removed": 0, "evicted": 0},
             "curve": [{"step": 5, "holdout": {"value": 0.5, "low": 0.4, "high": 0.6}}],
             "holdoutCalibrationError": 0.07, "probeWarning": "trivial readers are as good", "skippedBatches": 1, "driftAlarmCount": 2,
             "refusedReleases": [{"id": "ab", "step": 4, "path": "/refused/step-4", "refused": "it is worse", "holdout": {}}],
             "probes": {"fittedOn": 630, "accuracy": {"length": {"value": 0.51}, "unigram": {"value": 0.49}}}}
            """;

    @Test
    void saysThatLicencesKeptEverythingOut() {
        TopicCounts counts =
                new TopicCounts(
                        1,
                        0,
                        0,
                        0,
                        0,
                        0,
                        new TreeMap<>(),
                        new TreeMap<>(
                                Map.of(
                                        new TopicCounts.RejectionKind(
                                                "ingest", "file", "licence-unknown"),
                                        12L)),
                        new TreeMap<>(),
                        new TreeMap<>(),
                        List.of());

        assertThat(RunReport.nothing(counts))
                .contains("Licences kept 12 files out", "ingest.licence.unknown=accept");
        assertThat(RunReport.nothing(COUNTS)).doesNotContain("Licences");
    }

    @Test
    void summaryHasTheShapeThatTheDesignPromises() throws Exception {
        ObjectNode summary =
                RunSummary.of("finished", COUNTS, List.of(), json(TRAINER), 11.04, 65.55);

        assertThat(summary.path("events").asLong()).isEqualTo(14);
        assertThat(summary.path("feedGaps").asLong()).isEqualTo(1);
        assertThat(summary.at("/pairsByStrategy/mutation").asLong()).isEqualTo(700);
        assertThat(summary.path("rejections")).hasToString("{\"ingest.binary\":5}");
        assertThat(summary.path("replay"))
                .hasToString("{\"size\":630,\"inserted\":630,\"sampled\":80,\"removed\":0}");
        assertThat(summary.at("/trainer/holdoutAccuracy").asDouble()).isEqualTo(0.5);
        assertThat(summary.at("/trainer/holdoutLow").asDouble()).isEqualTo(0.4);
        assertThat(summary.at("/trainer/probes")).hasToString("{\"length\":0.51,\"unigram\":0.49}");
        assertThat(summary.at("/trainer/holdoutCalibrationError").asDouble()).isEqualTo(0.07);
        assertThat(summary.at("/trainer/driftAlarms").asLong()).isEqualTo(2);
        assertThat(summary.at("/trainer/refusedReleases"))
                .hasToString(
                        "[{\"id\":\"ab\",\"step\":4,\"path\":\"/refused/step-4\",\"reason\":\"it is"
                                + " worse\"}]");
        assertThat(summary.at("/seconds/startup").asDouble()).isEqualTo(11.0);
        assertThat(summary.path("checkpoints").isArray()).isTrue();
    }

    @Test
    void summaryOfARunWhoseTrainerSaidNothingIsWhole() {
        ObjectNode summary =
                RunSummary.of("running", COUNTS, List.of(), MissingNode.getInstance(), 1, 2);

        assertThat(summary.at("/trainer/step").asLong()).isZero();
        assertThat(summary.at("/trainer/loss").isNull()).isTrue();
        assertThat(summary.at("/trainer/probes").isNull()).isTrue();
    }

    @Test
    void reportSaysInWordsWhatHappened() throws Exception {
        ObjectNode summary = RunSummary.of("finished", COUNTS, List.of(), json(TRAINER), 11, 65);

        assertThat(String.join("\n", RunReport.lines(summary, Path.of("/out"))))
                .contains("Read 14 publications")
                .contains("700 preference pairs")
                .contains("50.0 % (95 % interval 40.0 to 60.0 %)")
                .contains("unigram 49.0 %")
                .contains("WARNING: trivial readers are as good.")
                .contains("Fresh pairs became harder 2 times")
                .contains(
                        "release of step 4 was not published: it is worse. It is kept in /refused/")
                .contains("/out/summary.json");
    }

    @Test
    void progressHasALinePerStageAndABar() throws Exception {
        ProgressView.Moment moment =
                new ProgressView.Moment(7, COUNTS, Map.of(), json(TRAINER), 10L, null);

        assertThat(ProgressView.lines(moment))
                .hasSize(5)
                .anyMatch(line -> line.contains("700 pairs"))
                .anyMatch(line -> line.contains("[############------------] step 5 of 10"));
    }

    @Test
    void progressSaysWhoIsWaitedFor() throws Exception {
        ProgressView.Moment moment =
                new ProgressView.Moment(
                        7, COUNTS, Map.of("strong", 1234L), json(TRAINER), 10L, null);

        assertThat(ProgressView.lines(moment))
                .hasSize(6)
                .anyMatch(line -> line.contains("strong is away, 1,234 requests wait"));
        assertThat(ProgressView.plain(moment)).contains("strong is away, 1,234 requests wait");
    }

    @Test
    void plainProgressIsSaidNowAndThen() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ProgressView view =
                new ProgressView(new PrintStream(bytes, true, StandardCharsets.UTF_8), false);

        for (int second = 0; second < 25; second++) {
            view.show(
                    new ProgressView.Moment(
                            second,
                            COUNTS,
                            Map.of(),
                            MissingNode.getInstance(),
                            null,
                            "waits for pairs"));
        }

        assertThat(bytes.toString(StandardCharsets.UTF_8).lines())
                .hasSize(3)
                .allMatch(line -> line.contains("waits for pairs") && !line.contains("\u001b"));
    }

    @Test
    void terminalProgressIsDrawnOverItself() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ProgressView view =
                new ProgressView(new PrintStream(bytes, true, StandardCharsets.UTF_8), true);
        ProgressView.Moment moment =
                new ProgressView.Moment(1, COUNTS, Map.of(), MissingNode.getInstance(), 10L, null);

        view.show(moment);
        view.show(moment);

        assertThat(bytes.toString(StandardCharsets.UTF_8)).contains("\u001b[5A");
    }

    private static JsonNode json(String text) throws Exception {
        return new ObjectMapper().readTree(text);
    }
}
