package io.prefstream.validate.admission;

import io.prefstream.jobs.common.decontaminate.CommentStyle;
import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.ContentId;

/**
 * What two pairs have in common that tell a model the same: the code of both sides, without its
 * comments and layout. Instruction, origin and generators have no part in it.
 *
 * <p>Both sides, every token of them: mutants of one function have the same chosen side, and all
 * but a token of the rejected one, and yet each is a lesson of its own. For the same reason the
 * words that near-duplicate snippets are found by don't do here: they leave operators out, which is
 * where mutants differ.
 *
 * <p>White space counts for nothing, inside string literals too, but for Python's indentation,
 * which counts as written. What {@link CommentStyle} takes for a comment is one here: among it
 * Python's strings in triple quotes. Cost: two passes over the text, no parse.
 */
public final class PairForm {

    private PairForm() {}

    /** The form's id: equal for pairs that say the same. */
    public static String id(CandidatePair pair) {
        String language = pair.getLanguage();
        return ContentId.of(
                language,
                code(language, pair.getChosen().getText()),
                code(language, pair.getRejected().getText()));
    }

    private static String code(String language, String text) {
        String code = CommentStyle.of(language).strip(text);
        StringBuilder form = new StringBuilder(code.length());
        if (language.equals("python")) {
            code.lines()
                    .filter(line -> !line.isBlank())
                    .forEach(line -> append(form.append('\n').append(indentation(line)), line));
        } else {
            append(form, code);
        }
        return form.toString();
    }

    private static String indentation(String line) {
        return line.substring(0, line.length() - line.stripLeading().length());
    }

    /** Appends code without white space, but for one space where it parts two words. */
    private static void append(StringBuilder form, String code) {
        boolean inWord = false;
        boolean gap = false;
        for (int i = 0; i < code.length(); i++) {
            char c = code.charAt(i);
            if (Character.isWhitespace(c)) {
                gap = true;
                continue;
            }
            boolean word = Character.isJavaIdentifierPart(c);
            if (inWord && gap && word) {
                form.append(' ');
            }
            form.append(c);
            inWord = word;
            gap = false;
        }
    }
}
