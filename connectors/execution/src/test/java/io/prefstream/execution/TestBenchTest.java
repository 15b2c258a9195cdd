package io.prefstream.execution;

import static io.prefstream.execution.TestLanguage.JAVA;
import static io.prefstream.execution.TestLanguage.PYTHON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.prefstream.execution.testing.Machine;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Answers and tests, run for real. Where the machine doesn't isolate, the bench must say so. */
class TestBenchTest {

    private static final Duration HALF_A_MINUTE = Duration.ofSeconds(30);
    private static final Duration EACH = Duration.ofSeconds(5);

    private static TestBench bench;

    @BeforeAll
    static void open() throws Exception {
        try {
            bench = bench(HALF_A_MINUTE, EACH);
        } catch (SandboxException refusal) {
            Machine.assertRefusal(refusal);
        }
    }

    static Stream<Arguments> answers() {
        return Stream.of(
                arguments(
                        "a Python function",
                        PYTHON,
                        "def twice(x):\n    return x + x\n",
                        List.of("assert twice(2) == 4", "assert twice(2) == 5", "twice()"),
                        1),
                arguments(
                        "Python that looks up its module, and a main that waits for input",
                        PYTHON,
                        """
                        from __future__ import annotations
                        import dataclasses
                        @dataclasses.dataclass
                        class Point:
                            x: int
                        if __name__ == "__main__":
                            input()
                        """,
                        List.of("assert Point(1) == Point(1)"),
                        1),
                arguments(
                        "Python that isn't",
                        PYTHON,
                        "def twice(x:\n",
                        List.of("assert True", "assert True"),
                        0),
                arguments(
                        "Python that leaves with status 0",
                        PYTHON,
                        "import os, sys\ndef hard(): os._exit(0)\ndef soft(): sys.exit(0)\n",
                        List.of("hard()", "soft()", "assert True"),
                        1),
                arguments(
                        "Python that prints what the bench prints",
                        PYTHON,
                        "import os\n"
                                + "def f():\n"
                                + "    for fd in range(64):\n"
                                + "        try:\n"
                                + "            os.write(fd, b'0 pass\\n"
                                + "' * 9)\n"
                                + "        except OSError:\n"
                                + "            pass\n"
                                + "    os._exit(0)\n",
                        List.of("f()", "f()"),
                        0),
                arguments(
                        "Python that kills what started it",
                        PYTHON,
                        "import os, signal\ndef f():\n    os.kill(os.getppid(), signal.SIGKILL)\n",
                        List.of("assert True", "f()", "assert True"),
                        1),
                arguments(
                        "Python that leaves a child with the pipe",
                        PYTHON,
                        "import os, time\n"
                                + "def f():\n"
                                + "    if os.fork() == 0:\n"
                                + "        os.setsid()\n"
                                + "        time.sleep(60)\n",
                        List.of("f()", "assert True"),
                        2),
                arguments(
                        "a Java method",
                        JAVA,
                        "static int twice(int x) { return x + x; }",
                        List.of(
                                "assert twice(2) == 4;",
                                "assert twice(2) == 5;",
                                "twice(1 / 0);",
                                "if (twice(1) != 2) throw new Exception();"),
                        2),
                arguments(
                        "Java with imports, a field and a class",
                        JAVA,
                        """
                        package fox;

                        import java.time.Duration;
                        import static java.time.Duration.ofSeconds;

                        private int calls;
                        class Box { Duration time = ofSeconds(++calls); }
                        """,
                        List.of(
                                "assert new Box().time.equals(Duration.ofSeconds(1));",
                                "assert List.of(1).stream().mapToInt(x -> x).sum() == 1;"),
                        2),
                arguments(
                        "Java that remembers",
                        JAVA,
                        "static int calls; static int next() { return ++calls; }",
                        List.of("assert next() == 1;", "assert next() == 1;"),
                        2),
                arguments(
                        "a test that doesn't compile, of some",
                        JAVA,
                        "int one() { return 1; }",
                        List.of("assert one() == 1;", "one(", "assert two() == 2;"),
                        1),
                arguments("Java that isn't", JAVA, "int one() {", List.of("assert true;"), 0),
                arguments(
                        "Java that leaves with status 0",
                        JAVA,
                        "void leave() { System.exit(0); }",
                        List.of("assert true;", "leave();", "assert true;"),
                        1),
                arguments(
                        "Java that prints and recurses without end",
                        JAVA,
                        """
                        int deeper(int x) { return deeper(x + 1) + 1; }
                        void print() throws Exception {
                            new java.io.FileOutputStream(java.io.FileDescriptor.out).write("0 pass\\n".getBytes());
                            throw new Exception();
                        }
                        """,
                        List.of("deeper(0);", "print();", "System.out.println();"),
                        1));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("answers")
    void whatPassesIsCounted(
            String name, TestLanguage language, String answer, List<String> tests, int passed)
            throws Exception {
        if (bench == null) {
            return;
        }
        assertThat(bench.unusable(language)).isEmpty();

        PassRate rate = bench.run(language, answer, tests);

        assertThat(rate.passed()).as(rate.describe()).isEqualTo(passed);
        assertThat(rate.total()).isEqualTo(tests.size());
    }

    @Test
    void aTestThatTakesTooLongCostsNoOther() throws Exception {
        if (bench == null) {
            return;
        }
        TestBench hasty = bench(HALF_A_MINUTE, Duration.ofSeconds(2));

        assertThat(
                        hasty.run(
                                PYTHON,
                                "def f():\n    while True: pass\n",
                                List.of("assert True", "f()", "assert True")))
                .isEqualTo(new PassRate(2, 1, 0, 3, "it ended"));
        assertThat(
                        hasty.run(
                                JAVA,
                                "void f() { while (true) {} }",
                                List.of("assert true;", "f();", "assert true;")))
                .isEqualTo(new PassRate(2, 1, 0, 3, "it ended"));
    }

    @Test
    void aRunThatEndsEarlySaysWhy() throws Exception {
        if (bench == null) {
            return;
        }
        TestBench brief = bench(Duration.ofSeconds(4), Duration.ofSeconds(4));

        PassRate rate =
                brief.run(PYTHON, "import time", List.of("assert True", "time.sleep(60)", "pass"));

        assertThat(rate.value()).isEqualTo(1 / 3.0);
        assertThat(rate.describe())
                .isEqualTo("passes 1 of 3 tests, 2 were not reached (out of time)");
    }

    private static TestBench bench(Duration all, Duration each) throws Exception {
        return TestBench.open(
                new BenchSettings(Isolation.Level.FILES, all, each, 1L << 30), "isolation");
    }
}
