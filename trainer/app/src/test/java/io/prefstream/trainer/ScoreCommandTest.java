package io.prefstream.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.prefstream.model.Heads;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScoreCommandTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String GOOD =
            "{\"prompt\":\"p\",\"response\":\"r\",\"chosen\":\"c\",\"rejected\":\"d\"}\n";

    @TempDir static Path folder;
    private static Path model;

    @BeforeAll
    static void write() throws IOException {
        model = RandomModel.write(folder.resolve("random"), 128);
    }

    @Test
    void oneResponseAndLinesAndPairsAgree() throws IOException {
        JsonNode single = json(score("", "--prompt", "int a", "--response", "return b;")).get(0);
        assertThat(single.path("log_likelihood").asDouble()).isNegative();
        assertThat(single.path("response_tokens").asInt())
                .isPositive()
                .isLessThan(single.path("tokens").asInt());

        CommandRun lines =
                score(
                        "{\"id\":\"a\",\"prompt\":\"int a\",\"response\":\"return b;\"}\n\n"
                                + "{\"id\":7,\"prompt\":\"int a\",\"response\":\"return c;\"}");
        assertThat(lines.code()).isZero();
        JsonNode first = json(lines).get(0);
        JsonNode second = json(lines).get(1);
        assertThat(first.path("id").asText()).isEqualTo("a");
        assertThat(second.path("id").asInt()).isEqualTo(7);
        assertThat(second.path("line").asInt()).isEqualTo(3);
        assertThat(first.path("reward").asDouble())
                .isCloseTo(single.path("reward").asDouble(), within(1e-4));
        assertThat(first.path("tokens")).isEqualTo(single.path("tokens"));

        CommandRun pairs =
                pairs(
                        "{\"prompt\":\"int a\",\"chosen\":\"return b;\",\"rejected\":\"return"
                            + " c;\"}\n"
                            + "{\"prompt\":\"int a\",\"chosen\":\"return c;\",\"rejected\":\"return"
                            + " b;\"}\n"
                            + "{\"prompt\":\"int a\",\"chosen\":\"same\",\"rejected\":\"same\"}\n");
        assertThat(pairs.code()).isZero();
        JsonNode pair = json(pairs).get(0);
        double margin = first.path("reward").asDouble() - second.path("reward").asDouble();
        assertThat(pair.path("margin").asDouble()).isCloseTo(margin, within(1e-4)).isNotZero();
        assertThat(pair.path("rejected_log_likelihood").asDouble())
                .isCloseTo(second.path("log_likelihood").asDouble(), within(1e-3));
        // One right, one wrong, one tie that counts half.
        assertThat(pairs.complaint())
                .startsWith("3 pairs: of the chosen the higher reward 50.0 % (95 % interval");
    }

    @Test
    void whatAModelHasNoHeadForIsNull() throws IOException {
        Path judge = RandomModel.write(folder.resolve("judge"), 64, Heads.REWARD);
        JsonNode judged =
                JSON.readTree(CommandRun.of(GOOD, "score", "--model", judge.toString()).out());
        assertThat(judged.path("log_likelihood").isNull()).isTrue();
        assertThat(judged.path("reward").isNumber()).isTrue();

        Path writer = RandomModel.write(folder.resolve("writer"), 64, Heads.LANGUAGE);
        Path file = Files.writeString(folder.resolve("good.jsonl"), GOOD);
        CommandRun run =
                CommandRun.of("", "score", "--model", writer.toString(), "--pairs", "" + file);
        assertThat(json(run).get(0).path("margin").isNull()).isTrue();
        assertThat(run.complaint())
                .contains("higher reward unknown (the model has no such head)")
                .contains("higher log-likelihood ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{\"prompt\":\"p\"}|there is no \"chosen\"",
                "{\"prompt\":\"p\",\"chosen\":\"c\"}|there is no \"rejected\"",
                "{\"prompt\":\"p\",\"chosen\":[1],\"rejected\":\"\"}|chosen=[1] must be a text",
                "[1]|a JSON object was expected, not [1]",
                "{\"prompt\":|no JSON: Unexpected end-of-input",
                "{} {}|no JSON: Trailing token"
            })
    void aBadLineIsNamedAfterThoseBeforeItAreAnswered(String line, String complaint)
            throws IOException {
        CommandRun run = pairs(GOOD + "\n" + line + "\n" + GOOD);
        assertThat(run.complaint())
                .contains(folder.resolve("pairs.jsonl") + ":3: ")
                .contains(complaint);
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.outLines()).hasSize(1);
    }

    @Test
    void aLineThatIsNoTextIsNamed() {
        byte[] in = (GOOD + "\"ä\"").getBytes(StandardCharsets.ISO_8859_1);
        CommandRun run = CommandRun.of(in, "score", "--model", model.toString());
        assertThat(run.complaint()).contains("standard input:2: no UTF-8");
        assertThat(run.code()).isEqualTo(2);
    }

    @Test
    void aTextOverTheContextIsAnsweredSo() throws IOException {
        String longer = "{\"prompt\":\"p\",\"response\":\"%s\"}\n".formatted("x ".repeat(200));
        CommandRun run = score(longer + GOOD);
        assertThat(json(run).get(0).path("error").asText()).contains("exceeds the context of 128");
        assertThat(json(run).get(1).path("reward").isNumber()).isTrue();
        assertThat(run.complaint()).isEqualTo("1 lines were not scored; their error says why");
        assertThat(run.code()).isEqualTo(1);

        CommandRun single = score("", "--prompt", "p", "--response", "x ".repeat(200));
        assertThat(single.complaint()).contains("exceeds the context of 128");
        assertThat(single.code()).isEqualTo(2);
    }

    @Test
    void manyLinesKeepTheirOrder() throws IOException {
        StringBuilder in = new StringBuilder();
        for (int i = 0; i < 600; i++) {
            in.append("{\"id\":%d,\"prompt\":\"p\",\"response\":\"%d\"}\n".formatted(i, i * 7919));
        }
        List<JsonNode> all = json(score(in.toString()));
        assertThat(all).hasSize(600);
        for (int i = 0; i < all.size(); i++) {
            assertThat(all.get(i).path("id").asInt()).isEqualTo(i);
        }
    }

    @Test
    void whatCannotBeIsOneLine() {
        assertThat(score("", "--prompt", "p").complaint())
                .contains("--prompt and --response go together");
        assertThat(score("", "--pairs", "/nowhere").complaint())
                .contains("--pairs=/nowhere is no file");
        assertThat(score("", "--pairs", "x", "--prompt", "p", "--response", "r").code())
                .isEqualTo(2);
    }

    private static CommandRun pairs(String content) throws IOException {
        Path file = Files.writeString(folder.resolve("pairs.jsonl"), content);
        return score("", "--pairs", file.toString());
    }

    private static CommandRun score(String in, String... options) {
        List<String> arguments =
                new ArrayList<>(
                        List.of("score", "--model", model.toString(), "--weights", "FLOAT32"));
        arguments.addAll(List.of(options));
        return CommandRun.of(in, arguments.toArray(String[]::new));
    }

    private static List<JsonNode> json(CommandRun run) throws IOException {
        List<JsonNode> all = new ArrayList<>();
        for (String line : run.outLines()) {
            all.add(JSON.readTree(line));
        }
        return all;
    }
}
