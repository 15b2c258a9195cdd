package io.prefstream.execution;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A language whose tests can be run, and how. */
public enum TestLanguage {

    /**
     * The machine's {@code python3}, with its own packages: answer and test are run one after the
     * other as one module's code.
     */
    PYTHON("python", "def one():\n    return 1\n", "assert one() == %d\n") {
        @Override
        Map<String, byte[]> files(String answer, List<String> tests) throws IOException {
            Map<String, byte[]> files = new HashMap<>();
            files.put("run_tests.py", Resource.bytes("run_tests.py"));
            files.put("answer", bytes(answer));
            for (int i = 0; i < tests.size(); i++) {
                files.put("test-" + i, bytes(tests.get(i)));
            }
            return files;
        }

        @Override
        List<String> command(Limits limits, int tests, Duration each) {
            return List.of(
                    "python3",
                    "-I",
                    "-B",
                    "run_tests.py",
                    String.valueOf(tests),
                    String.valueOf(each.toMillis() / 1e3));
        }
    },

    /**
     * The Java that this process runs with; it must be a JDK. The answer's members stand in a class
     * together with the test, which is the body of one more method; its imports go in front.
     */
    JAVA("java", "int one() { return 1; }", "assert one() == %d;") {
        @Override
        Map<String, byte[]> files(String answer, List<String> tests) throws IOException {
            StringBuilder imports = new StringBuilder(USUAL_IMPORTS);
            Matcher header = PACKAGE_OR_IMPORT.matcher(answer);
            while (header.find()) {
                if (header.group(1).equals("import")) {
                    imports.append(header.group().strip()).append('\n');
                }
            }
            String members = header.replaceAll("");
            Map<String, byte[]> files = new HashMap<>();
            String runner = RunTests.class.getName().replace('.', '/') + ".class";
            files.put(runner, Resource.bytes(RunTests.class.getSimpleName() + ".class"));
            for (int i = 0; i < tests.size(); i++) {
                String unit =
                        "%s%nclass Test%d {%n%s%n  void %s() throws Throwable {%n%s%n  }%n}%n"
                                .formatted(imports, i, members, RunTests.METHOD, tests.get(i));
                files.put("Test" + i + ".java", bytes(unit));
            }
            return files;
        }

        @Override
        List<String> command(Limits limits, int tests, Duration each) {
            return List.of(
                    System.getProperty("java.home") + "/bin/java",
                    "-ea",
                    "-Xshare:auto",
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-XX:ActiveProcessorCount=1",
                    "-XX:-UsePerfData",
                    "-XX:CompressedClassSpaceSize=64m",
                    "-XX:ReservedCodeCacheSize=32m",
                    "-Xmx" + limits.memoryBytes() / 4,
                    "-cp",
                    ".",
                    RunTests.class.getName(),
                    String.valueOf(tests),
                    String.valueOf(each.toMillis()));
        }
    };

    private static final String USUAL_IMPORTS =
            """
            import java.io.*;
            import java.math.*;
            import java.util.*;
            import java.util.function.*;
            import java.util.regex.*;
            import java.util.stream.*;
            """;

    private static final Pattern PACKAGE_OR_IMPORT =
            Pattern.compile("(?m)^\\s*(package|import)\\s[\\w\\s.*]+;");

    private final String code;
    private final String knownAnswer;
    private final String knownTest;

    TestLanguage(String code, String knownAnswer, String knownTest) {
        this.code = code;
        this.knownAnswer = knownAnswer;
        this.knownTest = knownTest;
    }

    /** The language of a name as it stands on pairs, empty where its tests can't be run. */
    public static Optional<TestLanguage> of(String language) {
        return Arrays.stream(values()).filter(each -> each.code.equals(language)).findFirst();
    }

    /** Its name as it stands on pairs. */
    public String code() {
        return code;
    }

    /** An answer that gives one. */
    String knownAnswer() {
        return knownAnswer;
    }

    /** A test that asks the known answer for a number. */
    String knownTest(int number) {
        return knownTest.formatted(number);
    }

    /** What {@link #command} finds in its folder. */
    abstract Map<String, byte[]> files(String answer, List<String> tests) throws IOException;

    /**
     * Runs the tests and reports on each, as {@link RunTests} says.
     *
     * @param tests how many there are
     * @param each time for each
     */
    abstract List<String> command(Limits limits, int tests, Duration each);

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
