package io.prefstream.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The end of a run in plain words. */
final class RunReport {

    private static final String UNKNOWN = "ingest.licence-unknown";
    private static final String NOT_ALLOWED = "ingest.licence-not-allowed";

    private RunReport() {}

    static List<String> lines(JsonNode summary, Path out) {
        List<String> lines = new ArrayList<>();
        lines.add(
                "Read %,d publications, cut %,d functions out of them, and made %,d preference pairs."
                        .formatted(
                                summary.path("events").asLong(),
                                summary.path("snippets").asLong(),
                                summary.path("pairs").asLong()));
        lines.add(
                "What was left out has a reason (%,d rejections, %,d dead letters); every stage adds up: in = out + rejected + dead-lettered."
                        .formatted(
                                sum(summary.path("rejections")),
                                summary.path("deadLetters").asLong()));
        long unlicensed = summary.path("rejections").path(UNKNOWN).asLong();
        long forbidden = summary.path("rejections").path(NOT_ALLOWED).asLong();
        if (unlicensed + forbidden > 0) {
            lines.add(licences(unlicensed, forbidden));
        }
        JsonNode trainer = summary.path("trainer");
        lines.add(trained(trainer));
        JsonNode probes = trainer.path("probes");
        if (probes.isObject() && !probes.isEmpty()) {
            lines.add("Trivial readers on the same holdout: " + probes(probes) + ".");
        }
        if (trainer.path("probeWarning").isTextual()) {
            lines.add("WARNING: " + trainer.path("probeWarning").asText() + ".");
        }
        if (trainer.path("driftAlarms").asLong() > 0) {
            lines.add(
                    "Fresh pairs became harder %,d times while it trained."
                            .formatted(trainer.path("driftAlarms").asLong()));
        }
        for (JsonNode refused : trainer.path("refusedReleases")) {
            lines.add(
                    "The release of step %,d was not published: %s. It is kept in %s"
                            .formatted(
                                    refused.path("step").asLong(),
                                    refused.path("reason").asText(),
                                    refused.path("path").asText()));
        }
        JsonNode checkpoints = summary.path("checkpoints");
        if (!checkpoints.isEmpty()) {
            lines.add(
                    "The model: " + checkpoints.get(checkpoints.size() - 1).path("path").asText());
        }
        lines.add("The numbers: " + out.resolve("summary.json"));
        return lines;
    }

    /**
     * For a run that a signal ended.
     *
     * @param trainerStatus null if no trainer was started
     */
    static List<String> stopped(@Nullable Integer trainerStatus, Path out) {
        List<String> lines = new ArrayList<>();
        if (trainerStatus != null && trainerStatus != 0) {
            lines.add(
                    "the trainer ended with status %d before it wrote a trunk: it will go on from the one before, if there is one"
                            .formatted(trainerStatus));
        }
        lines.add("stopped; go on with: ./prefstream run --resume --out " + out);
        return lines;
    }

    /** For a run in which nothing came through. */
    static String nothing(TopicCounts counts) {
        String said =
                "nothing to train on: %,d events gave %,d snippets and %,d pairs; %,d dead letters, rejections: %s"
                        .formatted(
                                counts.events(),
                                counts.snippets(),
                                counts.pairs(),
                                counts.allDeadLetters(),
                                counts.rejections());
        long unlicensed = counts.rejections().getOrDefault(UNKNOWN, 0L);
        long forbidden = counts.rejections().getOrDefault(NOT_ALLOWED, 0L);
        return unlicensed + forbidden == 0 ? said : said + ". " + licences(unlicensed, forbidden);
    }

    private static String licences(long unlicensed, long forbidden) {
        return "Licences kept %,d files out: nothing is known of %,d (take them with --config ingest.licence.unknown=accept), %,d are under one that isn't in --config ingest.licence.allowed=…"
                .formatted(unlicensed + forbidden, unlicensed, forbidden);
    }

    private static String trained(JsonNode trainer) {
        StringBuilder line = new StringBuilder();
        line.append("The model made %,d steps".formatted(trainer.path("step").asLong()));
        if (trainer.path("holdoutAccuracy").isNumber()) {
            line.append(
                    "; of %,d pairs held out it prefers the published side in %.1f %%"
                            .formatted(
                                    trainer.path("holdoutPairs").asLong(),
                                    100 * trainer.path("holdoutAccuracy").asDouble()));
        }
        if (trainer.path("holdoutLow").isNumber() && trainer.path("holdoutHigh").isNumber()) {
            line.append(
                    " (95 %% interval %.1f to %.1f %%)"
                            .formatted(
                                    100 * trainer.path("holdoutLow").asDouble(),
                                    100 * trainer.path("holdoutHigh").asDouble()));
        }
        if (trainer.path("prequentialAccuracy").isNumber()) {
            line.append(
                    "; of fresh pairs, before training on them, in %.1f %%"
                            .formatted(100 * trainer.path("prequentialAccuracy").asDouble()));
        }
        return line.append('.').toString();
    }

    private static String probes(JsonNode probes) {
        List<String> parts = new ArrayList<>();
        probes.fields()
                .forEachRemaining(
                        probe -> {
                            if (probe.getValue().isNumber()) {
                                parts.add(
                                        "%s %.1f %%"
                                                .formatted(
                                                        probe.getKey(),
                                                        100 * probe.getValue().asDouble()));
                            }
                        });
        return String.join(", ", parts);
    }

    private static long sum(JsonNode counts) {
        long sum = 0;
        for (JsonNode count : counts) {
            sum += count.asLong();
        }
        return sum;
    }
}
