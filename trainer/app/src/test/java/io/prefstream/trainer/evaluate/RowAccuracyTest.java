package io.prefstream.trainer.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.prefstream.trainer.Accuracy;
import io.prefstream.trainer.evaluate.RowAccuracy.Interval;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class RowAccuracyTest {

    private static final List<Float> NINE_RIGHT = Collections.nCopies(9, 1f);
    private static final List<Float> NINE_WRONG = Collections.nCopies(9, -1f);

    @Test
    void rowsOfOnePairHaveWilsonsInterval() {
        RowAccuracy accuracy = RowAccuracy.of(List.of(List.of(1f), List.of(-1f), List.of(0f)));
        Accuracy wilson = new Accuracy(1.5, 3);
        assertThat(accuracy)
                .isEqualTo(
                        new RowAccuracy(1.5, 3, 0.5, wilson.low(), wilson.high(), Interval.WILSON));
    }

    @Test
    void comparisonsOfARowAreNoTrialsOfTheirOwn() {
        List<List<Float>> rows = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            rows.add(i % 2 == 0 ? NINE_RIGHT : NINE_WRONG);
        }
        RowAccuracy accuracy = RowAccuracy.of(rows);
        assertThat(accuracy.interval()).isEqualTo(Interval.BOOTSTRAP_OVER_ROWS);
        assertThat(accuracy.value()).isEqualTo(0.5);
        assertThat(accuracy.pairs()).isEqualTo(900);
        // A row is right or wrong as a whole: 100 trials, ±1.96 · √(0.25 / 100) = ±0.098; of 900
        // it would be ±0.033.
        assertThat(accuracy.high() - accuracy.low()).isCloseTo(2 * 0.098, within(0.03));
        assertThat(RowAccuracy.of(rows)).isEqualTo(accuracy);
    }

    @Test
    void aRowCountsByItsComparisons() {
        RowAccuracy accuracy =
                RowAccuracy.of(List.of(List.of(1f), List.of(-1f, -1f, -1f), List.of()));
        assertThat(accuracy.value()).isEqualTo(0.25);
        assertThat(accuracy.low()).isZero();
        assertThat(accuracy.high()).isEqualTo(1);
    }

    @Test
    void whereAllRowsAgreeTheyAreTrials() {
        RowAccuracy accuracy = RowAccuracy.of(List.of(NINE_RIGHT, NINE_RIGHT, NINE_RIGHT));
        assertThat(accuracy.interval()).isEqualTo(Interval.WILSON_OVER_ROWS);
        assertThat(accuracy.low()).isEqualTo(new Accuracy(3, 3).low());
        assertThat(accuracy.right()).isEqualTo(27);
    }
}
