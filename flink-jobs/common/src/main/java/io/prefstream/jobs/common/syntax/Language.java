package io.prefstream.jobs.common.syntax;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** A programming language that the pipeline can parse. */
public enum Language {
    JAVA("java", ".java"),
    PYTHON("python", ".py"),
    JAVASCRIPT("javascript", ".js", ".mjs", ".cjs", ".jsx"),
    TYPESCRIPT("typescript", ".ts", ".mts", ".cts"),
    GO("go", ".go"),
    RUST("rust", ".rs"),
    C("c", ".c", ".h"),
    CPP("cpp", ".cc", ".cpp", ".cxx", ".hpp", ".hh", ".hxx");

    /** What only C++ has, at the beginning of a line or as a qualified name. */
    private static final Pattern CPP_ONLY =
            Pattern.compile(
                    "(?m)^\\s*(class|namespace|template|using|public:|private:|protected:|virtual)\\b"
                        + "|\\bstd::");

    private static final Pattern SHEBANG =
            Pattern.compile("^#!\\S*/(env +)?(python|node)[\\d.]*\\b");

    /** Translations of Qt are XML in files called .ts, recordings are MPEG. */
    private static final Pattern NO_TYPESCRIPT = Pattern.compile("^\\s*(<\\?xml|<!DOCTYPE TS|G@)");

    private final String code;
    private final List<String> extensions;

    Language(String code, String... extensions) {
        this.code = code;
        this.extensions = List.of(extensions);
    }

    /** The name on records: lower case, such as {@code java}. */
    public String code() {
        return code;
    }

    /**
     * Whether errors that the grammar finds are normal in a file of this language, as macros are
     * only known to who has all headers.
     */
    public boolean isPreprocessed() {
        return Grammar.of(this).isPreprocessed();
    }

    /**
     * Words that have a meaning of their own somewhere in its grammar; some are names elsewhere.
     */
    public Set<String> words() {
        return Grammar.of(this).symbols().words();
    }

    /** The language of a file by its name alone; empty where we have no grammar for it. */
    public static Optional<Language> ofPath(String path) {
        String lowerCase = path.toLowerCase(Locale.ROOT);
        for (Language language : values()) {
            for (String extension : language.extensions) {
                if (lowerCase.endsWith(extension)) {
                    return Optional.of(language);
                }
            }
        }
        return Optional.empty();
    }

    /** Whether a name says nothing about a file, so that its first line may. */
    public static boolean isUnnamed(String path) {
        String name = path.substring(path.lastIndexOf('/') + 1);
        return !name.isEmpty() && name.indexOf('.') < 0;
    }

    /**
     * The language of a file by its name, and by its content where the name is ambiguous ({@code
     * .h}, {@code .ts}) or missing (a script's first line); empty where we have no grammar for it.
     */
    public static Optional<Language> of(String path, String text) {
        if (isUnnamed(path)) {
            var shebang = SHEBANG.matcher(text);
            return shebang.find()
                    ? Optional.of(shebang.group(2).equals("node") ? JAVASCRIPT : PYTHON)
                    : Optional.empty();
        }
        Optional<Language> named = ofPath(path);
        if (named.equals(Optional.of(C)) && path.toLowerCase(Locale.ROOT).endsWith(".h")) {
            return Optional.of(CPP_ONLY.matcher(text).find() ? CPP : C);
        }
        if (named.equals(Optional.of(TYPESCRIPT)) && NO_TYPESCRIPT.matcher(text).find()) {
            return Optional.empty();
        }
        return named;
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
