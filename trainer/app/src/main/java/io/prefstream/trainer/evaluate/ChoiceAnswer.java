package io.prefstream.trainer.evaluate;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The letter that an answer to a question with options chooses.
 *
 * <p>The first of these that occurs decides: the last {@code \boxed}; the last "answer is",
 * "answer:" or "option" with a letter; a response that is or begins with nothing but a letter,
 * bracketed or before a full stop, colon or closing bracket; the letters in brackets, if all are
 * the same one. A letter without brackets must be a capital, so that "the answer is a dog" chooses
 * nothing.
 */
final class ChoiceAnswer {
    private static final String LETTER = "(?:\\(([A-Za-z])\\)|([A-Z])(?![\\w'’]))";
    private static final Pattern CUE =
            Pattern.compile(
                    "(?i:answer\\**+\\s*+(?:is|:)|(?:option|choice)\\s*+(?:is|:)?)"
                            + "\\s*+:?\\s*+\\**+\\s*+"
                            + LETTER);
    private static final Pattern ALONE =
            Pattern.compile("^\\s*\\**(?:\\(([A-Za-z])\\)|([A-Z])(?=\\s*$|[.:)]))");
    private static final Pattern BRACKETED = Pattern.compile("\\(([A-Za-z])\\)");

    private ChoiceAnswer() {}

    static Optional<String> of(String response) {
        Optional<String> boxed = MathAnswer.boxed(response);
        if (boxed.isPresent()) {
            String inside =
                    boxed.get()
                            .replaceAll("\\\\(?:text|mathrm|textbf)", "")
                            .replaceAll("[{}().\\s]", "");
            return inside.matches("[A-Za-z]")
                    ? Optional.of(inside.toUpperCase(Locale.ROOT))
                    : Optional.empty();
        }
        Matcher cue = CUE.matcher(response);
        Optional<String> said = Optional.empty();
        while (cue.find()) {
            said = letter(cue);
        }
        if (said.isPresent()) {
            return said;
        }
        Matcher alone = ALONE.matcher(response);
        if (alone.find()) {
            return letter(alone);
        }
        Matcher bracketed = BRACKETED.matcher(response);
        Optional<String> only = Optional.empty();
        while (bracketed.find()) {
            Optional<String> next = Optional.of(bracketed.group(1).toUpperCase(Locale.ROOT));
            if (only.isPresent() && !only.equals(next)) {
                return Optional.empty();
            }
            only = next;
        }
        return only;
    }

    private static Optional<String> letter(Matcher found) {
        String letter = found.group(1) != null ? found.group(1) : found.group(2);
        return Optional.of(letter.toUpperCase(Locale.ROOT));
    }
}
