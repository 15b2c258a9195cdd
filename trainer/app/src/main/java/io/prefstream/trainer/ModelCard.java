package io.prefstream.trainer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The README.md of a checkpoint, in the form of a Hugging Face model card: its lineage in words.
 */
public final class ModelCard {

    private ModelCard() {}

    /**
     * The fields that Hugging Face reads ("Model Cards" of the Hub's documentation).
     *
     * @param licence of the weights as the Hub spells it, null where nobody has said one
     * @param base what the model was made of, as owner/name, null where that isn't on the Hub
     */
    public static String head(@Nullable String licence, @Nullable String base, List<String> tags) {
        return """
        ---
        library_name: transformers
        pipeline_tag: text-classification
        license: %s
        %stags: %s
        ---
        """
                .formatted(
                        licence == null ? "unknown" : licence,
                        base == null ? "" : "base_model: " + base + "\n",
                        tags);
    }

    private static final String RELEASE =
            """
            A preference model of code: the reward of a prompt and a response is read at the last token,
            which is always the end token. Trained continuously on pairs made from published open-source
            code.\
            """;

    private static final String TRUNK =
            """
            A trunk: what training goes on from, with both heads, optimizer, replay table and holdout. Its
            learning rate was never lowered; what is to be used is a release of it.\
            """;

    /** Of a trunk, by its lineage. */
    static String ofTrunk(TrainerConfig config, ObjectNode lineage) {
        return of(config, TRUNK, lineage);
    }

    /** Of a release, by its lineage. */
    static String of(TrainerConfig config, ObjectNode lineage) {
        return of(config, RELEASE, lineage);
    }

    private static String of(TrainerConfig config, String what, ObjectNode lineage) {
        return head(
                        config.release().license(),
                        config.model().base(),
                        List.of("prefstream", "reward-model", "preference-model", "code"))
                + text(config.model().name(), what, lineage);
    }

    private static String text(String model, String what, ObjectNode lineage) {
        return """

        # %s, step %d
        %s
        %s

        ## What it was trained on

        | | |
        |---|---|
        | checkpoint | %s |
        | distinct pairs drawn to train on | %,d |
        | code published | %s |
        | licences (SPDX id: pairs) | %s |
        | repositories | %,d (in `lineage.json`, with pairs) |
        | log, next offset by partition | `%s`: %s |
        | pairs taken back (opt-outs and other recalls) after it was trained on them | %,d |
        | pairs taken back before it was trained on them | %,d |
        | held out pairs taken back | %,d |
        | recalls of pairs that it no longer held, trained on or not, or never had | %,d |
        | pairs never taken in, opted out by then | %,d |

        Weights don't forget: what was taken back after it was trained on them is still in it.
        Whether an opt-out that came later affects this checkpoint can be told from `pairsByRepository` in `lineage.json`.

        ## How good it is

        | | |
        |---|---|
        | holdout accuracy (95 %% interval) | %s |
        | holdout, expected calibration error | %s |
        | fresh pairs, judged before they were trained on | %s |
        %s
        """
                .formatted(
                        model,
                        lineage.path("step").asLong(),
                        warnings(lineage),
                        what,
                        lineage.has("id") ? "`" + lineage.path("id").asText() + "`" : "a trunk",
                        lineage.path("pairsSeen").asLong(),
                        window(lineage.path("dataWindow")),
                        counts(lineage.path("pairsByLicence")),
                        lineage.path("pairsByRepository").size(),
                        lineage.path("log").asText(),
                        counts(lineage.path("positions")),
                        lineage.at("/pairs/takenBack/trainedOn").asLong(),
                        lineage.at("/pairs/takenBack/untrained").asLong(),
                        lineage.at("/pairs/takenBack/heldOut").asLong(),
                        lineage.at("/pairs/takenBack/notHeld").asLong(),
                        lineage.at("/pairs/skippedByReason/opted-out").asLong(),
                        accuracy(lineage.path("holdout")),
                        number(lineage.path("holdoutCalibrationError")),
                        accuracy(lineage.path("prequential")),
                        probes(lineage.at("/probes/accuracy")));
    }

    private static String warnings(ObjectNode lineage) {
        StringBuilder lines = new StringBuilder();
        if (lineage.hasNonNull("refused")) {
            lines.append("\n**Refused**, not published: ")
                    .append(lineage.path("refused").asText())
                    .append(".\n");
        }
        if (lineage.hasNonNull("probeWarning")) {
            lines.append("\n**Warning**: ")
                    .append(lineage.path("probeWarning").asText())
                    .append(".\n");
        }
        return lines.toString();
    }

    private static String window(JsonNode window) {
        return window.hasNonNull("earliest")
                ? "%s to %s"
                        .formatted(window.path("earliest").asText(), window.path("latest").asText())
                : "unknown";
    }

    private static String counts(JsonNode counts) {
        List<String> parts = new ArrayList<>();
        counts.fields()
                .forEachRemaining(
                        count ->
                                parts.add(
                                        "%s: %,d"
                                                .formatted(
                                                        count.getKey(),
                                                        count.getValue().asLong())));
        return parts.isEmpty() ? "none" : String.join(", ", parts);
    }

    private static String probes(JsonNode accuracies) {
        StringBuilder rows = new StringBuilder();
        for (Map.Entry<String, JsonNode> probe : accuracies.properties()) {
            rows.append("| holdout, of a trivial reader: ")
                    .append(probe.getKey())
                    .append(" | ")
                    .append(accuracy(probe.getValue()))
                    .append(" |\n");
        }
        return rows.toString().stripTrailing();
    }

    private static String number(JsonNode number) {
        return number.isNumber()
                ? String.format(Locale.ROOT, "%.3f", number.asDouble())
                : "not measured";
    }

    private static String accuracy(JsonNode accuracy) {
        if (accuracy.isMissingNode()) {
            return "not measured: a trunk isn't judged";
        }
        if (accuracy.path("pairs").asLong() == 0) {
            return "not measured: no such pair came";
        }
        return String.format(
                Locale.ROOT,
                "%.3f (%.3f to %.3f) on %d pairs",
                accuracy.path("value").asDouble(),
                accuracy.path("low").asDouble(),
                accuracy.path("high").asDouble(),
                accuracy.path("pairs").asLong());
    }
}
