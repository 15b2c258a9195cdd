package io.prefstream.ingest.filter;

import static io.prefstream.ingest.IngestReason.TOO_LONG;
import static io.prefstream.ingest.IngestReason.TOO_SHORT;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FunctionLimitsTest {

    private final FunctionLimits limits = new FunctionLimits(3, 20);

    @Test
    void takesFunctionsOnTheLimits() {
        assertThat(limits.refuse("a\nb\nc")).isEmpty();
        assertThat(limits.refuse("a\nb\n" + "c".repeat(16))).isEmpty();
    }

    @Test
    void doesNotCountBlankLines() {
        assertThat(limits.refuse("a\n\n  \nb"))
                .hasValue(
                        new Refusal(
                                TOO_SHORT,
                                "function of 2 lines is below ingest.min-function-lines=3"));
    }

    @Test
    void refusesAFunctionAboveTheLimit() {
        assertThat(limits.refuse("a\nb\n" + "c".repeat(17)))
                .hasValue(
                        new Refusal(
                                TOO_LONG,
                                "function of 21 characters exceeds ingest.max-function-chars=20"));
    }
}
