package io.prefstream.jobs.common;

import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.schemas.Rejection;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RejectionsTest {

    private static final Instant PUBLISHED = Instant.parse("2026-03-01T10:00:00Z");

    private enum Why implements Reason {
        TOO_LONG;

        @Override
        public String code() {
            return "too-long";
        }
    }

    private final Rejections rejections = new Rejections("demo", "demo/1");

    @Test
    void givesTheSameRecordForTheSameDrop() {
        assertThat(of("a", "detail", "text")).isEqualTo(of("a", "detail", "text"));
        assertThat(of("a", "detail", "text").getId())
                .isNotEqualTo(of("b", "detail", "text").getId());
    }

    @Test
    void whatOtherRulesRefuseIsARecordOfItsOwn() {
        Rejection rejection = of("a", "detail", "text");

        assertThat(Rejections.underRules(rejection, 1).getId()).isEqualTo(rejection.getId());
        assertThat(Rejections.underRules(rejection, 2).getRulesVersion()).isEqualTo(2);
        assertThat(Rejections.underRules(rejection, 2).getId())
                .isNotEqualTo(rejection.getId())
                .isNotEqualTo(Rejections.underRules(rejection, 3).getId());
    }

    @Test
    void keepsTheDetailInOneLine() {
        assertThat(of("a", "one\n  two\r\nthree\n", null).getDetail()).isEqualTo("one two three");
    }

    @Test
    void cutsTheSampleBetweenCharacters() {
        String text = "x".repeat(Rejections.MAX_SAMPLE - 1) + "\uD83D\uDE00 and more";

        String sample = of("a", "detail", text).getSample();

        assertThat(sample).isEqualTo("x".repeat(Rejections.MAX_SAMPLE - 1));
        assertThat(new String(sample.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8))
                .isEqualTo(sample);
    }

    private Rejection of(String inputId, String detail, String sample) {
        return rejections.of("file", Why.TOO_LONG, inputId, "repo", detail, sample, PUBLISHED);
    }
}
