package io.prefstream.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CodeTokenizerTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int BOS = 2;
    private static final String TEXT = "int a = b;";

    @TempDir Path folder;

    @Test
    void aPostProcessorsBeginningComesOnceAndItsEndNever() throws IOException {
        write(true);
        try (CodeTokenizer tokenizer = read()) {
            int[] plain = tokenizer.encode(TEXT);
            assertThat(plain).doesNotContain(BOS, 0);
            assertThat(tokenizer.encodePrompt(TEXT)).isEqualTo(begun(plain));
            assertThat(tokenizer.encodePrompt("<s>" + TEXT)).isEqualTo(begun(plain));
            assertThat(tokenizer.encodePrompt("")).containsExactly(BOS);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'add_bos_token': true, 'bos_token': '<s>'}",
                "{'add_bos_token': true, 'add_eos_token': true, 'bos_token': {'content': '<s>'}}",
                "{'tokenizer_class': 'LlamaTokenizerFast', 'bos_token': '<s>'}",
                "{'tokenizer_class': 'LlamaTokenizer', 'add_bos_token': null, 'bos_token': '<s>'}"
            })
    void aFileWithoutTemplateGetsTheBeginningThatItsConfigurationAsksFor(String config)
            throws IOException {
        write(false);
        configure(config);
        try (CodeTokenizer tokenizer = read()) {
            assertThat(tokenizer.encodePrompt(TEXT)).isEqualTo(begun(tokenizer.encode(TEXT)));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "false; {}",
                "false; {'tokenizer_class': 'PreTrainedTokenizerFast', 'bos_token': '<s>'}",
                "false; {'tokenizer_class': 'LlamaTokenizer', 'bos_token': null}",
                "true; {'tokenizer_class': 'LlamaTokenizer', 'add_bos_token': false,"
                        + " 'bos_token': '<s>'}"
            })
    void otherTokenizersAddNothing(boolean template, String config) throws IOException {
        write(template);
        configure(config);
        try (CodeTokenizer tokenizer = read()) {
            assertThat(tokenizer.encodePrompt(TEXT)).isEqualTo(tokenizer.encode(TEXT));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{'add_bos_token': true}; bos_token that tokenizer.json knows, it is missing",
                "{'add_bos_token': true, 'bos_token': '<bos>'}; it is \"<bos>\"",
                "{'add_bos_token': 'yes'}; add_bos_token=\"yes\" must be true or false"
            })
    void aBeginningThatIsNotThereIsRefused(String config, String message) throws IOException {
        write(false);
        configure(config);
        assertThatThrownBy(this::read)
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(folder.resolve("tokenizer_config.json").toString())
                .hasMessageContaining(message);
    }

    private CodeTokenizer read() throws IOException {
        return CodeTokenizer.read(folder.resolve("tokenizer.json"));
    }

    private void configure(String config) throws IOException {
        Files.writeString(folder.resolve("tokenizer_config.json"), config.replace('\'', '"'));
    }

    /**
     * @param template whether a post-processor adds {@code <s>} and {@code </s>}, as Llama's does
     */
    private void write(boolean template) throws IOException {
        BpeTrainer trainer = new BpeTrainer();
        trainer.add("int a = b; return a + b; ");
        Path file = folder.resolve("tokenizer.json");
        trainer.train(270, List.of("</s>", "<pad>", "<s>")).write(file);
        if (template) {
            ObjectNode json = (ObjectNode) JSON.readTree(file.toFile());
            ObjectNode processor = json.putObject("post_processor");
            processor.put("type", "TemplateProcessing");
            ArrayNode single = processor.putArray("single");
            piece(single, "SpecialToken", "<s>");
            piece(single, "Sequence", "A");
            piece(single, "SpecialToken", "</s>");
            processor.putArray("pair").addAll(single.deepCopy());
            ObjectNode tokens = processor.putObject("special_tokens");
            special(tokens, "<s>", BOS);
            special(tokens, "</s>", 0);
            Files.writeString(file, json.toString());
        }
    }

    private static void piece(ArrayNode template, String kind, String id) {
        template.addObject().putObject(kind).put("id", id).put("type_id", 0);
    }

    private static void special(ObjectNode tokens, String token, int id) {
        ObjectNode one = tokens.putObject(token).put("id", token);
        one.putArray("ids").add(id);
        one.putArray("tokens").add(token);
    }

    private static int[] begun(int[] ids) {
        return IntStream.concat(IntStream.of(BOS), IntStream.of(ids)).toArray();
    }
}
