package io.prefstream.generation.openai;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A key that is sent and never shown: neither by {@link #toString} nor by any message of ours. */
final class ApiKey {
    private static final Pattern PRINTABLE = Pattern.compile("[!-~]+");
    private static final String MASK = "***";

    private final String value;

    private ApiKey(String value) {
        this.value = value;
    }

    /**
     * Reads the key, surrounding blanks aside.
     *
     * @param environment values of variables
     * @return null if the settings name neither variable nor file
     * @throws IllegalArgumentException if it isn't where they say, or is no key
     */
    static @Nullable ApiKey read(
            OpenAiSettings settings, Function<String, @Nullable String> environment) {
        String variable = settings.apiKeyVariable();
        if (variable != null) {
            String value = environment.apply(variable);
            if (value == null) {
                throw new IllegalArgumentException(
                        "api-key-variable=%s is not set".formatted(variable));
            }
            return of(value, "api-key-variable=" + variable);
        }
        String file = settings.apiKeyFile();
        if (file != null) {
            try {
                return of(Files.readString(Path.of(file)), "api-key-file=" + file);
            } catch (MalformedInputException e) {
                throw new IllegalArgumentException("api-key-file=%s is no text".formatted(file), e);
            } catch (IOException e) {
                throw new IllegalArgumentException(
                        "api-key-file=%s can't be read: %s".formatted(file, e), e);
            }
        }
        return null;
    }

    private static ApiKey of(String text, String source) {
        String value = text.strip();
        if (!PRINTABLE.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "%s must hold a key of printable ASCII characters without blanks"
                            .formatted(source));
        }
        return new ApiKey(value);
    }

    /** What goes into the request's header. */
    String secret() {
        return value;
    }

    /** The text without this key, should a server have sent it back. */
    String mask(String text) {
        return text.replace(value, MASK);
    }

    @Override
    public String toString() {
        return MASK;
    }
}
