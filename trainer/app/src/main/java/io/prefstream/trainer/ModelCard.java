package io.prefstream.trainer;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** The README.md of a release, in the form of a Hugging Face model card. */
final class ModelCard {

    private ModelCard() {}

    static String of(String model, ObjectNode lineage) {
        return """
        ---
        library_name: prefstream
        pipeline_tag: text-classification
        tags: [reward-model, preference-model, code]
        ---

        # %s, step %d

        A preference model of code: the reward of a prompt and a response is read at the last token,
        which is always the end token. Trained continuously on pairs made from published open-source
        code.

        | | |
        |---|---|
        | checkpoint | `%s` |
        | distinct pairs trained on | %d |
        | holdout accuracy (95 %% interval) | %s |

        `lineage.json` says which positions of the pair log it was trained through and which
        licences the code has.
        """
                .formatted(
                        model,
                        lineage.path("step").asLong(),
                        lineage.path("id").asText(),
                        lineage.path("pairsSeen").asLong(),
                        accuracy(lineage));
    }

    private static String accuracy(ObjectNode lineage) {
        var holdout = lineage.path("holdout");
        if (holdout.isNull() || holdout.isMissingNode()) {
            return "not measured: no holdout pair came";
        }
        return "%.3f (%.3f to %.3f) on %d pairs"
                .formatted(
                        holdout.path("value").asDouble(),
                        holdout.path("low").asDouble(),
                        holdout.path("high").asDouble(),
                        holdout.path("pairs").asLong());
    }
}
