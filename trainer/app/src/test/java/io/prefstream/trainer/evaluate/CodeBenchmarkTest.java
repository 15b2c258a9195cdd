package io.prefstream.trainer.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.trainer.evaluate.CodeBenchmark.Problem;
import java.util.List;
import org.junit.jupiter.api.Test;

class CodeBenchmarkTest {

    private static final String BEGUN =
            """
            from typing import List

            def half(x: int) -> int:
                return x // 2

            def halves(xs: List[int]) -> List[int]:
                \"""Half of each.
                \"""
            """;
    private static final String BODY = "    return [half(x) for x in xs]\n";
    private static final String WHOLE =
            "def halves(xs):\n    return list(map(half, xs))\n\nprint(halves([2]))\n";
    private static final String FRONT = BEGUN.substring(0, BEGUN.indexOf("def halves"));

    private final Problem halves = new Problem("x/1", BEGUN, BEGUN, "halves", List.of("pass"));
    private final Problem words = new Problem("2", "Write it.", "", "", List.of("pass"));

    @Test
    void aCompletionGoesOnWhereThePromptEnds() {
        assertThat(halves.program(BODY)).isEqualTo(BEGUN + BODY);
        assertThat(halves.program("\n" + BODY)).isEqualTo(BEGUN + BODY);
        assertThat(halves.program("```python\n" + BODY + "```\n")).isEqualTo(BEGUN + BODY);
        // Another function that is told about behind the body doesn't make it a whole one.
        String more = BODY + "\ndef halves(xs):\n    return xs\n";
        assertThat(halves.program(more)).isEqualTo(BEGUN + more);
    }

    @Test
    void aWholeFunctionKeepsWhatThePromptHasAboveIt() {
        assertThat(halves.program(WHOLE)).isEqualTo(FRONT + "\n" + WHOLE);
        assertThat(halves.program("import math\n" + WHOLE))
                .isEqualTo(FRONT + "\nimport math\n" + WHOLE);
        assertThat(halves.program("Sure!\n\n```python\n" + WHOLE + "```\nIt halves.\n"))
                .isEqualTo(FRONT + "\n" + WHOLE);
    }

    @Test
    void codeIsWhatAFenceOrAMarkHolds() {
        assertThat(CodeBenchmark.code("Here:\r\n```py\r\nx = 1\r\n```\r\nand\n```\ny\n```"))
                .isEqualTo("x = 1\n");
        assertThat(CodeBenchmark.code("```\nx = 1\ny = 2")).isEqualTo("x = 1\ny = 2");
        assertThat(CodeBenchmark.code("s = '''```'''\n")).isEqualTo("s = '''```'''\n");
        assertThat(words.program("[BEGIN]\nx = 1\n[DONE]\nNext task")).isEqualTo("x = 1\n");
        assertThat(words.program("x = 1\n[DONE]")).isEqualTo("x = 1\n");
        assertThat(CodeBenchmark.code("```python\n```")).isBlank();
        assertThat(CodeBenchmark.code(" \n\t\n\n  x = 1\n\ny = 2\n"))
                .isEqualTo("  x = 1\n\ny = 2\n");
        assertThat(CodeBenchmark.code(" \n".repeat(100_000) + "  x")).isEqualTo("  x");
        assertThat(CodeBenchmark.code("\n".repeat(100_000) + "  ")).isEqualTo("  ");
    }

    @Test
    void votesPassOverCommentsAndBlankLines() {
        assertThat(CodeBenchmark.normalised("x = 1  \n\n# one\n  # two\ny = 2 # kept"))
                .isEqualTo("x = 1\ny = 2 # kept\n");
    }

    @Test
    void anIdIsTheSameWithItsBenchmark() {
        assertThat(CodeBenchmark.id("Mbpp/2")).isEqualTo(CodeBenchmark.id("2")).isEqualTo("2");
    }
}
