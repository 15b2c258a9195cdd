package io.prefstream.validate.checks;

import static io.prefstream.validate.checks.Judged.assertPassed;
import static io.prefstream.validate.checks.Judged.assertRefused;
import static io.prefstream.validate.checks.Judged.judge;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.CheckOutcome;
import io.prefstream.schemas.Verdict;
import io.prefstream.validate.Candidates;
import io.prefstream.validate.checks.TokenBudgetCheck.OverBudget;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChecksTest {

    private static final CodeReader READER = new CodeReader();

    @Test
    void blankSidesAreRefused() {
        assertRefused(
                new NonEmptyCheck(),
                Candidates.java(" \n", Candidates.LARGER),
                ValidateReason.EMPTY_SIDE,
                "chosen is blank");
        assertRefused(
                new NonEmptyCheck(),
                Candidates.java(Candidates.LARGER, ""),
                ValidateReason.EMPTY_SIDE,
                "rejected is blank");
    }

    @Test
    void sidesThatDifferInLayoutAndCommentsOnlyAreIdentical() {
        assertRefused(
                new DistinctCheck(),
                Candidates.java(
                        "int one() { return 1; }",
                        "int one()\n{\n  // the first\n  return /* it */ 1;\n}"),
                ValidateReason.IDENTICAL_AFTER_NORMALISATION,
                "both sides are the same 9 tokens");
        assertRefused(
                new DistinctCheck(),
                Candidates.python("def f(a):\n    return a\n", "def f( a ):  # b\n  return a\n"),
                ValidateReason.IDENTICAL_AFTER_NORMALISATION,
                "without white space and comments");
    }

    @Test
    void whiteSpaceThatCarriesMeaningMakesSidesDistinct() {
        assertPassed(
                new DistinctCheck(),
                Candidates.java(
                        "String s() { return \"a b\"; }", "String s() { return \"a  b\"; }"));
        assertPassed(
                new DistinctCheck(),
                Candidates.python(
                        "def f(a):\n    if a:\n        g()\n        h()\n",
                        "def f(a):\n    if a:\n        g()\n    h()\n"));
    }

    @Test
    void sidesOfAnUnknownLanguageAreComparedByWordsAndMarks() {
        assertRefused(
                new DistinctCheck(),
                Candidates.of("cobol", "A.cob", "MOVE A TO B.", "MOVE  A\nTO B."),
                ValidateReason.IDENTICAL_AFTER_NORMALISATION,
                "5 tokens");
        assertThat(judge(new BothParseCheck(0), Candidates.of("cobol", "A.cob", "MOVE.", "STOP.")))
                .isEqualTo(new CheckResult.Skipped("no grammar for cobol"));
    }

    @Test
    void aSideThatDoesNotParseIsRefusedByItsName() {
        assertRefused(
                new BothParseCheck(0),
                Candidates.java("int f( { return 1; }", Candidates.LARGER),
                ValidateReason.CHOSEN_DOES_NOT_PARSE,
                "validate.max-syntax-errors=0");
        assertRefused(
                new BothParseCheck(0),
                Candidates.java(Candidates.LARGER, "int f() { return 1 }"),
                ValidateReason.REJECTED_DOES_NOT_PARSE,
                "rejected has 1 syntax errors");
        assertPassed(
                new BothParseCheck(1), Candidates.java(Candidates.LARGER, "int f() { return 1 }"));
    }

    @Test
    void aSideThatEndsItsFragmentEarlyDoesNotParse() {
        assertRefused(
                new BothParseCheck(0),
                Candidates.java(Candidates.LARGER, "int f() { return 1; } } int g() { return 2;"),
                ValidateReason.REJECTED_DOES_NOT_PARSE,
                "rejected has");
    }

    @Test
    void constructorsAndTextOutsideAsciiParse() {
        assertPassed(
                new BothParseCheck(0),
                Candidates.java(
                        "Größe(int größe) { this.größe = größe; /* 🦊 */ }",
                        "Größe(int größe) { größe = this.größe; }"));
    }

    @Test
    void theEndTokenCountsTowardsTheBudget() {
        // The instruction has 34 bytes, the separator 1, each side 12; two tokens are added.
        CandidatePair pair = Candidates.java("int f() { }1", "int f() { }2");

        assertThat(judge(budget(49, OverBudget.REJECT), pair))
                .isEqualTo(new CheckResult.Passed(49.0));
        assertRefused(
                budget(48, OverBudget.REJECT),
                pair,
                ValidateReason.OVER_TOKEN_BUDGET,
                "is 49 tokens, which exceeds validate.context-tokens=48");
    }

    @Test
    void whereTruncationIsAllowedOnlyEqualRestsAreRefused() {
        CandidatePair differsAtItsEnd = Candidates.java("int f() { }1", "int f() { }2");
        CandidatePair differsAtItsBegin = Candidates.java("int f() { } ", "int g() { } ");

        assertRefused(
                budget(46, OverBudget.TRUNCATE),
                differsAtItsEnd,
                ValidateReason.IDENTICAL_AFTER_TRUNCATION,
                "validate.context-tokens=46");
        assertPassed(budget(46, OverBudget.TRUNCATE), differsAtItsBegin);
    }

    @Test
    void similarityIsHeldWithinTheBand() {
        // 8 tokens a side, 2 of them differ: 1 - 2/8.
        CandidatePair pair = Candidates.of("none", "x", "a b c d e f g h", "a b x d e f y h");

        assertThat(judge(new SimilarityCheck(0.75, 0.76), pair))
                .isEqualTo(new CheckResult.Passed(0.75));
        assertRefused(
                new SimilarityCheck(0.8, 1),
                pair,
                ValidateReason.TOO_DISSIMILAR,
                "token similarity 0.75 is below validate.min-similarity=0.8");
        assertRefused(
                new SimilarityCheck(0.1, 0.75),
                pair,
                ValidateReason.TOO_SIMILAR,
                "token similarity 0.75 is not below validate.max-similarity=0.75");
    }

    @Test
    void theCourtStopsAtTheFirstRefusalAndKeepsTheOutcomesInOrder() {
        Court court = new Court(READER, List.of(new NonEmptyCheck(), new DistinctCheck(), never()));

        assertThat(court.judge(Candidates.java("int f() {}", "int f() { }")))
                .isEqualTo(
                        new Judgement.Refused(
                                "distinct",
                                ValidateReason.IDENTICAL_AFTER_NORMALISATION,
                                "both sides are the same 6 tokens without white space and"
                                        + " comments"));
        Court permissive =
                new Court(READER, List.of(new NonEmptyCheck(), new SimilarityCheck(0, 1)));
        assertThat(permissive.judge(Candidates.good()))
                .asInstanceOf(type(Judgement.Admitted.class))
                .satisfies(
                        admitted -> {
                            assertThat(admitted.outcomes())
                                    .extracting(CheckOutcome::getCheck)
                                    .containsExactly("non-empty", "similarity");
                            assertThat(admitted.outcomes())
                                    .extracting(CheckOutcome::getVerdict)
                                    .containsOnly(Verdict.PASS);
                            assertThat(admitted.outcomes().get(1).getValue()).isBetween(0.8, 0.99);
                        });
    }

    @Test
    void whatFailsIsRecordedWithItsValueAndRefusesNothing() {
        Check failing =
                new Check() {
                    @Override
                    public String name() {
                        return "failing";
                    }

                    @Override
                    public CheckResult judge(CandidateView candidate) {
                        return new CheckResult.Failed(2.0, "two of them");
                    }
                };

        assertThat(new Court(READER, List.of(failing)).judge(Candidates.good()))
                .isEqualTo(
                        new Judgement.Admitted(
                                List.of(
                                        new CheckOutcome(
                                                "failing", Verdict.FAIL, 2.0, "two of them"))));
    }

    private static TokenBudgetCheck budget(int contextTokens, OverBudget policy) {
        return new TokenBudgetCheck(TokenEncoder.bytes(), contextTokens, policy);
    }

    private static Check never() {
        return new Check() {
            @Override
            public String name() {
                return "never";
            }

            @Override
            public CheckResult judge(CandidateView candidate) {
                throw new AssertionError("a check after the refusal was made");
            }
        };
    }
}
