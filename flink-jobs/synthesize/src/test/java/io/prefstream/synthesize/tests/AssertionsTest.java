package io.prefstream.synthesize.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.jobs.common.syntax.Language;
import java.util.List;
import org.junit.jupiter.api.Test;

class AssertionsTest {

    @Test
    void assertionsOfAFencedBlockAreTakenAsTheyStand() {
        assertThat(
                        python(
                                """
                                Here they are:
                                ```python
                                assert larger(1, 2) == 2
                                assert larger(
                                    -1, -2,
                                ) == -1  # both below zero
                                ```
                                assert larger(5, 5) == 5
                                """))
                .containsExactly(
                        "assert larger(1, 2) == 2", "assert larger(\n    -1, -2,\n) == -1");
        assertThat(
                        java(
                                """
                                assert larger(1, 2) == 2;
                                // both below zero
                                assert larger(-1, -2) == -1;
                                """))
                .containsExactly("assert larger(1, 2) == 2;", "assert larger(-1, -2) == -1;");
    }

    @Test
    void whatIsNoWholeAssertionOfTheFunctionIsLeftOut() {
        assertThat(
                        python(
                                """
                                import os
                                os.remove("x")
                                assert smaller(1, 2) == 1
                                assert larger_than(1, 2)
                                assert larger
                                assert larger(1, 2) == 2
                                for i in range(3):
                                    assert larger(i, 0) == i
                                assert larger(3, == 4
                                """))
                .containsExactly("assert larger(1, 2) == 2");
        assertThat(
                        java(
                                """
                                assertEquals(2, larger(1, 2));
                                assert other(1, 2) == 2;
                                assert larger(2, 1) == 2;
                                System.exit(larger(1, 2));
                                """))
                .containsExactly("assert larger(2, 1) == 2;");
        assertThat(java("I can't write tests of larger(int, int).")).isEmpty();
    }

    @Test
    void eachIsKeptOnceWithinALengthAndANumber() {
        String answer =
                """
                assert larger(1, 2) == 2
                assert larger(1,   2) ==  2
                assert larger(1, 2) == 2, "%s"
                assert larger(3, 2) == 3
                assert larger(4, 2) == 4
                """
                        .formatted("x".repeat(50));
        assertThat(Assertions.in(answer, Language.PYTHON, "larger", 2, 40))
                .containsExactly("assert larger(1, 2) == 2", "assert larger(3, 2) == 3");
    }

    private static List<String> python(String answer) {
        return Assertions.in(answer, Language.PYTHON, "larger", 16, 400);
    }

    private static List<String> java(String answer) {
        return Assertions.in(answer, Language.JAVA, "larger", 16, 400);
    }
}
