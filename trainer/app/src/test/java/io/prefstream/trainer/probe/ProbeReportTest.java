package io.prefstream.trainer.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.prefstream.replay.SplitMix64;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProbeReportTest {

    @Test
    void aTokenThatOnlyOneSideHoldsIsFoundByUnigrams() {
        List<Probe.Pair> pairs = new ArrayList<>();
        SplitMix64 random = new SplitMix64(5);
        for (int i = 0; i < 200; i++) {
            String code = "x" + random.nextInt(50) + " = y" + random.nextInt(50);
            pairs.add(new Probe.Pair(code + " <= 3", code + " < 3"));
        }
        NgramProbe probe = new NgramProbe(1, 1);
        probe.fit(pairs.subList(0, 100));
        assertThat(pairs.subList(100, 200))
                .allMatch(pair -> probe.margin(pair.chosen(), pair.rejected()) > 0);
    }

    @Test
    void anotherOrderOfTheSameTokensIsATieForUnigramsAndSeenByBigrams() {
        List<Probe.Pair> pairs = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            pairs.add(new Probe.Pair("from , to , step" + i, "to , from , step" + i));
        }
        NgramProbe unigram = new NgramProbe(1, 1);
        NgramProbe bigram = new NgramProbe(2, 1);
        unigram.fit(pairs);
        bigram.fit(pairs);
        assertThat(unigram.margin("from , to , a", "to , from , a")).isZero();
        assertThat(bigram.margin("from , to , a", "to , from , a")).isPositive();
        assertThat(bigram.margin("to , from , a", "from , to , a"))
                .isCloseTo(-bigram.margin("from , to , a", "to , from , a"), within(1e-9));
    }

    @Test
    void lengthLearnsWhichDirectionIsBetter() {
        ScalarProbe probe = ScalarProbe.length();
        probe.fit(List.of(new Probe.Pair("ab", "abcd"), new Probe.Pair("a", "abc")));
        assertThat(probe.margin("short", "much longer")).isPositive();
        assertThat(probe.margin("equal", "equal")).isZero();
    }

    @Test
    void compressionSeesRepetition() {
        ScalarProbe probe = ScalarProbe.compression();
        String repeated = "x = x + 1;\n".repeat(20);
        String varied = "for (int i = 0; i < n; i++) { sum += weights[i] * inputs[n - i]; }";
        probe.fit(List.of(new Probe.Pair(varied, repeated)));
        assertThat(probe.margin(varied, repeated)).isPositive();
    }
}
