package io.prefstream.trainer.pairs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prefstream.generation.ChatMessage;
import io.prefstream.generation.Prompt;
import io.prefstream.trainer.export.DuckDb;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ComparisonFileTest {

    @TempDir Path folder;

    @Test
    void trlPairsOfTextsAreReadAsTheyStand() throws IOException {
        Comparison pair =
                only(
                        "{\"prompt\": \"q \", \"chosen\": \" a\", \"rejected\": \"b\", \"id\": 5,"
                                + " \"group\": \"g\"}");
        assertThat(pair)
                .isEqualTo(
                        new Comparison(
                                "5",
                                "g",
                                null,
                                new Prompt.Text("q "),
                                List.of(" a"),
                                List.of("b")));
    }

    @Test
    void anImplicitPromptEndsBeforeTheSpaceAfterWhichTheAnswersPart() throws IOException {
        Comparison pair =
                only("{\"chosen\": \"The sky is blue.\", \"rejected\": \"The sky is red.\"}");
        assertThat(pair.prompt()).isEqualTo(new Prompt.Text("The sky is"));
        assertThat(pair.chosen()).containsExactly(" blue.");
        assertThat(pair.rejected()).containsExactly(" red.");
        assertThat(pair.key()).isEqualTo("row 1");
    }

    @Test
    void conversationsHaveTheirPromptApartOrInCommon() throws IOException {
        String asked = "[{\"role\": \"user\", \"content\": \"2+2?\"}]";
        String answers =
                "\"chosen\": %s, \"rejected\": %s".formatted(assistant("4"), assistant("5"));
        Comparison explicit = only("{\"prompt\": " + asked + ", " + answers + "}");
        assertThat(explicit.prompt())
                .isEqualTo(new Prompt.Chat(List.of(new ChatMessage("user", "2+2?"))));
        assertThat(explicit.chosen()).containsExactly("4");

        String both =
                "{\"chosen\": [%1$s, %2$s], \"rejected\": [%1$s, %3$s]}"
                        .formatted(
                                "{\"role\": \"user\", \"content\": \"2+2?\"}",
                                "{\"role\": \"assistant\", \"content\": \"4\"}",
                                "{\"role\": \"assistant\", \"content\": \"5\"}");
        Comparison implicit = only(both);
        assertThat(implicit.prompt()).isEqualTo(explicit.prompt());
        assertThat(implicit.rejected()).containsExactly("5");
    }

    @Test
    void parquetOfPyarrowIsRead() throws IOException {
        Comparison conversation = fixture("conversations.parquet").comparisons().get(0);
        assertThat(conversation.prompt())
                .isEqualTo(new Prompt.Chat(List.of(new ChatMessage("user", "What is 2 + 2?"))));
        assertThat(conversation.chosen()).containsExactly("4");
        assertThat(conversation.key()).isEqualTo("7");
        for (String name : List.of("texts.parquet", "older.parquet")) {
            List<Comparison> texts = fixture(name).comparisons();
            assertThat(texts).hasSize(2);
            assertThat(texts.get(0).prompt()).isEqualTo(new Prompt.Text("Größe von n?"));
            assertThat(texts.get(0).heldOut()).isFalse();
            assertThat(texts.get(1).prompt()).isEqualTo(new Prompt.Text("The sum is"));
            assertThat(texts.get(1).heldOut()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 11, 40, 200})
    void aParquetFileThatWasCutIsRefusedByName(int kept) throws IOException {
        Path file = copy("texts.parquet");
        Files.write(file, Arrays.copyOf(Files.readAllBytes(file), kept));
        assertRefused(file, "%s is no whole Parquet file: expected PAR1".formatted(file));
    }

    @Test
    void parquetDataThatIsDamagedInTheMiddleIsRefusedWithTheRow() throws IOException {
        Path file = copy("texts.parquet");
        byte[] bytes = Files.readAllBytes(file);
        Arrays.fill(bytes, 4, 60, (byte) 0x5A);
        Files.write(file, bytes);
        assertRefused(file, "%s: row 1: damaged Parquet data".formatted(file));
    }

    @Test
    void codePmpsColumnsGetItsPrompts() throws IOException {
        Comparison shepherd =
                only("{\"question\": \"1+1?\", \"chosen\": \"2\", \"rejected\": \"3\"}");
        assertThat(shepherd.prompt()).isEqualTo(new Prompt.Text("Instruction:1+1?\n\nResponse:"));
        Comparison reclor =
                only(
                        "{\"context\": \"C\", \"question\": \"Q\", \"chosen\": \"x\", \"rejected\":"
                                + " \"y\"}");
        assertThat(reclor.prompt())
                .isEqualTo(
                        new Prompt.Text(
                                "Instruction: Please answer the following questions based on the"
                                        + " passages.\n\n"
                                        + "Passage: C\n\n"
                                        + "Question: Q\n\n"
                                        + "Response:"));
    }

    @Test
    void theBenchmarksOwnFilesAreRead() throws IOException {
        ComparisonFile.Content rewardBench = fixture("reward-bench-2.jsonl");
        assertThat(rewardBench.format()).isEqualTo(PairFormat.REWARD_BENCH_2);
        assertThat(rewardBench.comparisons().get(2).chosen()).containsExactly("Red.", "Violet.");
        assertThat(rewardBench.comparisons()).extracting(Comparison::group).contains("Ties");

        ComparisonFile.Content rmBench = fixture("rm-bench.json");
        assertThat(rmBench.format()).isEqualTo(PairFormat.RM_BENCH);
        assertThat(rmBench.comparisons())
                .extracting(Comparison::group)
                .containsExactly("math", "safety-refuse");

        ComparisonFile.Content judgeBench = fixture("judge-bench.jsonl");
        assertThat(judgeBench.format()).isEqualTo(PairFormat.JUDGE_BENCH);
        Comparison second = judgeBench.comparisons().get(1);
        assertThat(second.chosen()).containsExactly("return x");
        assertThat(second.group()).isEqualTo("coding");
        assertThat(second.key()).isEqualTo("p2");
        // One row of the published file has one answer twice.
        Comparison third = judgeBench.comparisons().get(2);
        assertThat(third.rejected()).isEqualTo(third.chosen());
        assertThat(third.group()).isEqualTo("reasoning");
    }

    /** As they are published: with columns of structs and of nothing. */
    @ParameterizedTest
    @ValueSource(strings = {"reward-bench-2.jsonl", "judge-bench.jsonl"})
    void theBenchmarksOwnParquetIsReadAsItsRows(String name) throws IOException {
        Path parquet = folder.resolve("test-00000-of-00001.parquet");
        DuckDb.parquet(copy(name), parquet);
        assertThat(new ComparisonFile(null, Set.of(), "--ignore-columns", null).read(parquet))
                .isEqualTo(fixture(name));
    }

    @Test
    void aFileOfOneDomainOfRmBenchHasNoColumnForIt() throws IOException {
        ComparisonFile.Content chat = fixture("rm-bench-chat.json");
        assertThat(chat.format()).isEqualTo(PairFormat.RM_BENCH);
        assertThat(chat.comparisons())
                .extracting(Comparison::group)
                .containsExactly(ComparisonFile.ALL);
    }

    @Test
    void questionsOfReclorAndLogiqa2AreTheRightOptionAgainstTheOthers() throws IOException {
        Comparison asPair =
                only(
                        "{\"context\": \"Some birds fly.\", \"question\": \"What follows?\","
                                + " \"chosen\": \"x\", \"rejected\": \"y\"}");
        ComparisonFile.Content reclor = fixture("reclor.json");
        assertThat(reclor.format()).isEqualTo(PairFormat.RECLOR);
        Comparison question = reclor.comparisons().get(0);
        assertThat(question.key()).isEqualTo("val_0");
        assertThat(question.prompt()).isEqualTo(asPair.prompt());
        assertThat(question.chosen()).containsExactly("Some things that fly are birds.");
        assertThat(question.rejected())
                .containsExactly("All birds fly.", "No bird swims.", "Some birds swim.");

        ComparisonFile.Content logiqa = fixture("logiqa2.txt");
        assertThat(logiqa.format()).isEqualTo(PairFormat.LOGIQA2);
        assertThat(logiqa.comparisons().get(0))
                .isEqualTo(
                        new Comparison(
                                "218",
                                ComparisonFile.ALL,
                                null,
                                question.prompt(),
                                question.chosen(),
                                question.rejected()));
        // The published file has options of the same text; that of the right one is no wrong one.
        assertThat(logiqa.comparisons().get(1).rejected()).containsExactly("Pies.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'prompt': 'q', 'chosen': 'a', 'rejected': ' '} | :1: rejected: expected a text,"
                        + " found an empty one",
                "{'prompt': '', 'chosen': 'a', 'rejected': 'b'} | :1: prompt: expected a text,"
                        + " found an empty one",
                "{'prompt': 'q', 'chosen': 'a', 'rejected': 'a'} | :1: chosen and rejected are the"
                        + " same text, 'a'",
                "{'prompt': 'q', 'chosen': 'a', 'reject': 'b'} | :1: unknown columns [reject];"
                        + " expected for trl are [chosen, group, id",
                "{'prompt': 'q', 'chosen': 'a'} | :1: rejected: expected a value for format trl,"
                        + " found none; there are [chosen, prompt]",
                "{'prompt': 'q', 'chosen': 'a', 'rejected': 3} | :1: chosen and rejected must both"
                        + " be texts or both conversations, found 'a' and 3",
                "{'prompt': 'q', 'chosen': [{'role': 'user', 'content': 'a'}], 'rejected':"
                        + " [{'role': 'assistant', 'content': 'b'}]} | :1: chosen: expected one"
                        + " assistant's message behind the prompt, found [user]",
                "{'prompt': 'q', 'chosen': 'a', 'rejected': 'b', 'split': 'dev'} | :1: split='dev'"
                        + " is none of train, holdout, test, validation",
                "{'context': 'c', 'question': 'q', 'answers': ['a', 'b']} | :1: label: expected a"
                        + " value for format reclor, found none; there are [answers, context,",
                "{'text': 'c', 'question': 'q', 'options': ['a', 'b'], 'answer': 2} | :1: answer=2:"
                        + " expected an index from 0 of 2 options",
                "{'text': 'c', 'question': 'q', 'options': ['a', 'a'], 'answer': 1} | :1: there is"
                        + " no other option than the right one",
                "{'id': '7', 'prompt': 'q', 'chosen': ['a'], 'rejected': ['b'], 'num_correct': 1,"
                        + " 'subset': 'Ties'} | :1: id: expected ref:N or tied:N in subset Ties,"
                        + " found 7",
                "{'chosen': 'a', 'rejected': 'b'} | :1: there is no prompt, and chosen and rejected"
                        + " begin with nothing in common",
                "[1] | : element 1: a JSON object was expected, not 1",
                "{'prompt': 'q', | :1: no JSON",
            })
    void aWrongRowIsRefusedWithPlaceExpectedAndFound(String row, String complaint)
            throws IOException {
        Path file = write(row.replace('\'', '"').replace("assistant\"s", "assistant's"));
        assertRefused(file, file + complaint.replace("'a'", "\"a\"").replace("'dev'", "\"dev\""));
    }

    @Test
    void columnsThatAreNamedArePassedOver() throws IOException {
        Path file =
                write("{\"prompt\": \"q\", \"chosen\": \"a\", \"rejected\": \"b\", \"score\": 3}");
        assertRefused(file, "unknown columns [score]");
        ComparisonFile reader = new ComparisonFile(null, Set.of("score"), "--ignore-columns", null);
        assertThat(reader.read(file).comparisons()).hasSize(1);
        ComparisonFile grouped = new ComparisonFile(null, Set.of(), "--ignore-columns", "score");
        assertThat(grouped.read(file).comparisons().get(0).group()).isEqualTo("3");
    }

    @Test
    void anArrayWithoutAnEndIsRefused() throws IOException {
        Path file = write("[{\"prompt\": \"q\", \"chosen\": \"a\", \"rejected\": \"b\"}");
        assertThatThrownBy(
                        () ->
                                new ComparisonFile(null, Set.of(), "--ignore-columns", null)
                                        .read(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(file.toString());
    }

    @Test
    void compressedFilesAndEmptyOnesAreTold() throws IOException {
        Path file = folder.resolve("pairs.jsonl.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write("{\"prompt\": \"q\", \"chosen\": \"a\", \"rejected\": \"b\"}\n".getBytes());
        }
        assertThat(
                        new ComparisonFile(null, Set.of(), "--ignore-columns", null)
                                .read(file)
                                .comparisons())
                .hasSize(1);
        assertRefused(write(""), "holds no pair");
        assertRefused(folder.resolve("none.jsonl"), "doesn't exist");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "pairs.jsonl.gz | 2 | :\\d+: damaged gzip data: the file ends before they do",
                "pairs.json.gz | 2 | : element \\d+: damaged gzip data: the file ends before they"
                        + " do",
                "pairs.jsonl.gz | 1000 | : damaged gzip data: the file ends before they do",
                "pairs.jsonl.gz | 0 | : damaged gzip data: Not in GZIP format",
            })
    void aCompressedFileThatWasCutIsRefusedWithItsPlace(String name, int part, String complaint)
            throws IOException {
        StringBuilder rows = new StringBuilder(name.contains("jsonl") ? "" : "[");
        Random random = new Random(1);
        for (int i = 0; i < 500; i++) {
            rows.append(i > 0 && !name.contains("jsonl") ? "," : "")
                    .append(
                            "{\"prompt\": \"q\", \"chosen\": \"%x\", \"rejected\": \"b\"}\n"
                                    .formatted(random.nextLong()));
        }
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(packed)) {
            out.write(rows.toString().getBytes(StandardCharsets.UTF_8));
        }
        byte[] whole = packed.toByteArray();
        Path file = folder.resolve(name);
        Files.write(
                file,
                part == 0
                        ? rows.toString().getBytes(StandardCharsets.UTF_8)
                        : Arrays.copyOf(whole, whole.length / part));
        assertThatThrownBy(
                        () ->
                                new ComparisonFile(null, Set.of(), "--ignore-columns", null)
                                        .read(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching(Pattern.quote(file.toString()) + complaint);
    }

    private static String assistant(String text) {
        return "[{\"role\": \"assistant\", \"content\": \"" + text + "\"}]";
    }

    private void assertRefused(Path file, String complaint) {
        assertThatThrownBy(
                        () ->
                                new ComparisonFile(null, Set.of(), "--ignore-columns", null)
                                        .read(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(complaint);
    }

    private Comparison only(String row) throws IOException {
        List<Comparison> all =
                new ComparisonFile(null, Set.of(), "--ignore-columns", null)
                        .read(write(row))
                        .comparisons();
        assertThat(all).hasSize(1);
        return all.get(0);
    }

    private Path write(String text) throws IOException {
        return Files.writeString(folder.resolve("pairs.jsonl"), text);
    }

    private ComparisonFile.Content fixture(String name) throws IOException {
        return new ComparisonFile(null, Set.of(), "--ignore-columns", null).read(copy(name));
    }

    private Path copy(String name) throws IOException {
        Path file = folder.resolve(name);
        try (InputStream in = ComparisonFileTest.class.getResourceAsStream(name)) {
            Files.write(file, in.readAllBytes());
        }
        return file;
    }
}
