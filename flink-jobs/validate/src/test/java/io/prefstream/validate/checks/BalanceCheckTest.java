package io.prefstream.validate.checks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.prefstream.schemas.CandidatePair;
import io.prefstream.validate.Candidates;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BalanceCheckTest {

    private static final CandidatePair CHOSEN_LONGER = Candidates.java("abc", "ab");
    private static final CandidatePair REJECTED_LONGER = Candidates.java("ab", "abc");
    private static final CandidatePair NEUTRAL = Candidates.java("a🦊", "ab");

    private final BalanceCheck length = check(Measure.LENGTH);
    private final Court court = new Court(new CodeReader(), List.of(length));

    @Test
    void refusesWhatWouldTakeTheBalanceBeyondTheLimit() {
        assertThat(valueOf(CHOSEN_LONGER)).isEqualTo(1);
        assertThat(valueOf(CHOSEN_LONGER)).isEqualTo(1);
        assertThat(court.judge(CHOSEN_LONGER))
                .asInstanceOf(type(Judgement.Refused.class))
                .satisfies(
                        refused -> {
                            assertThat(refused.check()).isEqualTo("length-balance");
                            assertThat(refused.reason()).isEqualTo(ValidateReason.LENGTH_IMBALANCE);
                            assertThat(refused.detail())
                                    .contains("length of chosen minus rejected is +1")
                                    .contains("leads by 2 as chosen")
                                    .contains("validate.imbalance-limit=2");
                        });
        assertThat(valueOf(REJECTED_LONGER)).isEqualTo(-1);
        assertThat(valueOf(CHOSEN_LONGER)).isEqualTo(1);
    }

    @Test
    void pairsWithEqualSidesAlwaysPassAndCountNothing() {
        court.judge(CHOSEN_LONGER);
        court.judge(CHOSEN_LONGER);

        assertThat(valueOf(NEUTRAL)).isZero();
        assertThat(length.balances()).containsExactly(Map.entry("src/Fox.java", 2L));
    }

    @Test
    void groupsAreBalancedApart() {
        court.judge(CHOSEN_LONGER);
        court.judge(CHOSEN_LONGER);

        assertThat(court.judge(Candidates.of("java", "other", "abc", "ab")))
                .isInstanceOf(Judgement.Admitted.class);
    }

    @Test
    void aRestoredBalanceBeyondTheLimitOnlyAdmitsWhatTakesItBack() {
        length.restore("src/Fox.java", 2);
        length.restore("src/Fox.java", 3);

        assertThat(court.judge(CHOSEN_LONGER)).isInstanceOf(Judgement.Refused.class);
        assertThat(court.judge(REJECTED_LONGER)).isInstanceOf(Judgement.Admitted.class);
        assertThat(length.balances()).containsExactly(Map.entry("src/Fox.java", 4L));
    }

    @Test
    void whatAnotherCheckRefusesIsNotCounted() {
        Court strict = new Court(new CodeReader(), List.of(length, new NonEmptyCheck()));

        assertThat(strict.judge(Candidates.java("abc", ""))).isInstanceOf(Judgement.Refused.class);

        assertThat(length.balances()).isEmpty();
    }

    @Test
    void lengthPredictsNothingInAnyStretchOfABiasedSource() {
        Random random = new Random(3);
        int longerChosen = 0;
        int admitted = 0;
        for (int i = 0; i < 10_000; i++) {
            boolean chosenIsLonger = random.nextInt(10) < 7;
            if (court.judge(chosenIsLonger ? CHOSEN_LONGER : REJECTED_LONGER)
                    instanceof Judgement.Admitted) {
                admitted++;
                longerChosen += chosenIsLonger ? 1 : 0;
            }
            assertThat(Math.abs(2 * longerChosen - admitted)).isLessThanOrEqualTo(2);
        }
        assertThat(admitted).isGreaterThan(5_000);
    }

    @Test
    void compressionIsBalancedWhereLengthSaysNothing() {
        BalanceCheck compression = check(Measure.COMPRESSION);
        Court both = new Court(new CodeReader(), List.of(length, compression));
        CandidatePair chosenRepeats =
                Candidates.java("abcabcabcabcabcabcabcabc", "abcbcacababcaccbbacabcab");

        assertThat(both.judge(chosenRepeats)).isInstanceOf(Judgement.Admitted.class);
        assertThat(both.judge(chosenRepeats)).isInstanceOf(Judgement.Admitted.class);
        assertThat(both.judge(chosenRepeats))
                .asInstanceOf(type(Judgement.Refused.class))
                .extracting(Judgement.Refused::reason)
                .isEqualTo(ValidateReason.COMPRESSION_IMBALANCE);
        assertThat(length.balances()).isEmpty();
        assertThat(compression.balances()).containsExactly(Map.entry("src/Fox.java", -2L));
    }

    @Test
    void compressionIsDeflatesBytesPerByte() {
        // by hand (RFC 1951, 3.2.6): the header of a block of fixed codes is 3 bits, each of three
        // letters 8, its end 7: 34 bits in 5 bytes
        assertThat(Measure.COMPRESSION.of("java", "abc")).isCloseTo(5.0 / 3, within(1e-12));
        assertThat(Measure.COMPRESSION.of("java", "")).isZero();
    }

    @Test
    void linesAndCommentsAreBalancedWhereTheyAreAskedFor() {
        CandidatePair moreLines = Candidates.java("a;\n\nb;", "a; b;");
        CandidatePair moreComments = Candidates.java("a; // b", "a; /b/1");

        assertThat(Measure.LINES.difference(moreLines)).isEqualTo(2);
        assertThat(Measure.LINES.difference(moreComments)).isZero();
        // 4 of 7 characters against none
        assertThat(Measure.COMMENT_SHARE.difference(moreComments))
                .isCloseTo(4.0 / 7, within(1e-12));
        assertThat(Measure.COMMENT_SHARE.difference(Candidates.python("a # b", "a // b")))
                .isCloseTo(3.0 / 5, within(1e-12));
        assertThat(Measure.COMMENT_SHARE.of("java", "")).isZero();
    }

    private static BalanceCheck check(Measure measure) {
        return new BalanceCheck(measure, 2, CandidatePair::getPath);
    }

    private double valueOf(CandidatePair pair) {
        return ((Judgement.Admitted) court.judge(pair)).outcomes().get(0).getValue();
    }
}
