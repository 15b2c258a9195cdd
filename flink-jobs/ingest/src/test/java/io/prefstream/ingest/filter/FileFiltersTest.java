package io.prefstream.ingest.filter;

import static io.prefstream.ingest.IngestReason.BINARY;
import static io.prefstream.ingest.IngestReason.COMMENTS_TOO_FEW;
import static io.prefstream.ingest.IngestReason.COMMENTS_TOO_MANY;
import static io.prefstream.ingest.IngestReason.EMPTY;
import static io.prefstream.ingest.IngestReason.FILE_TOO_LARGE;
import static io.prefstream.ingest.IngestReason.GENERATED;
import static io.prefstream.ingest.IngestReason.LANGUAGE_NOT_SUPPORTED;
import static io.prefstream.ingest.IngestReason.LINE_TOO_LONG;
import static io.prefstream.ingest.IngestReason.LOW_ALPHANUMERIC;
import static io.prefstream.ingest.IngestReason.MEAN_LINE_TOO_LONG;
import static io.prefstream.ingest.IngestReason.MINIFIED;
import static io.prefstream.ingest.IngestReason.NOT_UTF8;
import static io.prefstream.ingest.IngestReason.TEST_DATA;
import static io.prefstream.ingest.IngestReason.VENDORED;
import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.ingest.IngestReason;
import io.prefstream.jobs.common.syntax.Language;
import io.prefstream.jobs.common.syntax.SyntaxTree;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FileFiltersTest {

    private static final String ORDINARY =
            "class Counter {\n    private int count;\n\n    int next() {\n        return ++count;\n"
                    + "    }\n}\n";

    private static final FileLimits LIMITS =
            new FileLimits(
                    EnumSet.allOf(Language.class),
                    10_000,
                    1_000,
                    100,
                    0.05,
                    0.25,
                    EnumSet.allOf(FileLimits.Purpose.class));

    private final FileFilter chain = FileFilters.chain(LIMITS);

    @Test
    void takesOrdinaryCode() {
        assertThat(refuse("src/Counter.java", ORDINARY)).isEmpty();
        assertThat(refuse("counter.py", "def next(count):\n    return count + 1\n")).isEmpty();
    }

    @Test
    void takesTextOutsideAsciiAndLeavesTheByteOrderMarkAway() {
        CandidateFile file = file("Fox.java", "\uFEFF" + ORDINARY + "// größe \uD83E\uDD8A\n");

        assertThat(chain.refuse(file)).isEmpty();
        assertThat(file.text()).hasValueSatisfying(text -> assertThat(text).startsWith("class"));
    }

    @Test
    void refusesNamesOfNoLanguage() {
        assertRefused("Makefile", ORDINARY, LANGUAGE_NOT_SUPPORTED, "Makefile", "java,javascript");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "web/node_modules/left-pad/Index.java",
                "vendor/github.com/a/b.go",
                "app/third_party/x/Y.java",
                "static/jquery-3.6.js"
            })
    void refusesCopiesOfOtherProjects(String path) {
        assertRefused(path, ORDINARY, VENDORED, path, "ingest.drop-vendored");
    }

    @ParameterizedTest
    @ValueSource(strings = {"go/testdata/a.go", "src/test/resources/A.java", "tests/data/a.py"})
    void refusesWhatTestsRead(String path) {
        assertRefused(path, ORDINARY, TEST_DATA, path, "ingest.drop-test-data");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "src/main/java/com/acme/vendor/Vendor.java",
                "src/main/java/io/acme/external/A.java",
                "tests/test_data_frames.py"
            })
    void takesPackagesOfSuchNames(String path) {
        assertThat(PathFilter.vendored().refuse(file(path, ORDINARY))).isEmpty();
    }

    @Test
    void dropsOnlyWhatItIsToldTo() {
        FileLimits none =
                new FileLimits(
                        EnumSet.allOf(Language.class), 10_000, 1_000, 100, 0.05, 0.25, Set.of());

        assertThat(FileFilters.chain(none).refuse(file("vendor/testdata/a.go", ORDINARY)))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "JAVA, 'class A { /** a */ void f() {} } // b', 12",
        "PYTHON, 'def f(x):\n    \"\"\"Doc.\"\"\"\n    y = \"no\"\n    return y  # c\n', 13",
        "JAVASCRIPT, '/* a */ let s = \"// no\";', 7",
        "RUST, '//! a\nfn f() {} // b', 10",
        "GO, 'package a // b', 4",
        "CPP, 'int a; // bc', 5"
    })
    void countsCharsOfComments(Language language, String code, int chars) {
        try (SyntaxTree tree = SyntaxTree.parse(language, code.replace("\\n", "\n"))) {
            assertThat(tree.hasErrors()).isFalse();
            assertThat(tree.commentChars()).isBetween(chars, chars + 1);
        }
    }

    @Test
    void refusesTooFewAndTooManyCommentsOfTheLanguagesThatAreAsked() {
        CommentLimits limits = new CommentLimits(0.01, 0.8, EnumSet.of(Language.JAVA));

        assertThat(reason(limits, Language.JAVA, ORDINARY)).contains(COMMENTS_TOO_FEW);
        assertThat(reason(limits, Language.JAVA, "// why\n" + ORDINARY)).isEmpty();
        assertThat(reason(limits, Language.JAVA, "// why\n".repeat(900) + ORDINARY))
                .contains(COMMENTS_TOO_MANY);
        assertThat(reason(limits, Language.CPP, "int a;")).isEmpty();
    }

    private static Optional<IngestReason> reason(
            CommentLimits limits, Language language, String code) {
        try (SyntaxTree tree = SyntaxTree.parse(language, code)) {
            return limits.refuse(tree).map(Refusal::reason);
        }
    }

    @Test
    void refusesALanguageThatIsSwitchedOff() {
        FileFilter javaOnly = FileFilters.language(EnumSet.of(Language.JAVA));

        assertThat(javaOnly.refuse(file("a.py", ORDINARY)))
                .hasValueSatisfying(
                        refusal -> assertThat(refusal.reason()).isEqualTo(LANGUAGE_NOT_SUPPORTED));
        assertThat(javaOnly.refuse(file("a.java", ORDINARY))).isEmpty();
    }

    @Test
    void refusesAFileAboveTheSizeLimitAndTakesOneOnIt() {
        assertThat(FileFilters.size(3).refuse(file("a.java", "abc"))).isEmpty();
        assertRefused(
                "Big.java",
                "x\n".repeat(6_000),
                FILE_TOO_LARGE,
                "12,000",
                "ingest.max-file-size=10,000");
    }

    @Test
    void refusesBinaryContent() {
        assertRefused("a.java", "class \0 A {}", BINARY, "NUL");
    }

    @Test
    void refusesWhatIsNoUtf8() {
        byte[] latin1 = "// größe\nclass A {}\n".getBytes(StandardCharsets.ISO_8859_1);

        assertThat(chain.refuse(new CandidateFile("a.java", latin1)))
                .hasValueSatisfying(refusal -> assertThat(refusal.reason()).isEqualTo(NOT_UTF8));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n\n  \n", "\uFEFF"})
    void refusesEmptyFiles(String text) {
        assertRefused("a.java", text, EMPTY);
    }

    @Test
    void refusesALineAboveTheLimitAndTakesOneOnIt() {
        String below = "x ".repeat(500) + "\n" + "y\n".repeat(50);
        assertThat(FileFilters.lineLength(1_000).refuse(file("a.java", below))).isEmpty();
        assertRefused(
                "a.java",
                "x ".repeat(501) + "\n" + "y\n".repeat(50),
                LINE_TOO_LONG,
                "1,002",
                "ingest.max-line-chars=1,000");
    }

    @Test
    void refusesLongLinesOnAverage() {
        assertRefused(
                "a.java",
                ("x ".repeat(60) + "\n").repeat(5),
                MEAN_LINE_TOO_LONG,
                "120.0",
                "ingest.max-mean-line-chars=100");
    }

    @Test
    void refusesMinifiedCodeByNameAndByWhiteSpace() {
        assertRefused("app.min.py", ORDINARY, MINIFIED, "app.min.py");
        assertRefused(
                "a.py",
                ("a=1;b=2;c=3;d=4;e=5;f=6;g=7;h=8;i=9;j=10\n").repeat(10),
                MINIFIED,
                "ingest.min-whitespace-fraction=0.05");
    }

    @Test
    void refusesDataThatLooksLikeCodeByName() {
        assertRefused(
                "a.py",
                "x = [ -, -, +, +, . ] # ; : | *\n".repeat(20),
                LOW_ALPHANUMERIC,
                "ingest.min-alphanumeric-fraction=0.25");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "// Code generated by protoc-gen-go. DO NOT EDIT.\n",
                "# Generated by the protocol buffer compiler.  DO NOT EDIT!\n",
                "/* This file was automatically generated by a tool */\n",
                "/* Generated By:JavaCC: Do not edit this line. */\n",
                "// AUTO-GENERATED\n",
                "/** Autogenerated by Avro */\n",
                "import x.Y;\n@Generated(\"by z\")\n"
            })
    void refusesWhatSaysThatAProgramWroteIt(String head) {
        assertRefused("a.java", head + ORDINARY, GENERATED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "target/generated-sources/avro/A.java",
                "generated/A.java",
                "api/service_pb2.py",
                "api/service_pb2_grpc.py"
            })
    void refusesThePathsOfGenerators(String path) {
        assertRefused(path, ORDINARY, GENERATED, path);
    }

    @Test
    void takesCodeThatTalksAboutGeneratedCodeFurtherDown() {
        String generator =
                "class Generator {\n"
                        + "    int x;\n".repeat(40)
                        + "    String head() { return \"// Code generated by us. DO NOT EDIT.\";"
                        + " }\n"
                        + "}\n";

        assertThat(refuse("src/Generator.java", generator)).isEmpty();
    }

    @Test
    void doesNotDecodeAFileThatItsNameRefuses() {
        CandidateFile file = file("photo.png", "whatever");

        assertThat(chain.refuse(file)).isPresent();
        assertThat(file.decodedText()).isNull();
    }

    private void assertRefused(
            String path, String text, IngestReason reason, String... inTheDetail) {
        assertThat(refuse(path, text))
                .hasValueSatisfying(
                        refusal -> {
                            assertThat(refusal.reason()).isEqualTo(reason);
                            for (String part : inTheDetail) {
                                assertThat(refusal.detail()).contains(part);
                            }
                        });
    }

    private Optional<Refusal> refuse(String path, String text) {
        return chain.refuse(file(path, text));
    }

    private static CandidateFile file(String path, String text) {
        return new CandidateFile(path, text.getBytes(StandardCharsets.UTF_8));
    }
}
