package io.prefstream.trainer.export;

import java.util.Locale;

/** How prompt and responses are written down. */
public enum TextForm {
    /**
     * Strings. The prompt ends with a newline, so that what readers join ({@code prompt + chosen})
     * is what this project's own models read.
     */
    STANDARD,
    /** Lists of messages of {@code role} and {@code content}, for chat templates. */
    CONVERSATIONAL;

    /** The name as it is written on the command line. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
