package io.prefstream.trainer.evaluate;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The answer that a solution without a box states behind its last "answer is": the formulas that
 * stand there, where commas, "and" and "or" may be between them, or else the rest of the sentence.
 *
 * <p>A dollar sign may also be money: between two of them is a formula if both are next to it and
 * no digit follows (as in Pandoc's {@code tex_math_dollars}), or both have a space there; {@code
 * \$} is none. Like Math-Verify (Hugging Face), which joins formulas too; {@code
 * normalize_final_answer} of Lewkowycz et al. 2022 takes the first alone, {@code is_equiv} of
 * Hendrycks et al. 2021 is given all from the first dollar sign to the last.
 */
final class StatedAnswer {
    private static final Pattern CUE =
            Pattern.compile(
                    "(?i)\\banswers?\\**+\\s*+(?:is|are|:)[\\s:*]*+"
                            + "(?:(?:therefore|thus|then|hence|simply|just|either|both|given by"
                            + "|equal to)\\b[\\s:,*]*+)?");

    /** Bounded repetitions: matching an unbounded one of a group takes stack. */
    private static final String INLINE = "[^$\\\\\\n]*+(?:\\\\.[^$\\\\\\n]*+){0,500}+";

    private static final Pattern FORMULA =
            Pattern.compile(
                    "\\$\\$(?s:.+?)\\$\\$|\\\\\\[(?s:.+?)\\\\]|\\\\\\(.+?\\\\\\)"
                            + "|\\$(?=\\S)(?!\\$)"
                            + INLINE
                            + "(?<=\\S)\\$(?!\\d)|\\$\\s"
                            + INLINE
                            + "(?<=\\s)\\$");

    private static final Pattern BETWEEN =
            Pattern.compile("\\s*(?:,\\s*(?:(?:and|or)\\b)?|(?:and|or)\\b)\\s*");

    private StatedAnswer() {}

    /** As it stands; empty if nothing says so. */
    static Optional<String> of(String response) {
        Matcher cue = CUE.matcher(response);
        int from = -1;
        while (cue.find()) {
            from = cue.end();
        }
        if (from < 0) {
            return Optional.empty();
        }
        List<String> formulas = formulas(response, from);
        return Optional.of(
                formulas.isEmpty()
                        ? sentence(response.substring(from))
                        : String.join(", ", formulas));
    }

    private static List<String> formulas(String text, int from) {
        List<String> formulas = new ArrayList<>();
        Matcher formula = FORMULA.matcher(text);
        Matcher between = BETWEEN.matcher(text);
        int at = from;
        while (formula.region(at, text.length()).lookingAt()) {
            formulas.add(formula.group());
            if (!between.region(formula.end(), text.length()).lookingAt()) {
                break;
            }
            at = between.end();
        }
        return formulas;
    }

    private static String sentence(String rest) {
        String line = rest.lines().findFirst().orElse("");
        return line.split("(?<=\\S)[.;](?:\\s|$)", 2)[0].replace("**", "");
    }
}
