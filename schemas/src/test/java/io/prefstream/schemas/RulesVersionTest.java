package io.prefstream.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RulesVersionTest {

    @Test
    void aHeaderIsTheNumberInDigits() {
        assertThat(RulesVersion.header(12)).isEqualTo(new byte[] {'1', '2'});
        assertThat(RulesVersion.ofHeader(new byte[] {'1', '2'})).isEqualTo(12);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "-3", "two", "99999999999"})
    void whatIsNoVersionIsSaid(String text) {
        assertThatThrownBy(() -> RulesVersion.ofHeader(text.getBytes(StandardCharsets.US_ASCII)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "header prefstream-rules-version is '%s', not a number from 1"
                                .formatted(text));
    }

    @Test
    void aPairFromBeforeThereWereVersionsHasTheFirst() {
        PreferencePair pair = (PreferencePair) ExampleRecords.of(Topics.PREFERENCE_PAIRS);

        assertThat(RulesVersion.of(pair)).isEqualTo(2);
        assertThat(RulesVersion.of(PreferencePair.newBuilder(pair).clearRulesVersion().build()))
                .isEqualTo(1);
    }
}
