package io.prefstream.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.prefstream.generation.ChatMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenizerFilesTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int TOKENS = 262;

    @TempDir Path folder;

    /** Special tokens have the ids 0, 1, 2 …; as the families' published folders have them. */
    @ParameterizedTest
    @CsvSource({
        // Qwen2 Instruct: the tokenizer's padding ends no text.
        "<|endoftext|> <|im_start|> <|im_end|>, <|endoftext|>, 2, 262, 0",
        // Qwen2: padding and end are one token; the embedding has more rows than there are tokens.
        "<|endoftext|> <|im_start|> <|im_end|>, <|endoftext|>, 0, 300, 262",
        // DeepSeek-Coder: the same, with a token for padding.
        "<eos> <fim> <pad>, <eos>, 0, 300, 2",
        // Llama 3 and 3.1: no padding, a full embedding.
        "<|begin_of_text|> <|end_of_text|> <|reserved_special_token_0|>"
                + " <|reserved_special_token_1|>, , 1, 262, 2",
        "<|begin_of_text|> <|end_of_text|> <|reserved_special_token_0|> <|finetune_right_pad_id|>,"
                + " , 1, 262, 3",
        // "pad" in another word is no padding.
        "<eos> <|padded_start|>, , 0, 262, -1",
        // The padding of the file is no token of it.
        "<eos> <bos>, <gone>, 0, 262, -1",
    })
    void aTokenThatNoTextHasFillsUp(String special, String pad, int end, int rows, int expected)
            throws IOException {
        write(special, pad == null ? Map.of() : Map.of("pad_token", pad));
        assertThat(TokenizerFiles.read(folder).padding(List.of(end), rows).orElse(-1))
                .isEqualTo(expected);
    }

    @Test
    void whatIsUnknownFillsUpWhereBytesStandInForIt() throws IOException {
        write("<unk> <s> </s>", Map.of());
        JsonNode tokenizer = json("tokenizer.json");
        ((ObjectNode) tokenizer.path("model")).put("unk_token", "<unk>");
        JSON.writeValue(folder.resolve("tokenizer.json").toFile(), tokenizer);
        assertThat(TokenizerFiles.read(folder).padding(List.of(2), TOKENS)).isEmpty();

        ((ObjectNode) tokenizer.path("model")).put("byte_fallback", true);
        JSON.writeValue(folder.resolve("tokenizer.json").toFile(), tokenizer);
        assertThat(TokenizerFiles.read(folder).padding(List.of(2), TOKENS)).hasValue(0);
        assertThat(TokenizerFiles.read(folder).padding(List.of(0), TOKENS)).isEmpty();
    }

    @Test
    void anUnnamedRowBecomesASpecialTokenThatOthersFillUpWith() throws IOException {
        write("<|endoftext|>", Map.of("pad_token", "<|endoftext|>"));
        int[] before = encode("int a;");
        TokenizerFiles.read(folder).complete(0, TOKENS);
        int[] padded = Arrays.copyOf(before, before.length + 1);
        padded[before.length] = TOKENS;
        assertThat(encode("int a;<|pad|>")).isEqualTo(padded);
        assertThat(json("tokenizer_config.json").path("pad_token").asText()).isEqualTo("<|pad|>");
        assertThat(json("tokenizer_config.json").path("eos_token").asText())
                .isEqualTo("<|endoftext|>");
    }

    @Test
    void filesThatSayItAllKeepTheirBytes() throws IOException {
        write(
                "<|end|> <|pad|>",
                Map.of(
                        "pad_token",
                        Map.of("content", "<|pad|>"),
                        "eos_token",
                        "<|end|>",
                        "chat_template",
                        "{{ messages }}"));
        byte[] config = Files.readAllBytes(folder.resolve("tokenizer_config.json"));
        byte[] tokenizer = Files.readAllBytes(folder.resolve("tokenizer.json"));
        TokenizerFiles.read(folder).complete(0, 1);
        assertThat(folder.resolve("tokenizer_config.json")).hasBinaryContent(config);
        assertThat(folder.resolve("tokenizer.json")).hasBinaryContent(tokenizer);
    }

    @Test
    void aTemplateOfItsOwnStays() throws IOException {
        write("<|end|> <|pad|>", Map.of());
        Files.writeString(folder.resolve("chat_template.jinja"), "own");
        TokenizerFiles.read(folder).complete(0, 1);
        assertThat(json("tokenizer_config.json").has("chat_template")).isFalse();
        assertThat(ChatTemplate.read(folder).orElseThrow().render(List.of(user("q"))))
                .isEqualTo("own");
    }

    private static ChatMessage user(String text) {
        return new ChatMessage("user", text);
    }

    private int[] encode(String text) throws IOException {
        try (CodeTokenizer tokenizer = CodeTokenizer.read(folder.resolve("tokenizer.json"))) {
            return tokenizer.encode(text);
        }
    }

    private JsonNode json(String name) throws IOException {
        return JSON.readTree(folder.resolve(name).toFile());
    }

    private void write(String special, Map<String, Object> config) throws IOException {
        BpeTrainer trainer = new BpeTrainer();
        trainer.add("int a = b + c; return a; int max(int a, int b) { return a > b ? a : b; }");
        trainer.train(TOKENS, List.of(special.split(" "))).write(folder.resolve("tokenizer.json"));
        JSON.writeValue(folder.resolve("tokenizer_config.json").toFile(), config);
    }
}
