package io.prefstream.verify.labels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.FinishReason;
import io.prefstream.schemas.Response;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Labels of a project of two classes, of which one has a test, and its test one bad case. */
class LabelJudgeTest {

    private static final String SUM =
            "static int sum(int a, int b) {\n    return a + b + zero();\n}";
    private static final String ADDS_WRONG = SUM.replace("a + b", "a - b");
    private static final String ADDS_ANOTHER_WAY = SUM.replace("a + b", "b + a");
    private static final String HANGS =
            "static int sum(int a, int b) {\n    while (a != -5) { b++; }\n    return b;\n}";
    private static final String DOES_NOT_COMPILE = SUM.replace("zero()", "nothing()");
    private static final String NOBODY_TESTS = "int twice(int a) {\n    return 2 * a;\n}";

    private static final String ADDER =
            """
            package p;

            /** Adds. */
            final class Adder {

                static int sum(int a, int b) {
                    return a + b + zero();
                }

                private static int zero() {
                    return new Untested().twice(0);
                }
            }
            """;
    private static final String UNTESTED =
            """
            package p;

            class Untested {
                int twice(int a) {
                    return 2 * a;
                }
            }
            """;
    private static final String TEST =
            """
            package p;

            import org.junit.jupiter.api.Assertions;
            import org.junit.jupiter.api.Test;

            class AdderTest {
                @Test
                void adds() {
                    Assertions.assertEquals(5, Adder.sum(2, 3));
                }

                @Test
                void neverHolds() {
                    Assertions.assertEquals(6, Adder.sum(2, 3));
                }
            }
            """;

    @TempDir static Path folder;

    private static LabelJudge judge;

    @BeforeAll
    static void publish() throws IOException {
        List<Path> junit =
                Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                        .map(Path::of)
                        .toList();
        Map<String, String> sources = Map.of("p/Adder.java", ADDER, "p/Untested.java", UNTESTED);
        SortedMap<String, byte[]> sourceFiles = new TreeMap<>();
        sources.forEach(
                (path, text) -> sourceFiles.put(path, text.getBytes(StandardCharsets.UTF_8)));
        SortedMap<String, byte[]> classes = new TreeMap<>();
        Path binary = folder.resolve("project.jar");
        try (FileCompiler compiler = new FileCompiler(List.of())) {
            addTo(classes, compiler.compile("p/Untested.java", UNTESTED));
        }
        zip(binary, classes);
        try (FileCompiler compiler = new FileCompiler(List.of(binary))) {
            addTo(classes, compiler.compile("p/Adder.java", ADDER));
        }
        zip(binary, classes);
        Path archive = zip(folder.resolve("sources.jar"), sourceFiles);
        SortedMap<String, byte[]> tests = new TreeMap<>();
        List<Path> classPath = new ArrayList<>(List.of(binary));
        classPath.addAll(junit);
        try (FileCompiler compiler = new FileCompiler(classPath)) {
            addTo(tests, compiler.compile("p/AdderTest.java", TEST));
        }
        judge =
                new LabelJudge(
                        PublishedProject.of(
                                archive,
                                binary,
                                zip(folder.resolve("tests.jar"), tests),
                                List.of(),
                                folder),
                        Duration.ofSeconds(5));
    }

    @AfterAll
    static void close() {
        judge.close();
    }

    @Test
    void theCompilerDecidesWhereOneSideDoesNotCompile() throws Exception {
        assertThat(rule(SUM, DOES_NOT_COMPILE)).isEqualTo(Ruling.CONFIRMED_BY_COMPILER);
        assertThat(rule(DOES_NOT_COMPILE, ADDS_WRONG)).isEqualTo(Ruling.CONTRADICTED_BY_COMPILER);
        assertThat(rule(DOES_NOT_COMPILE, "int sum(")).isEqualTo(Ruling.NEITHER_COMPILES);
    }

    @Test
    void theTestsDecideWhereBothCompile() throws Exception {
        assertThat(rule(SUM, ADDS_WRONG)).isEqualTo(Ruling.CONFIRMED_BY_TESTS);
        assertThat(rule(ADDS_WRONG, SUM)).isEqualTo(Ruling.CONTRADICTED_BY_TESTS);
        assertThat(rule(SUM, ADDS_ANOTHER_WAY)).isEqualTo(Ruling.BOTH_PASS);
        assertThat(rule(ADDS_WRONG, ADDS_WRONG + " // as wrong")).isEqualTo(Ruling.BOTH_FAIL);
    }

    @Test
    void aSideThatNeverEndsFails() throws Exception {
        assertThat(rule(SUM, HANGS)).isEqualTo(Ruling.CONFIRMED_BY_TESTS);
    }

    @Test
    void withoutATestNothingIsSaid() throws Exception {
        CandidatePair pair = pair("p/Untested.java", NOBODY_TESTS, NOBODY_TESTS.replace("2", "3"));
        assertThat(judge.rule(pair, NOBODY_TESTS)).isEqualTo(Ruling.NO_TESTS);
        assertThat(judge.rule(pair, "int thrice(int a) { }")).isEqualTo(Ruling.NOT_PLACED);
    }

    @Test
    void aFunctionIsFoundWhateverItsIndentationAndOnlyIfThereIsOne() {
        String file = "class A {\n    int f() {\n        return 1; }  // f\n    int g;\n}\n";
        String function = "int f() {\n    return 1; }";
        assertThat(FunctionPlace.of(file, function).orElseThrow().with("int f() { return 2; }"))
                .isEqualTo("class A {\nint f() { return 2; }  // f\n    int g;\n}\n");
        assertThat(FunctionPlace.of(file + file, function)).isEqualTo(Optional.empty());
    }

    @Test
    void anIntervalIsWilsons() {
        // 95 of 100: (0.95 + 1.9208/100 ± 1.96·√(0.95·0.05/100 + 0.9604/100²)) / (1 + 3.8415/100)
        Precision precision = new Precision(95, 100);
        assertThat(precision.low()).isCloseTo(0.8882, within(1e-4));
        assertThat(precision.high()).isCloseTo(0.9785, within(1e-4));
        assertThat(precision).hasToString("95.0 % (88.8–97.8)");
        assertThat(new Precision(0, 0)).hasToString("none decided");
    }

    private static Ruling rule(String chosen, String rejected) throws Exception {
        return judge.rule(pair("p/Adder.java", chosen, rejected), SUM);
    }

    static CandidatePair pair(String path, String chosen, String rejected) {
        return CandidatePair.newBuilder()
                .setId("pair")
                .setSnippetId("snippet")
                .setRepository("repository")
                .setRevision("1")
                .setPath(path)
                .setLanguage("java")
                .setInstruction("Adds.")
                .setInstructionSource("doc-comment")
                .setChosen(response(chosen))
                .setRejected(response(rejected))
                .setStrategy("test")
                .setPublishedAt(Instant.EPOCH)
                .setProducer("test/1")
                .build();
    }

    private static Response response(String text) {
        return Response.newBuilder()
                .setText(text)
                .setGenerator("test")
                .setFinishReason(FinishReason.STOP)
                .build();
    }

    private static void addTo(
            SortedMap<String, byte[]> classes, Optional<SortedMap<String, byte[]>> compiled) {
        compiled.orElseThrow().forEach((name, bytes) -> classes.put(name + ".class", bytes));
    }

    private static Path zip(Path file, SortedMap<String, byte[]> entries) throws IOException {
        try (OutputStream out = Files.newOutputStream(file);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            for (var entry : entries.entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue());
            }
        }
        return file;
    }
}
