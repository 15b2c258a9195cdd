package io.prefstream.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.prefstream.model.Heads;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GenerateCommandTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir static Path folder;
    private static Path model;

    @BeforeAll
    static void write() throws IOException {
        model = RandomModel.write(folder.resolve("random"), 128);
    }

    @Test
    void theTextIsThatOfTheJsonOfTheSameSeed() throws IOException {
        CommandRun plain = generate("", "--prompt", "int a", "--seed", "5", "--max-tokens", "20");
        assertThat(plain.code()).isZero();
        assertThat(plain.err()).isEmpty();
        JsonNode json =
                JSON.readTree(
                        generate(
                                        "",
                                        "--prompt",
                                        "int a",
                                        "--seed",
                                        "5",
                                        "--max-tokens",
                                        "20",
                                        "--json")
                                .out());
        String text = json.path("text").asText();
        assertThat(text).isNotEmpty();
        assertThat(plain.out()).isEqualTo(text.endsWith("\n") ? text : text + "\n");
        assertThat(json.path("tokens").asInt()).isBetween(1, 20);
        assertThat(json.path("prompt_tokens").asInt()).isPositive();
        assertThat(json.path("logprob").asDouble()).isNegative();
        assertThat(json.path("finish_reason").asText()).isIn("stop", "length");
        assertThat(json.path("model").asText()).isEqualTo("random");
        assertThat(json.path("seed").asLong()).isEqualTo(5);
        assertThat(json.path("seconds").asDouble()).isPositive();
        assertThat(json.path("tokens_per_second").asDouble()).isPositive();
    }

    @Test
    void aPromptOfStandardInputIsTakenAsItStands() throws IOException {
        String prompt = "größer 漢字 @file\n";
        assertThat(generate(prompt, "--seed", "1").out())
                .isEqualTo(generate("", "--seed", "1", "--prompt", prompt).out());
        assertThat(generate(prompt.strip(), "--seed", "1").out())
                .isNotEqualTo(generate(prompt, "--seed", "1").out());
    }

    @Test
    void samplesAreThoseOfTheFollowingSeeds() throws IOException {
        List<String> together = texts(generate("void", "-n", "3", "--seed", "7", "--json"));
        List<String> alone = new ArrayList<>();
        for (int seed = 7; seed < 10; seed++) {
            alone.addAll(texts(generate("void", "--seed", "" + seed, "--json")));
        }
        assertThat(together).isEqualTo(alone).doesNotHaveDuplicates();
        assertThat(generate("void", "-n", "2", "--seed", "7").out())
                .startsWith("--- sample 0, seed 7\n" + alone.get(0))
                .contains("--- sample 1, seed 8\n" + alone.get(1));
    }

    @Test
    void aTextEndsBeforeItsStop() throws IOException {
        String whole = texts(generate("class", "--seed", "3", "--json")).get(0);
        String stop = whole.substring(5, 7);
        JsonNode cut =
                JSON.readTree(generate("class", "--seed", "3", "--json", "--stop", stop).out());
        assertThat(cut.path("text").asText()).isEqualTo(whole.substring(0, whole.indexOf(stop)));
        assertThat(cut.path("finish_reason").asText()).isEqualTo("stop");
    }

    @Test
    void aConversationGoesOnFromWhatWasSaid() throws IOException {
        String[] options = {"--chat", "--temperature", "0", "--max-tokens", "4", "--json"};
        List<String> said = texts(generate("one\n\ntwo\n", options));
        assertThat(said).hasSize(2);
        List<String> first = texts(generate("one\n", options));
        assertThat(said.get(0)).isEqualTo(first.get(0));
        assertThat(texts(generate("", "--prompt", "two", "--chat", "--temperature", "0", "--json")))
                .hasSize(1);
        assertThat(generate("one\n", "--chat", "--system", "be brief", "--seed", "1").code())
                .isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--prompt=|--prompt= must not be empty",
                "--seed=1|the prompt on standard input must not be empty",
                "--prompt=x --max-tokens=0|max_tokens=0 must be at least 1",
                "--prompt=x --top-p=2|top_p=2.0 must be in (0, 1]",
                "--prompt=x -n 0|--samples=0 must be from 1 to 1,024",
                "--prompt=x --system=y|--system is for --chat",
                "--prompt=x --threads=-1|threads=-1 must be at least 0",
                "--prompt=x --max-sequences=0|max-sequences=0 must be at least 1",
                "--chat -n 2|a conversation goes on from one answer",
                "--prompt=x --weights=FLOAT8|expected one of [FLOAT32, FLOAT16, BFLOAT16]",
                "--prompt=x --unheard-of|Unknown option: '--unheard-of'"
            })
    void whatCannotBeIsOneLine(String arguments, String complaint) {
        CommandRun run = generate("", arguments.split(" ", -1));
        assertThat(run.complaint()).startsWith("trainer: ").contains(complaint);
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
    }

    @Test
    void aPromptOverTheContextIsRefusedWithItsSize() {
        CommandRun run = generate("x ".repeat(200));
        assertThat(run.complaint()).contains("leaves no room in the context of 128");
        assertThat(run.code()).isEqualTo(2);
    }

    @Test
    void modelsThatCannotGenerateAreRefused() throws IOException {
        Path missing = folder.resolve("missing");
        CommandRun run = CommandRun.of("x", "generate", "--model", missing.toString());
        assertThat(run.complaint()).contains("--model=" + missing + " is no folder");
        assertThat(run.code()).isEqualTo(2);

        run = CommandRun.of("x", "generate", "--model", folder.toString());
        assertThat(run.complaint()).contains("no model bundle: config.json is missing");
        assertThat(run.code()).isEqualTo(2);

        Path judge = RandomModel.write(folder.resolve("judge"), 64, Heads.REWARD);
        run = CommandRun.of("x", "generate", "--model", judge.toString());
        assertThat(run.complaint())
                .contains("--model=" + judge + " has no language head: it scores");
        assertThat(run.code()).isEqualTo(2);

        Path silent = RandomModel.write(folder.resolve("silent"), 64, Heads.LANGUAGE);
        run = CommandRun.of("x", "generate", "--chat", "--model", silent.toString());
        assertThat(run.complaint()).contains("the model has no chat template");
        assertThat(run.code()).isEqualTo(2);
    }

    private static CommandRun generate(String in, String... options) {
        List<String> arguments = new ArrayList<>(List.of("generate", "--model", model.toString()));
        arguments.addAll(List.of(options));
        return CommandRun.of(in, arguments.toArray(String[]::new));
    }

    private static List<String> texts(CommandRun run) throws IOException {
        List<String> texts = new ArrayList<>();
        for (String line : run.outLines()) {
            texts.add(JSON.readTree(line).path("text").asText());
        }
        return texts;
    }
}
