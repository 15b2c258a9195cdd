package io.prefstream.model.tokenizer;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
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

    /** Reads {@code tokenizer.json}. */
    public static CodeTokenizer read(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new NoSuchFileException(file.toString(), null, "no tokenizer there");
        }
        return new CodeTokenizer(
                HuggingFaceTokenizer.newInstance(
                        file, Map.of("addSpecialTokens", "false", "truncation", "false")));
    }

    public int[] encode(String text) {
        long[] wide = tokenizer.encode(text, false, false).getIds();
        int[] ids = new int[wide.length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = Math.toIntExact(wide[i]);
        }
        return ids;
    }

    public String decode(int[] ids) {
        long[] wide = new long[ids.length];
        for (int i = 0; i < ids.length; i++) {
            wide[i] = ids[i];
        }
        return tokenizer.decode(wide);
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
