package io.prefstream.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.prefstream.schemas.CheckpointKind;
import io.prefstream.schemas.CheckpointPublished;
import java.net.URI;
import java.util.List;
import java.util.SortedMap;

/** The content of {@code summary.json}. */
final class RunSummary {

    private static final ObjectMapper JSON = new ObjectMapper();

    private RunSummary() {}

    /**
     * @param trainer the trainer's last progress line or its own summary; may be missing
     * @param state what the run is about: {@code running}, {@code finished}, {@code stopped},
     *     {@code failed}
     */
    static ObjectNode of(
            String state,
            TopicCounts counts,
            List<Conservation.Equation> equations,
            JsonNode trainer,
            double startupSeconds,
            double totalSeconds) {
        ObjectNode summary = JSON.createObjectNode();
        summary.put("state", state);
        summary.put("events", counts.events());
        summary.put("feedGaps", counts.feedGaps());
        summary.put("snippets", counts.snippets());
        summary.put("candidates", counts.candidates());
        summary.put("pairs", counts.pairs());
        summary.put("trainPairs", counts.pairs() - counts.holdoutPairs());
        summary.set("pairsByStrategy", numbers(counts.pairsByStrategy()));
        summary.set("rejections", numbers(counts.rejections()));
        summary.put("deadLetters", counts.allDeadLetters());
        ObjectNode replay = summary.putObject("replay");
        for (String name : List.of("size", "inserted", "sampled", "removed")) {
            replay.put(name, trainer.path("replay").path(name).asLong());
        }
        summary.set("trainer", trainer(trainer));
        summary.set("checkpoints", checkpoints(counts.checkpoints()));
        ObjectNode seconds = summary.putObject("seconds");
        seconds.put("startup", rounded(startupSeconds));
        seconds.put("total", rounded(totalSeconds));
        ArrayNode conservation = summary.putArray("conservation");
        for (Conservation.Equation equation : equations) {
            conservation
                    .addObject()
                    .put("stage", equation.stage())
                    .put("unit", equation.unit())
                    .put("in", equation.in())
                    .put("read", equation.taken())
                    .put("out", equation.out())
                    .put("rejected", equation.rejected())
                    .put("deadLettered", equation.deadLettered())
                    .put("balanced", equation.balanced());
        }
        return summary;
    }

    private static ObjectNode trainer(JsonNode said) {
        ObjectNode trainer = JSON.createObjectNode();
        trainer.put("step", said.path("step").asLong());
        for (String name : List.of("loss", "prequentialAccuracy", "holdoutAccuracy")) {
            trainer.set(name, orNull(said.path(name)));
        }
        trainer.put("holdoutPairs", said.path("holdoutPairs").asLong());
        JsonNode interval = lastHoldout(said);
        trainer.set("holdoutLow", orNull(interval.path("low")));
        trainer.set("holdoutHigh", orNull(interval.path("high")));
        trainer.set("holdoutCalibrationError", orNull(said.path("holdoutCalibrationError")));
        trainer.set("probes", probes(said.path("probes").path("accuracy")));
        trainer.set("probeWarning", orNull(said.path("probeWarning")));
        trainer.put("skippedBatches", said.path("skippedBatches").asLong());
        trainer.put("driftAlarms", said.path("driftAlarmCount").asLong());
        trainer.set("refusedReleases", refusedReleases(said.path("refusedReleases")));
        if (said.has("curve")) {
            trainer.set("curve", said.path("curve"));
        }
        if (said.has("pairs")) {
            trainer.set("pairs", said.path("pairs"));
        }
        return trainer;
    }

    private static ArrayNode refusedReleases(JsonNode refused) {
        ArrayNode all = JSON.createArrayNode();
        for (JsonNode release : refused) {
            all.addObject()
                    .put("id", release.path("id").asText())
                    .put("step", release.path("step").asLong())
                    .put("path", release.path("path").asText())
                    .put("reason", release.path("refused").asText());
        }
        return all;
    }

    /** The last point of the holdout's curve: right answers, pairs, value and 95 % interval. */
    private static JsonNode lastHoldout(JsonNode said) {
        JsonNode curve = said.path("curve");
        return curve.path(curve.size() - 1).path("holdout");
    }

    private static JsonNode probes(JsonNode accuracies) {
        if (!accuracies.isObject()) {
            return JSON.nullNode();
        }
        ObjectNode probes = JSON.createObjectNode();
        accuracies
                .fields()
                .forEachRemaining(
                        probe ->
                                probes.set(probe.getKey(), orNull(probe.getValue().path("value"))));
        return probes;
    }

    private static ArrayNode checkpoints(List<CheckpointPublished> published) {
        ArrayNode all = JSON.createArrayNode();
        for (CheckpointPublished checkpoint : published) {
            all.addObject()
                    .put("id", checkpoint.getId())
                    .put("kind", kind(checkpoint.getKind()))
                    .put("step", checkpoint.getStep())
                    .put("path", path(checkpoint.getUri()));
        }
        return all;
    }

    private static String kind(CheckpointKind kind) {
        return kind.name().toLowerCase(java.util.Locale.ROOT);
    }

    private static String path(String uri) {
        return uri.startsWith("file:") ? java.nio.file.Path.of(URI.create(uri)).toString() : uri;
    }

    private static ObjectNode numbers(SortedMap<String, Long> counts) {
        ObjectNode node = JSON.createObjectNode();
        counts.forEach(node::put);
        return node;
    }

    private static JsonNode orNull(JsonNode node) {
        return node.isMissingNode() ? JSON.nullNode() : node;
    }

    private static double rounded(double seconds) {
        return Math.round(seconds * 10) / 10.0;
    }
}
