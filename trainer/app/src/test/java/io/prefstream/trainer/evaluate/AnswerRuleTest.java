package io.prefstream.trainer.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerRuleTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "She has 5 left.\\n#### 18 | 18",
                "#### 18.0 | 18",
                "#### 1,234 | 1234",
                "#### $1,234.50 | 2469/2",
                "#### -5 | -5",
                "#### -$5 | -5",
                "#### $-5 | -5",
                "#### \u22125 | -5",
                "#### 50% | 50",
                "#### 3/4 | 3/4",
                "#### 1 1/2 cups | 3/2",
                "#### .5 | 1/2",
                "#### 5. | 5",
                "#### 72 clips and 3 dogs | 72",
                "#### 5\\n#### 6 | 6",
                "#### **18** | 18",
                "####18 | 18",
                "#### 7 and\\n5 are left | 7",
                "So #### 18\\n#### Step 3: total | 18",
                "#### Step 3: total\\nIt is 5 and 6. The answer is 12. | 12",
                "#### 2. Total\\n4 + 5 = 9 dogs | 9",
                "#### 2nd step\\n4 + 5 = 9 dogs | 9",
                "#### Answer: 8 | 8",
                "#### \\\\boxed{8} of 9 | 8",
                "9 - 4 = 5 #### | 5",
                "#### \\\\frac{3}{6} | 1/2",
                "It is \\\\boxed{42} of 100 | 42",
                "\\\\boxed{\\\\$42.00} in all, for 3 | 42",
                "The answer is 12. That leaves 3 | 12",
                "Answer: $7 | 7",
                "The answer is clear: 10 - 7 = 3 | 10",
                "48/2 = 24 clips | 24",
                "so 10-7 | 7",
                "so it is -7 | -7",
                "(10)-7 | 7",
                "2,500 people | 2500",
                "2,50 people | 50",
                "1000000000000000000000000000001 | 1000000000000000000000000000001",
            })
    void theNumberThatASolutionEndsWith(String response, String answer) {
        assertThat(AnswerRule.GSM8K.answer(plain(response))).contains(answer);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "no number",
                "#### none, though it was so",
                "#### 1/0",
                "\\boxed{x}",
            })
    void whatGivesNoNumber(String response) {
        assertThat(AnswerRule.GSM8K.answer(response)).isEmpty();
    }

    @Test
    void endlessDigitsAreNoNumber() {
        assertThat(AnswerRule.GSM8K.answer("#### " + "9".repeat(1_000))).isEmpty();
        assertThat(AnswerRule.MATH.answer("\\boxed{" + "9".repeat(100_000) + "}")).isPresent();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\\\\frac{1}{2} | 0.5",
                "\\\\dfrac12 | 1/2",
                "\\\\tfrac{2}{4} | .50",
                "-\\\\frac{1}{2} | -0.5",
                "3\\\\frac{1}{2} | 3.5",
                "1,000 | 1000",
                "10{,}000 | 10000",
                "\\\\$5 | 5",
                "50\\\\% | 50",
                "90^\\\\circ | 90",
                "90^{\\\\circ} | 90",
                "10\\\\text{ cm} | 10",
                "10~\\\\mathrm{cm} | 10",
                "\\\\text{(C)} | (C)",
                "\\\\text{Monday} | Monday",
                "x = 3 | 3",
                "x \\\\in [1,2) | [1,2)",
                "\\\\left( 1, \\\\frac12 \\\\right) | (1,0.5)",
                "1, -2 | -2,1",
                "\\\\sqrt2 | \\\\sqrt{2}",
                "x^{2}+1 | x^2+1",
                "\\\\frac{\\\\pi}{2} | \\\\pi/2",
                "2\\\\,\\\\pi | 2 \\\\pi",
                "$7$ | 7",
                "7. | 7",
                "+7 | 7",
                "\\\\frac{0.5}{2} | 0.25",
                "\\\\begin{pmatrix} -7 \\\\\\\\ 16 \\\\end{pmatrix} |"
                        + " \\\\begin{pmatrix}-7\\\\\\\\16\\\\end{pmatrix}",
                "864 \\\\mbox{ inches}^2 | 864",
                "15\\\\text{ cm}^{2} | 15",
                "60\\\\text{ m}/\\\\text{s}^2 | 60",
                "5.4 \\\\text{ cents}. | 5.4",
                "2\\\\pi\\\\text{ cm} | 2\\\\pi",
                "\\\\frac{270}7\\\\text{ degrees} | 270/7",
                "(3\\\\text{ cm}, 4\\\\text{ cm}) | (3,4)",
                "3 \\\\text{ and } 5 | 5, 3",
                "3, \\\\text{ or } 5 | 3,5",
                "3 \\\\text{ cm and } 5 \\\\text{ cm} | 3,5",
                "3 and 5 | 3,5",
                "x<-1 \\\\text{ or } x>3 | x>3, x<-1",
                "10, 100 | 100, 10",
                "10,\\\\ 100 | 100, 10",
                "1,000, 2,000 | 1000, 2000",
                "10,\\\\!080 | 10,080",
                "11,\\\\! 111,\\\\! 111,\\\\! 100 | 11111111100",
                "\\\\$32,\\\\!348 | 32{,}348",
                "\\\\frac{1,000}{3} | 1000/3",
                "x \\\\in A | A",
                "x\\\\text{-axis} | x-axis",
                "2\\\\mathbf{i} | 2i",
                "x^{90^\\\\circ} | x^{90}",
            })
    void mathematicalAnswersThatAreEqual(String one, String other) {
        assertThat(box(one)).isPresent().isEqualTo(box(other));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "(1,2) | (2,1)",
                "[1,2) | (1,2)",
                "\\\\sqrt{2} | 2",
                "\\\\sqrt{4} | 2",
                "\\\\frac{1}{3} | 0.33",
                "-1 | 1",
                "12 | 1,2",
                "x+1 | x-1",
                "2\\\\pi | 2",
                "10^{12} | 10^12",
                "\\\\text{A} | \\\\text{B}",
                "5 | 5x",
                "1/2 | 2/1",
                "1 \\\\\\\\ 2 | 1 2",
                "864 \\\\mbox{ inches}^2 | 864^2",
                "3 \\\\text{ and } 5 | 35",
                "2\\\\mathbf{i}+3\\\\mathbf{j} | 2\\\\mathbf{j}+3\\\\mathbf{k}",
                "3+2\\\\mathrm{i} | 3+2",
                "x\\\\text{-axis} | x",
                "\\\\text{Room } 5 | 5",
                "1011_\\\\text{two} | 1011_\\\\text{three}",
                "10, 100 | 10100",
                "(1,234) | 1234",
                "1,000,20 | 100020",
                "i\\\\infty | fty",
                "i\\\\infty | \\\\infty",
            })
    void mathematicalAnswersThatAreNot(String one, String other) {
        assertThat(box(one)).isPresent().isNotEqualTo(box(other));
    }

    @Test
    void muchSpaceTakesNoLongTime() {
        String spaces = " ".repeat(200_000);
        assertThat(AnswerRule.MATH.answer("\\boxed{3" + spaces + "and" + spaces + "4}"))
                .contains("3,4");
    }

    @Test
    void theLastBoxCountsWithItsBracesAndWithoutOneTheSentence() {
        assertThat(AnswerRule.MATH.answer("\\boxed{1} then \\boxed{\\frac{a}{b}}"))
                .contains("\\frac{a}{b}");
        assertThat(AnswerRule.MATH.answer("\\fbox{\\boxed{7}}")).contains("7");
        assertThat(AnswerRule.MATH.answer("\\boxed 5 is it")).contains("5");
        assertThat(AnswerRule.MATH.answer("The answer is $x=4$.")).contains("4");
        assertThat(AnswerRule.MATH.answer("The answer is 0.5. Or so.")).contains("1/2");
        assertThat(AnswerRule.MATH.answer("It is 4")).isEmpty();
        assertThat(AnswerRule.MATH.answer("\\boxed{4")).isEmpty();
        assertThat(AnswerRule.MATH.answer("\\boxed{}")).isEmpty();
        assertThat(AnswerRule.MATH.answer("\\boxed{\\}")).isEmpty();
        assertThat(AnswerRule.MATH.gold("So it is $\\boxed{12}$.")).contains("12");
        assertThat(AnswerRule.MATH.gold("\\frac{1}{2}")).contains("1/2");
        assertThat(AnswerRule.MATH.goldOfSolution("So it is $\\boxed{12}$.")).contains("12");
        assertThat(AnswerRule.MATH.goldOfSolution("So it is 12.")).isEmpty();
        assertThat(AnswerRule.GSM8K.goldOfSolution("So it is 12.")).contains("12");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "The answer is $x=3$ or $x=-3$. | 3, -3",
                "The answers are $x=3$, $x = -3$ and $x=5$, as $x^3=2$. | -3, 3, 5",
                "The answer is x = 3 or x = -3. | 3, -3",
                "the answer is $\\$5$ | 5",
                "The answer is $\\$5$ and $\\$6.50$, so he pays. | 5, 6.5",
                "The answer is $5 or $6. | 5, 6",
                "The answer is $5. He has $3. | 5",
                "The answer is $1,000. | 1000",
                "answer is $a$ and $b$ | a, b",
                "The answer is $10$,$100$ | 10, 100",
                "The answer is $(1,2)$ and $(3,4)$ | (1,2), (3,4)",
                "The answer is $3$, since $x>2$. | 3",
                "The answer is $ 5 $ dollars. | 5",
                "The answer is $$\\frac{1}{2}$$ of it | 0.5",
                "The answer is:\\n\\n\\[\\n x = 4\\n\\] | 4",
                "The final answer is: $4$. I hope it is correct. | 4",
                "The answer is \\(3\\) or \\(4\\). | 3, 4",
                "**Answer:** $7$ | 7",
                "**Answer: 7** | 7",
                "**Answer**: $7$ | 7",
                "The answer is **7**. | 7",
                "The answer is therefore $7$. | 7",
                "The answer is either $1$ or $2$. | 1, 2",
                "The answer is 3$\\sqrt{2}$. | 3\\sqrt{2}",
                "The answer is -$\\frac12$. | -0.5",
                "The answer is 3$\\%$ of $x$ | 3 of x",
                "First the answer is $1$, but then the answer is $2$. | 2",
            })
    void whatASentenceSaysIsTheAnswer(String response, String answer) {
        assertThat(AnswerRule.MATH.answer(plain(response))).isPresent().isEqualTo(box(answer));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "The answer is $x=3$ or $x=-3$. | 3",
                "The answer is not $3$. | 3",
                "The answer is $x=3$ and $y=4$. | 3, 4",
                "The answer is $5 or $6. | 5",
            })
    void whatASentenceDoesNotSay(String response, String answer) {
        assertThat(AnswerRule.MATH.answer(plain(response))).isPresent().isNotEqualTo(box(answer));
    }

    /** Models fall into loops: no answer may cost the others theirs. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                " ",
                "\n",
                "*",
                "1,",
                "1, ",
                "(1,",
                "{",
                "\\{",
                "$",
                "$ $",
                "$$ ",
                "\\( ",
                "$1$, ",
                "\\x",
                "x=",
                "1/",
                "3 and ",
                ",000",
                "\\text{ cm}",
                "\\text{ cm}^2/",
                "\\frac{1}{",
                "\\boxed{",
                "#### ",
                "answer is ",
                "(A) "
            })
    @Timeout(60)
    void aLoopTakesNoStackAndNoLongTime(String loop) {
        String endless = loop.repeat(10_000);
        for (String response :
                List.of(
                        "The answer is " + endless,
                        "The answer is $" + endless,
                        "\\boxed{" + endless + "}",
                        "\\boxed{" + endless + "2" + "}".repeat(10_001),
                        "#### " + endless + ")".repeat(10_000))) {
            for (AnswerRule rule : AnswerRule.values()) {
                assertThat(rule.answer(response)).isNotNull();
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "B | B",
                "(b) | B",
                "B. Because it follows. | B",
                "The answer is (C). | C",
                "I thought (A), but the answer is D | D",
                "Answer: **B** | B",
                "**Answer**: B | B",
                "\\\\boxed{\\\\text{C}} | C",
                "\\\\boxed{(d)} | D",
                "It must be (A), as (A) says | A",
                "The correct option is C, not (B) | C",
            })
    void theLetterOfAChoice(String response, String letter) {
        assertThat(AnswerRule.CHOICE.answer(plain(response))).contains(letter);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "The answer is a dog",
                "A dog barks",
                "Either (A) or (B)",
                "The answer is Blue",
                "\\boxed{AB}",
                "I don't know",
            })
    void whatChoosesNothing(String response) {
        assertThat(AnswerRule.CHOICE.answer(response)).isEmpty();
    }

    @Test
    void choicesMayBeGivenByIndex() {
        assertThat(AnswerRule.CHOICE.gold("0")).contains("A");
        assertThat(AnswerRule.CHOICE.gold("3")).contains("D");
        assertThat(AnswerRule.CHOICE.gold("C")).contains("C");
    }

    private static Optional<String> box(String inside) {
        return AnswerRule.MATH.answer("\\boxed{" + plain(inside) + "}");
    }

    /** Of CSV, where a backslash stands for two so that a line break can be written. */
    private static String plain(String text) {
        return text.replace("\\\\", "\u0000").replace("\\n", "\n").replace('\u0000', '\\');
    }
}
