package io.prefstream.feeds.github;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where the API's token is: read anew for each request, so that it can be changed while a job runs,
 * and never part of state, options or messages.
 *
 * @param file a file with nothing else in it; null for none
 * @param variable an environment variable that is asked where there is no file
 */
public record Token(@Nullable String file, String variable) implements Serializable {

    /** The variable that GitHub's own tools read. */
    public static final String VARIABLE = "GITHUB_TOKEN";

    /**
     * The token; null if there is none.
     *
     * @throws IOException if the file cannot be read
     */
    @Nullable String read() throws IOException {
        if (file == null) {
            return blankToNull(System.getenv(variable));
        }
        try {
            return blankToNull(Files.readString(Path.of(file)));
        } catch (IOException e) {
            throw new IOException("the token file %s cannot be read".formatted(file), e);
        }
    }

    private static @Nullable String blankToNull(@Nullable String text) {
        return text == null || text.isBlank() ? null : text.strip();
    }
}
