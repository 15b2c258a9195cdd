package io.prefstream.trainer.evaluate;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The number that a solution of a word problem ends with.
 *
 * <p>It is looked for, in this order, and the first of these that occurs decides: behind the last
 * {@code ####} that a number follows on its line, with nothing but sign, currency, spaces and
 * asterisks between, and which is no heading's ({@code #### 2. Total}, {@code #### 2nd step}); the
 * last {@code \boxed}; behind the last "answer is" or "answer:"; the last number of all. Currency,
 * units and a per-cent sign don't count, commas between groups of three digits neither; {@code
 * 3/4}, {@code 1 1/2} and {@code \frac{3}{4}} are fractions. Equal are numbers of exactly equal
 * value: 18, 18.0 and 36/2 are, 0.33 and 1/3 are not.
 */
final class NumberAnswer {
    private static final String DIGITS = "(?:\\d{1,3}(?:,\\d{3})+(?!\\d)|\\d+)(?:\\.\\d+)?|\\.\\d+";

    /** Sign, whole number and fraction; a minus behind a digit or a bracket is an operator. */
    private static final Pattern NUMBER =
            Pattern.compile(
                    "(?<sign>(?<![\\w)\\]}])-\\s?)?(?:[$€£]\\s?(?<minus>-)?)?(?:"
                            + "\\\\[dt]?frac\\{(?<top>\\d+)}\\{(?<bottom>\\d+)}"
                            + "|(?<whole>"
                            + DIGITS
                            + ")(?:\\s(?<over>\\d+)/(?<under>\\d+)|/(?<by>\\d+(?![\\d.]*[a-zA-Z])))?)");

    private static final String MARK = "####";

    private static final Pattern MARKED = Pattern.compile("[ \\t*]*" + NUMBER.pattern());

    /** What follows the number of a heading: of a list, with a title, or an ordinal's end. */
    private static final Pattern HEADING = Pattern.compile("[.):]\\s+\\S.*|(?:st|nd|rd|th)\\b.*");

    private static final Pattern CUE = Pattern.compile("(?i)\\banswer\\s*(?:is|are|:|=)");

    private NumberAnswer() {}

    static Optional<String> of(String response) {
        String text = response.replace('\u2212', '-').replace("\\$", "$").replace("\\%", "%");
        for (int at = text.lastIndexOf(MARK); at >= 0; at = text.lastIndexOf(MARK, at - 1)) {
            String line = text.substring(at + MARK.length()).lines().findFirst().orElse("");
            Matcher marked = MARKED.matcher(line);
            if (marked.lookingAt() && !HEADING.matcher(line.substring(marked.end())).matches()) {
                return value(marked);
            }
        }
        Optional<String> boxed = MathAnswer.boxed(text);
        if (boxed.isPresent()) {
            return first(boxed.get());
        }
        Matcher cue = CUE.matcher(text);
        int behind = -1;
        while (cue.find()) {
            behind = cue.end();
        }
        if (behind >= 0) {
            Optional<String> said = first(text.substring(behind));
            if (said.isPresent()) {
                return said;
            }
        }
        Matcher number = NUMBER.matcher(text);
        Optional<String> last = Optional.empty();
        while (number.find()) {
            last = value(number);
        }
        return last;
    }

    private static Optional<String> first(String text) {
        Matcher number = NUMBER.matcher(text);
        return number.find() ? value(number) : Optional.empty();
    }

    private static Optional<String> value(Matcher number) {
        try {
            Rational value;
            if (number.group("top") != null) {
                value = rational(number.group("top")).over(rational(number.group("bottom")));
            } else {
                value = rational(number.group("whole").replace(",", ""));
                if (number.group("by") != null) {
                    value = value.over(rational(number.group("by")));
                } else if (number.group("over") != null) {
                    value =
                            value.plus(
                                    rational(number.group("over"))
                                            .over(rational(number.group("under"))));
                }
            }
            boolean negative = number.group("sign") != null ^ number.group("minus") != null;
            return Optional.of((negative ? value.negated() : value).toString());
        } catch (ArithmeticException e) {
            return Optional.empty();
        }
    }

    private static Rational rational(String digits) {
        return Rational.decimal(digits)
                .orElseThrow(() -> new ArithmeticException(digits + " is too long"));
    }
}
