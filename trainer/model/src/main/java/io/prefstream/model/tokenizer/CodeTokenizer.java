package io.prefstream.model.tokenizer;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.JsonNode;
import io.prefstream.model.files.JsonFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/**
 * A Hugging Face {@code tokenizer.json}, applied to plain text: no special tokens are added,
 * nothing is cut or padded. Safe for use by several threads.
 */
public final class CodeTokenizer implements AutoCloseable {
    private final HuggingFaceTokenizer tokenizer;

    private CodeTokenizer(HuggingFaceTokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /**
     * Reads {@code tokenizer.json}.
     *
     * @throws IOException if it is missing or no tokenizer
     */
    public static CodeTokenizer read(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new NoSuchFileException(file.toString(), null, "no tokenizer there");
        }
        try {
            return new CodeTokenizer(
                    HuggingFaceTokenizer.newInstance(
                            file, Map.of("addSpecialTokens", "false", "truncation", "false")));
        } catch (RuntimeException e) {
            // The native library's word for a file that it does not understand.
            throw new IOException("%s: %s".formatted(file, e.getMessage()), e);
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

    public int[] encode(String text) {
        return narrow(tokenizer.encode(text, false, false).getIds());
    }

    /**
     * Tokens of a prompt that a model is to continue: with what the file's post-processor puts
     * before a text (BOS, for families that have one), once.
     *
     * @param beginOfSequence dropped where the text brings another one along
     */
    public int[] encodePrompt(String text, int beginOfSequence) {
        int[] ids = narrow(tokenizer.encode(text, true, false).getIds());
        boolean twice = ids.length > 1 && ids[0] == beginOfSequence && ids[1] == beginOfSequence;
        return twice ? Arrays.copyOfRange(ids, 1, ids.length) : ids;
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
