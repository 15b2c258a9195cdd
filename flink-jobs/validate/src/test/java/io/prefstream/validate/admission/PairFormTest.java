package io.prefstream.validate.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.schemas.CandidatePair;
import io.prefstream.validate.Candidates;
import org.junit.jupiter.api.Test;

class PairFormTest {

    private static final String LARGER = Candidates.LARGER;
    private static final String SMALLER = Candidates.SMALLER;
    private static final String REFORMATTED =
            """
            /** Which is larger? */
            int larger(int a,
                       int b)
            {
                return a>b ? a : b; // the larger one
            }
            """;

    @Test
    void layoutAndCommentsCountForNothingOnEitherSide() {
        assertThat(form(REFORMATTED, SMALLER)).isEqualTo(form(LARGER, SMALLER));
        assertThat(form(SMALLER, REFORMATTED)).isEqualTo(form(SMALLER, LARGER));
    }

    @Test
    void theSameFunctionFromAnotherRepositoryIsTheSamePairWhateverTheInstruction() {
        CandidatePair copied =
                CandidatePair.newBuilder(Candidates.good())
                        .setRepository("https://example.org/copy")
                        .setPath("vendor/Fox.java")
                        .setInstruction("The larger of two.")
                        .build();

        assertThat(PairForm.id(copied)).isEqualTo(PairForm.id(Candidates.good()));
    }

    @Test
    void mutantsOfOneFunctionAreDifferentPairs() {
        assertThat(form(LARGER, LARGER.replace('>', '<')))
                .isNotEqualTo(form(LARGER, SMALLER))
                .isNotEqualTo(form(LARGER, LARGER.replace(">", ">=")))
                .isNotEqualTo(form(LARGER, LARGER.replace("a : b", "a : a")));
    }

    @Test
    void theSameMutationOfAnotherFunctionIsAnotherPair() {
        assertThat(
                        form(
                                "int max(int a, int b) { return a > b; }",
                                "int max(int a, int b) { return a < b; }"))
                .isNotEqualTo(
                        form(
                                "int min(int a, int b) { return a > b; }",
                                "int min(int a, int b) { return a < b; }"));
    }

    @Test
    void theOtherWayRoundIsAnotherPair() {
        assertThat(form(LARGER, SMALLER)).isNotEqualTo(form(SMALLER, LARGER));
    }

    @Test
    void stringsCount() {
        assertThat(form(LARGER, "f(\"// no comment\");"))
                .isNotEqualTo(form(LARGER, "f(\"// not one\");"));
    }

    @Test
    void inPythonIndentationCountsAndOtherLayoutDoesNot() {
        String inside = "def f(xs):\n    for x in xs:\n        g(x)\n        h(x)\n";
        String outside = "def f(xs):\n    for x in xs:\n        g(x)\n    h(x)\n";
        String reformatted =
                "def f( xs ):\n    # each\n    for x in xs:\n\n        g( x )\n        h( x )";

        assertThat(python(inside, "pass")).isNotEqualTo(python(outside, "pass"));
        assertThat(python(inside, "pass")).isEqualTo(python(reformatted, "pass"));
    }

    private static String form(String chosen, String rejected) {
        return PairForm.id(Candidates.java(chosen, rejected));
    }

    private static String python(String chosen, String rejected) {
        return PairForm.id(Candidates.python(chosen, rejected));
    }
}
