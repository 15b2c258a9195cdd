package io.prefstream.trainer.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prefstream.schemas.Split;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ExportRequestTest {

    @Test
    void aWindowMustHaveAnInside() {
        assertThatThrownBy(() -> window(Pairs.SECOND_OF_MAY, Pairs.FIRST_OF_MAY))
                .hasMessage(
                        "--since=2026-05-02T00:00:00Z must be before --until=2026-05-01T00:00:00Z");
        assertThatThrownBy(() -> window(Pairs.FIRST_OF_MAY, Pairs.FIRST_OF_MAY))
                .hasMessageContaining("must be before");
        assertThat(window(Pairs.FIRST_OF_MAY, Pairs.ONE_MILLI_LATER)).isNotNull();
    }

    @Test
    void valuesOutsideTheirLimitsAreNamed() {
        assertThatThrownBy(() -> request(Layout.TRL, TextForm.STANDARD, 1.01, 1 << 20))
                .hasMessage("--min-confidence=1.01 must be in [0, 1]");
        assertThatThrownBy(() -> request(Layout.TRL, TextForm.STANDARD, Double.NaN, 1 << 20))
                .hasMessageContaining("--min-confidence=NaN");
        assertThatThrownBy(() -> request(Layout.TRL, TextForm.STANDARD, 0, 1023))
                .hasMessage("--max-file-size=0.000975 MiB must be at least 0.001 MiB");
        assertThatThrownBy(() -> request(Layout.AXOLOTL, TextForm.CONVERSATIONAL, 0, 1 << 20))
                .hasMessageContaining("--format=conversational and --layout=axolotl");
    }

    @Test
    void languagesAreComparedInLowerCase() {
        assertThat(request(Layout.TRL, TextForm.STANDARD, 0, 1 << 20).languages())
                .containsExactly("java");
    }

    private static ExportRequest window(Instant since, Instant until) {
        return new ExportRequest(
                Path.of("out"),
                Layout.TRL,
                TextForm.STANDARD,
                since,
                until,
                new TreeSet<>(),
                0,
                Set.of(Split.TRAIN),
                1 << 20);
    }

    private static ExportRequest request(
            Layout layout, TextForm form, double confidence, long bytes) {
        return new ExportRequest(
                Path.of("out"),
                layout,
                form,
                null,
                null,
                new TreeSet<>(List.of("Java")),
                confidence,
                Set.of(Split.TRAIN),
                bytes);
    }
}
