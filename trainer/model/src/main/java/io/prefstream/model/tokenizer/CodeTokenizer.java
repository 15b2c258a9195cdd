package io.prefstream.model.tokenizer;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.prefstream.model.files.JsonFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;

/**
 * A Hugging Face {@code tokenizer.json}, applied to plain text: nothing is cut or padded, and no
 * special tokens are added but the beginning of sequence that a prompt has in some families. Safe
 * for use by several threads.
 *
 * <p>Which tokens begin a prompt is as in transformers: {@code add_bos_token} of the {@code
 * tokenizer_config.json} beside the file says so, which Llama's tokenizer classes take for true
 * where it is absent; else the file's post-processor does. What a post-processor appends is left
 * out: a prompt is to be continued.
 */
public final class CodeTokenizer implements AutoCloseable {
    private static final String CONFIG = "tokenizer_config.json";

    /** Classes of transformers that make their post-processor of {@code add_bos_token}. */
    private static final Set<String> LLAMA =
            Set.of(
                    "LlamaTokenizer",
                    "LlamaTokenizerFast",
                    "CodeLlamaTokenizer",
                    "CodeLlamaTokenizerFast");

    private final HuggingFaceTokenizer tokenizer;
    private final int[] beginning;

    private CodeTokenizer(HuggingFaceTokenizer tokenizer, Path config) throws IOException {
        this.tokenizer = tokenizer;
        beginning = beginning(config);
    }

    /**
     * Reads {@code tokenizer.json}, and the {@code tokenizer_config.json} beside it if there is
     * one.
     *
     * @throws IOException if it is missing or no tokenizer, or its configuration asks for a
     *     beginning of sequence that it hasn't
     */
    public static CodeTokenizer read(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new NoSuchFileException(file.toString(), null, "no tokenizer there");
        }
        HuggingFaceTokenizer tokenizer;
        try {
            tokenizer =
                    HuggingFaceTokenizer.newInstance(
                            file, Map.of("addSpecialTokens", "false", "truncation", "false"));
        } catch (RuntimeException e) {
            // The native library's word for a file that it does not understand.
            throw new IOException("%s: %s".formatted(file, e.getMessage()), e);
        }
        try {
            return new CodeTokenizer(tokenizer, file.resolveSibling(CONFIG));
        } catch (IOException | RuntimeException e) {
            tokenizer.close();
            throw e;
        }
    }

    /**
     * Reads {@code tokenizer.json} for a model.
     *
     * @throws IOException if it has tokens that the model's embedding lacks
     */
    public static CodeTokenizer read(Path file, int vocabSize) throws IOException {
        CodeTokenizer tokenizer = read(file);
        try {
            check(file, vocabSize);
        } catch (IOException e) {
            tokenizer.close();
            throw e;
        }
        return tokenizer;
    }

    /**
     * Compares {@code tokenizer.json} with a model.
     *
     * @throws IOException if it has tokens that the model's embedding lacks
     */
    public static void check(Path file, int vocabSize) throws IOException {
        int largest = largestToken(JsonFile.read(file));
        if (largest >= vocabSize) {
            throw new IOException(
                    "%s has token %d, config.json an embedding of vocab_size=%d"
                            .formatted(file, largest, vocabSize));
        }
    }

    /** The largest id that a {@code tokenizer.json} gives. */
    static int largestToken(JsonNode json) {
        int largest = -1;
        for (JsonNode added : json.path("added_tokens")) {
            largest = Math.max(largest, added.path("id").asInt(-1));
        }
        JsonNode vocabulary = json.path("model").path("vocab");
        if (vocabulary.isArray()) {
            return Math.max(largest, vocabulary.size() - 1);
        }
        for (JsonNode id : vocabulary) {
            largest = Math.max(largest, id.asInt(-1));
        }
        return largest;
    }

    /** Tokens of a text, without any that it does not hold. */
    public int[] encode(String text) {
        return narrow(tokenizer.encode(text, false, false).getIds());
    }

    /**
     * Tokens of a prompt that a model is to continue: after the beginning of sequence, for families
     * that have one. A text that brings it along, as a rendered chat does, gets no other.
     */
    public int[] encodePrompt(String text) {
        int[] ids = encode(text);
        if (beginning.length == 0 || startsWith(ids, beginning)) {
            return ids;
        }
        int[] prompt = Arrays.copyOf(beginning, beginning.length + ids.length);
        System.arraycopy(ids, 0, prompt, beginning.length, ids.length);
        return prompt;
    }

    /**
     * Whether prompts begin as by the {@code tokenizer_config.json} beside another file of the same
     * tokenizer.
     *
     * @throws IOException if that can't be read, or asks for a beginning of sequence that there
     *     isn't
     */
    public boolean beginsAs(Path file) throws IOException {
        return Arrays.equals(beginning, beginning(file.resolveSibling(CONFIG)));
    }

    private int[] beginning(Path config) throws IOException {
        JsonNode json = Files.exists(config) ? JsonFile.read(config) : MissingNode.getInstance();
        JsonNode add = json.path("add_bos_token");
        JsonNode token = json.path("bos_token");
        String bos = token.isObject() ? token.path("content").asText("") : token.asText("");
        if (!add.isMissingNode() && !add.isNull() && !add.isBoolean()) {
            throw new IOException(
                    "%s: add_bos_token=%s must be true or false".formatted(config, add));
        }
        if (add.isBoolean() && !add.booleanValue()) {
            return new int[0];
        }
        boolean llama = LLAMA.contains(json.path("tokenizer_class").asText(""));
        if (!add.isBoolean() && (!llama || bos.isEmpty())) {
            return addedBefore("a");
        }
        int[] ids = bos.isEmpty() ? new int[0] : encode(bos);
        if (ids.length != 1) {
            throw new IOException(
                    "%s: add_bos_token=true needs a bos_token that tokenizer.json knows, it is %s"
                            .formatted(config, token.isMissingNode() ? "missing" : token));
        }
        return ids;
    }

    /** What the post-processor puts before a text. */
    private int[] addedBefore(String text) {
        int[] plain = encode(text);
        int[] processed = narrow(tokenizer.encode(text, true, false).getIds());
        int before = 0;
        while (before < processed.length - plain.length
                && !startsWith(Arrays.copyOfRange(processed, before, processed.length), plain)) {
            before++;
        }
        return Arrays.copyOf(processed, before);
    }

    private static boolean startsWith(int[] ids, int[] beginning) {
        return ids.length >= beginning.length
                && Arrays.equals(ids, 0, beginning.length, beginning, 0, beginning.length);
    }

    public String decode(int[] ids) {
        return tokenizer.decode(widen(ids, ids.length));
    }

    /** Text of the first {@code length} tokens, without special tokens. */
    public String text(int[] ids, int length) {
        return tokenizer.decode(widen(ids, length), true);
    }

    private static long[] widen(int[] ids, int length) {
        long[] wide = new long[length];
        for (int i = 0; i < length; i++) {
            wide[i] = ids[i];
        }
        return wide;
    }

    private static int[] narrow(long[] wide) {
        int[] ids = new int[wide.length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = Math.toIntExact(wide[i]);
        }
        return ids;
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
