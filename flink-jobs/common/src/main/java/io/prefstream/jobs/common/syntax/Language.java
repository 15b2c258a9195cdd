package io.prefstream.jobs.common.syntax;

import java.util.Locale;
import java.util.Optional;

/** A programming language that the pipeline can parse. */
public enum Language {
    JAVA("java", ".java"),
    PYTHON("python", ".py");

    private final String code;
    private final String extension;

    Language(String code, String extension) {
        this.code = code;
        this.extension = extension;
    }

    /** The name on records: lower case, such as {@code java}. */
    public String code() {
        return code;
    }

    /** The language of a file by its name; empty where we have no grammar for it. */
    public static Optional<Language> ofPath(String path) {
        String lowerCase = path.toLowerCase(Locale.ROOT);
        for (Language language : values()) {
            if (lowerCase.endsWith(language.extension)) {
                return Optional.of(language);
            }
        }
        return Optional.empty();
    }

    /** The language of a record; empty where we have no grammar for it. */
    public static Optional<Language> ofCode(String code) {
        for (Language language : values()) {
            if (language.code.equals(code)) {
                return Optional.of(language);
            }
        }
        return Optional.empty();
    }
}
