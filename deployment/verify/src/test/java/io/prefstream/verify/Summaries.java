package io.prefstream.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;

/** What must hold in every {@code summary.json} of a run that has come to rest. */
final class Summaries {

    private Summaries() {}

    static void assertBalanced(JsonNode summary) {
        assertThat(summary.path("conservation")).isNotEmpty();
        for (JsonNode equation : summary.path("conservation")) {
            assertThat(equation.path("balanced").asBoolean()).as(equation.toString()).isTrue();
        }
    }

    /** Each pair on the topic went into the table or the holdout set, and none of them twice. */
    static void assertEveryPairWasTakenInOnce(JsonNode summary) {
        JsonNode taken = summary.at("/trainer/pairs");
        long onTopic = summary.path("pairs").asLong();
        long train = summary.path("trainPairs").asLong();
        assertThat(summary.at("/replay/inserted").asLong()).isEqualTo(train);
        assertThat(taken.path("train").asLong()).isEqualTo(train);
        assertThat(taken.path("holdout").asLong()).isEqualTo(onTopic - train);
        assertThat(taken.path("duplicate").asLong()).isZero();
        assertThat(taken.path("read").asLong())
                .isEqualTo(onTopic + taken.path("deadLettered").asLong());
    }

    static JsonNode equation(JsonNode summary, String stage, String unit) {
        for (JsonNode equation : summary.path("conservation")) {
            if (equation.path("stage").asText().equals(stage)
                    && equation.path("unit").asText().equals(unit)) {
                return equation;
            }
        }
        throw new AssertionError("no equation for " + stage + " " + unit);
    }
}
