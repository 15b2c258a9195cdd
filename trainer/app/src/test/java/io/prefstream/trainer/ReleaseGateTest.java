package io.prefstream.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.schemas.PreferencePair;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReleaseGateTest {

    private static final int PAIRS = 10;

    @TempDir Path folder;

    private List<PreferencePair> pairs;

    @BeforeEach
    void readPairs() throws IOException {
        Path file = PairFile.separable(folder.resolve("pairs.jsonl"), PAIRS);
        pairs = PairFile.read(file, 0);
    }

    @Test
    void comparesOnThePairsThatBothJudged() {
        ReleaseGate gate = new ReleaseGate(0.25, 4);
        // It is right on pairs 0 to 5. The one before judged 4 to 7 and was right on three.
        Judgement now = judgement(1, 1, 1, 1, 1, 1, -1, -1, -1, -1);
        Map<String, Double> before = verdicts(4, 1, 1, 1, 0);
        assertThat(gate.refusal(now, before)).isEmpty(); // 2 of 4 is 3 of 4 less 0.25
        assertThat(new ReleaseGate(0.24, 4).refusal(now, before))
                .contains(
                        "holdout accuracy 0.5000 is below the 0.7500 of the last published release,"
                                + " on the 4 pairs that both judged, by more than"
                                + " release.gate-margin=0.24");
    }

    @Test
    void tooFewPairsInCommonNoMarginOrNoReleaseBeforeRefuseNothing() {
        Judgement bad = judgement(-1, -1, -1, -1, -1, -1, -1, -1, -1, -1);
        Map<String, Double> before = verdicts(0, 1, 1, 1, 1);
        assertThat(new ReleaseGate(0.0, 4).refusal(bad, before)).isPresent();
        assertThat(new ReleaseGate(0.0, 5).refusal(bad, before)).isEmpty();
        assertThat(new ReleaseGate(null, 1).refusal(bad, before)).isEmpty();
        assertThat(new ReleaseGate(0.0, 1).refusal(bad, Map.of())).isEmpty();
    }

    @Test
    void rewardsThatAreNoNumbersAreRefusedAlsoTheFirstTime() {
        Judgement broken = judgement(1, 1, Float.NaN, 1, 1, 1, 1, 1, 1, Float.POSITIVE_INFINITY);
        assertThat(new ReleaseGate(null, 1).refusal(broken, Map.of()))
                .contains("the rewards of 2 of 10 holdout pairs are no numbers");
    }

    private Judgement judgement(float... margins) {
        return new Judgement(pairs, margins);
    }

    private Map<String, Double> verdicts(int from, double... verdicts) {
        Map<String, Double> byId = new TreeMap<>();
        for (int i = 0; i < verdicts.length; i++) {
            byId.put(pairs.get(from + i).getId(), verdicts[i]);
        }
        return byId;
    }
}
