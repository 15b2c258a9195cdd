package io.prefstream.jobs.common.decontaminate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FingerprintsTest {

    private static final String PROMPT =
            "def median_gap(readings):\n"
                    + "    \"\"\"How far the middle reading lies from the mean of all the others,"
                    + " in whole steps.\"\"\"\n";
    private static final String SOLUTION =
            "    ordered = sorted(readings)\n"
                    + "    middle = ordered[len(ordered) // 2]\n"
                    + "    rest = [r for r in ordered if r != middle]\n"
                    + "    return round(middle - sum(rest) / len(rest))\n";
    private static final String SHORT =
            "def last_letter(word):\n    \"\"\"The last.\"\"\"\n    return word[-1].lower()\n";

    private static final Fingerprints SET = benchmark();

    @TempDir Path folder;

    private static Fingerprints benchmark() {
        FingerprintsBuilder builder = new FingerprintsBuilder("Small", 13);
        builder.add("Small/0", List.of(PROMPT, SOLUTION));
        builder.add("Small/1", List.of(SHORT));
        builder.add("Small/2", List.of("1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16", "yes"));
        return builder.build();
    }

    @Test
    void partsHoldWholeItemsAndTogetherAll() throws IOException {
        List<Fingerprints> parts = SET.parts(20);

        assertThat(parts).hasSize(2);
        assertThat(parts.stream().mapToInt(Fingerprints::size).sum()).isEqualTo(SET.size());
        assertThat(parts.stream().flatMap(part -> part.items().stream()))
                .as("the items that have fingerprints: numbers alone give none")
                .containsExactly("Small/0", "Small/1");
        Fingerprints first =
                FingerprintFormat.read(
                        new ByteArrayInputStream(FingerprintFormat.write(parts.get(0))));
        String solution = "def median_gap(readings):\n" + SOLUTION;
        assertThat(first.find("python", solution, null)).isEqualTo(find(solution));
        assertThat(SET.parts(1_000)).hasSize(1);
        assertThat(SET.parts(1_000).get(0).entries()).isEqualTo(SET.entries());
    }

    @Test
    void damagedBytesAreToldAsSuchWhereverTheyEnd() {
        byte[] bytes = FingerprintFormat.write(SET);
        for (int length = 5; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> FingerprintFormat.read(new ByteArrayInputStream(cut)))
                    .isInstanceOf(IOException.class)
                    .hasMessage("the fingerprints are damaged");
        }
        byte[] wrongItem = bytes.clone();
        wrongItem[bytes.length - 1] = 100;
        assertThatThrownBy(() -> FingerprintFormat.read(new ByteArrayInputStream(wrongItem)))
                .hasMessage("the fingerprints are damaged");
    }

    @Test
    void findsASolutionAsItIs() {
        assertThat(find("def median_gap(readings):\n" + SOLUTION).orElseThrow())
                .satisfies(
                        found -> {
                            assertThat(found.item()).isEqualTo("Small/0");
                            assertThat(found.inWords())
                                    .startsWith("Small/0 of Small: ")
                                    .contains("share of 0.", SET.version());
                            assertThat(found.found()).isLessThan(found.all());
                        });
    }

    @Test
    void findsAReindentedSolutionInsideOtherCode() {
        assertThat(
                        find(
                                "def mine(readings):\n\tlog('before')\n"
                                        + SOLUTION.replace("    ", "\t\t").replace(" = ", "=")
                                        + "\tlog('after')\n"))
                .isPresent();
    }

    @Test
    void findsASolutionWithOtherComments() {
        assertThat(
                        find(
                                "def median_gap(readings):\n    # Mine.\n"
                                        + SOLUTION.replace("\n", "  # and another remark\n")))
                .isPresent();
    }

    @Test
    void findsAPromptInADocumentationComment() {
        assertThat(
                        SET.find(
                                "java",
                                "int gap() { return 1; }",
                                "How far the middle reading lies from the mean of all the\n"
                                        + " others, in whole steps."))
                .isPresent();
    }

    @Test
    void findsAShortSolutionWithItsNameOnly() {
        assertThat(find("def last_letter( word ):\n\n  return word[ -1 ].lower()"))
                .map(Contamination::item)
                .contains("Small/1");
        assertThat(find("def tail(word):\n    return word[-1].lower()")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "int[] a = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};",
                "    ordered = sorted(readings)\n    middle = ordered[len(ordered) // 2]\n",
                ""
            })
    void leavesWhatEverybodyWrites(String code) {
        assertThat(find(code)).isEmpty();
    }

    @Test
    void isWrittenAndReadWithoutLossToTheSameBytes() throws IOException {
        byte[] bytes = FingerprintFormat.write(SET);

        Fingerprints read = FingerprintFormat.read(new ByteArrayInputStream(bytes));

        assertThat(FingerprintFormat.write(read)).isEqualTo(bytes);
        assertThat(FingerprintFormat.write(benchmark())).isEqualTo(bytes);
        assertThat(read.version()).isEqualTo(SET.version()).hasSize(16);
        assertThat(read.find("python", "def median_gap(readings):\n" + SOLUTION, null))
                .isEqualTo(find("def median_gap(readings):\n" + SOLUTION));
    }

    @Test
    void travelsWithAJobsGraphInItsFormat() throws Exception {
        byte[] bytes = InstantiationUtil.serializeObject(SET);

        Fingerprints arrived =
                InstantiationUtil.deserializeObject(bytes, Fingerprints.class.getClassLoader());

        assertThat(FingerprintFormat.write(arrived)).isEqualTo(FingerprintFormat.write(SET));
        assertThat(bytes).hasSizeLessThan(FingerprintFormat.write(SET).length + 300);
    }

    @Test
    void hasAnotherVersionWhenTheBenchmarkChanges() {
        FingerprintsBuilder builder = new FingerprintsBuilder("Small", 13);
        builder.add("Small/0", List.of(PROMPT, SOLUTION + "# more"));

        assertThat(builder.build().version()).isNotEqualTo(SET.version());
    }

    @Test
    void readsGzippedJsonLinesByTheFieldsThatAreAskedFor() throws IOException {
        Path file = folder.resolve("bench.jsonl.gz");
        try (GZIPOutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write(
                    ("{\"id\": \"q1\", \"question\": \"a b c d e f g h i j k l m n\","
                                    + " \"other\": \"o p q r s t u v w x y z aa bb\"}\n")
                            .getBytes(StandardCharsets.UTF_8));
        }

        Fingerprints set = BenchmarkFile.parse(file + ":question").fingerprints("bench", 13);

        assertThat(set.find("java", "/* A b c d e f g h i j k l m */", null))
                .map(Contamination::item)
                .contains("q1");
        assertThat(set.find("java", "o p q r s t u v w x y z aa bb", null)).isEmpty();
        assertThatThrownBy(() -> BenchmarkFile.parse(file + ":answer").fingerprints("bench", 13))
                .hasMessage(file + ", line 1 has no text field 'answer'");
    }

    @Test
    void saysWhichLineOfABenchmarkIsNoJson() throws IOException {
        Path file = Files.writeString(folder.resolve("broken.jsonl"), "{\"a\": \"b\"}\nno\n");

        assertThatThrownBy(() -> BenchmarkFile.parse(file.toString()).fingerprints("broken", 13))
                .hasMessageStartingWith(file + ", line 2 is not JSON");
    }

    @Test
    void isMadeByACommand() throws IOException {
        Path in = Files.writeString(folder.resolve("in.jsonl"), "{\"text\": \"a b c d e f g\"}\n");
        Path out = folder.resolve("out.fingerprints");
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(told, true, StandardCharsets.UTF_8);

        int code =
                FingerprintCommand.run(
                        new String[] {"In", "5", in + ":text", out.toString()}, stream, stream);

        assertThat(code).isZero();
        assertThat(told.toString(StandardCharsets.UTF_8))
                .contains("In: 1 items, 3 fingerprints of n = 5");
        assertThat(FingerprintFormat.isOne(Files.readAllBytes(out))).isTrue();
        assertThat(FingerprintCommand.run(new String[] {"In"}, stream, stream)).isEqualTo(2);
    }

    @Test
    void shipsHumanEvalAndTheTestSetOfGsm8k() {
        List<Fingerprints> shipped = ShippedFingerprints.all();

        assertThat(shipped)
                .extracting(Fingerprints::benchmark)
                .containsExactly("HumanEval", "GSM8K-test");
        assertThat(
                        shipped.get(0)
                                .find(
                                        "python",
                                        "def truncate_number(number: float) -> float:\n"
                                                + "        return number % 1.0\n",
                                        null))
                .map(Contamination::item)
                .contains("HumanEval/2");
        assertThat(
                        shipped.get(1)
                                .find(
                                        "java",
                                        "int eggs() { return 16; }",
                                        "Janet’s ducks lay 16 eggs per day. She eats three for"
                                                + " breakfast every morning and bakes muffins"))
                .map(Contamination::item)
                .contains("GSM8K-test/1");
    }

    private static Optional<Contamination> find(String python) {
        return SET.find("python", python, null);
    }
}
