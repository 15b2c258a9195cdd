package io.prefstream.validate;

import io.prefstream.model.ModelBundle;
import io.prefstream.model.PairEncoding;
import io.prefstream.model.tokenizer.CodeTokenizer;
import io.prefstream.validate.checks.TokenEncoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Counts tokens as the preference model will see them, by its own {@link PairEncoding}. */
final class TokenizerFile {

    /** Which id the end token has makes no difference to the count. */
    private static final int ANY_END = 0;

    private TokenizerFile() {}

    /**
     * The encoder of a tokenizer.json, or of the model folder that holds one.
     *
     * @throws IOException naming validate.tokenizer if it cannot be read
     */
    static TokenEncoder open(@Nullable String tokenizer) throws IOException {
        if (tokenizer == null) {
            return TokenEncoder.bytes();
        }
        Path path = Path.of(tokenizer);
        Path file = Files.isDirectory(path) ? path.resolve(ModelBundle.TOKENIZER) : path;
        if (!Files.isRegularFile(file)) {
            throw new IOException("no tokenizer at validate.tokenizer=" + tokenizer);
        }
        PairEncoding encoding =
                new PairEncoding(CodeTokenizer.read(file), ANY_END, Integer.MAX_VALUE);
        return (instruction, response) -> encoding.encode(instruction, response).ids();
    }
}
