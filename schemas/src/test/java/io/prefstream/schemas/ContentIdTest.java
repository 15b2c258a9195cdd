package io.prefstream.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ContentIdTest {

    @Test
    void idIsSha256OverLengthPrefixedParts() {
        // printf '\0\0\0\001a\0\0\0\001b' | sha256sum
        assertThat(ContentId.of("a", "b"))
                .isEqualTo("16275ef0f5d0eb9dd9e0a53277549fda5c886358a6872df23c797b13e11455bc");
    }

    @Test
    void whereOnePartEndsMatters() {
        assertThat(ContentId.of("ab", "c")).isNotEqualTo(ContentId.of("a", "bc"));
    }

    @Test
    void fractionsAreSpreadEvenlyOverTheUnitInterval() {
        double share =
                IntStream.range(0, 10_000)
                                .filter(i -> ContentId.fraction("split", "repo-" + i) < 0.1)
                                .count()
                        / 10_000.0;

        // Standard deviation of a share of 0.1 over 10,000 draws is 0.003.
        assertThat(share).isBetween(0.085, 0.115);
        assertThat(ContentId.fraction("x")).isBetween(0.0, 1.0).isEqualTo(ContentId.fraction("x"));
    }
}
