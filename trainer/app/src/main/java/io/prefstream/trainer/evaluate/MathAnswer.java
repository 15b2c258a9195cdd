package io.prefstream.trainer.evaluate;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The answer of a solution in LaTeX: what stands in its last {@code \boxed} or {@code \fbox}, or
 * else is {@linkplain StatedAnswer stated}.
 *
 * <p>Two answers are equal if the same is left of them: without spaces, dollar signs, {@code \left}
 * and {@code \right}, degrees, per cent, units in {@code \text} at the end of a value with their
 * powers, and a leading {@code x =}, also before more values of x; {@code \dfrac12}, {@code 1/2}
 * and 0.5 are one number, exactly; a single argument needs no braces. Other words stay. Commas,
 * "and" and "or" stand between the parts of a list; a comma that no space follows, between groups
 * of three digits and in no bracket, groups them, as do {@code {,}} and {@code ,\!} wherever they
 * are. Bare lists are equal in any order, tuples and intervals only in theirs. Nothing is
 * calculated: {@code \sqrt{4}} is not 2, and {@code x+1} not {@code 1+x}. So an answer may be
 * counted as wrong that is right, hardly ever the other way round.
 *
 * <p>In the manner of {@code is_equiv} of Hendrycks et al. 2021 (arXiv 2103.03874), which drops
 * units and braces alike, and of {@code normalize_final_answer} of Lewkowycz et al. 2022 (arXiv
 * 2206.14858, appendix D.1), which makes commas of "and" and "or".
 */
final class MathAnswer {
    private static final Pattern BOX = Pattern.compile("\\\\(?:boxed|fbox)\\s*");

    /** Commands around words. */
    private static final Pattern TEXT =
            Pattern.compile(
                    "\\\\(?:text|mbox|hbox|textbf|textit|textrm|mathrm|mathbf)\\{([^{}]*)}");

    private static final String WORDS = "\\\\(?:text|mbox|hbox|textrm|mathrm)\\{";

    /** "and" or "or" between values; in front of it in the same braces there may be a unit. */
    private static final Pattern SEPARATOR =
            Pattern.compile(
                    "(?<=\\S)\\s*,?(?:\\s*"
                            + WORDS
                            + "([^{}]*[^{}\\s,])??[\\s,]*\\b(?:and|or)\\s*}\\s*"
                            + "|\\s+(?:and|or)\\s+)(?=\\S)");

    private static final String UNIT =
            WORDS + "\\s*[a-zA-Z][^{}]*}(?:\\s*\\^\\s*(?:\\{\\s*-?\\d+\\s*}|-?\\d))?";

    /**
     * Units and their powers, up to the end of a value; so many, since each takes stack and a text
     * may repeat one without end.
     */
    private static final Pattern UNITS =
            Pattern.compile(
                    "\\s*"
                            + UNIT
                            + "(?:\\s*(?:/|\\\\cdot(?![a-zA-Z]))?\\s*"
                            + UNIT
                            + "){0,8}\\s*(?=[,;)\\]]|\\\\}|\\.?\\s*$)");

    /**
     * A value that a unit may stand behind: not letters alone, and not an operator's first side.
     */
    private static final Pattern MEASURED =
            Pattern.compile(
                    "(?s)(?=.*(?:\\d|\\\\[a-zA-Z])).*"
                        + "(?<![-+*/=<>^_&(\\[{]|\\\\(?:cdot|times|pm|in|cup|cap|leq?|geq?|to|neq?))");

    private static final Pattern MARKED_GROUPS =
            Pattern.compile("(?<=\\d)(?:\\{,}|,\\\\!)\\s*(?=\\d{3}(?!\\d))");

    /** A number with commas between its groups of digits, or a bracket around a list. */
    private static final Pattern GROUPS =
            Pattern.compile(
                    "(?<![\\d.,])\\d{1,3}(?:,\\d{3})+(?!,?\\d)|[(\\[]|\\\\\\{|[)\\]]|\\\\}");

    private static final String EQUALS = "\\s*(?:=|\\\\in(?![a-zA-Z]))";
    private static final Pattern UNKNOWN = Pattern.compile("\\s*([a-zA-Z])" + EQUALS);
    private static final Pattern NUMBER = Pattern.compile("[-+]?\\d*(?:\\.\\d+)?");
    private static final Pattern FRACTION =
            Pattern.compile("([-+]?)(\\d*)\\\\frac\\{(-?[\\d.]+)}\\{(-?[\\d.]+)}");
    private static final Pattern SLASH = Pattern.compile("(-?)([^-+*/(){},=]+)/([^-+*/(){},=]+)");

    private static final int DEEPEST = 32;

    private MathAnswer() {}

    static Optional<String> of(String response) {
        return boxed(response).or(() -> StatedAnswer.of(response)).flatMap(MathAnswer::normal);
    }

    /** A right answer: that of a whole solution, or the text itself. */
    static Optional<String> gold(String given) {
        Optional<String> boxed = boxed(given);
        return normal(boxed.orElse(given));
    }

    /** A whole solution's right answer; empty without a box. */
    static Optional<String> goldOfSolution(String solution) {
        return boxed(solution).flatMap(MathAnswer::normal);
    }

    /** What stands in the last box whose braces are closed; empty without one. */
    static Optional<String> boxed(String text) {
        Matcher box = BOX.matcher(text);
        int[] closing = closing(text);
        Optional<String> last = Optional.empty();
        while (box.find()) {
            if (box.end() < text.length() && text.charAt(box.end()) == '{') {
                int end = closing[box.end()];
                if (end > 0) {
                    last = Optional.of(text.substring(box.end() + 1, end));
                }
            } else {
                String rest = text.substring(box.end());
                last = Optional.of(rest.split("[\\s$]", 2)[0]);
            }
        }
        return last;
    }

    /** Where each opening brace is closed; 0 where it isn't. */
    private static int[] closing(String text) {
        int[] closing = new int[text.length()];
        Deque<Integer> open = new ArrayDeque<>();
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '\\') {
                i++; // An escaped brace is no brace.
            } else if (text.charAt(i) == '{') {
                open.push(i);
            } else if (text.charAt(i) == '}' && !open.isEmpty()) {
                closing[open.pop()] = i;
            }
        }
        return closing;
    }

    /** The normal form; empty if nothing is left. */
    static Optional<String> normal(String answer) {
        String text = answer.replace('\u2212', '-');
        text = MARKED_GROUPS.matcher(text).replaceAll("");
        // Two backslashes end a row of a matrix: what follows them belongs to no command.
        text =
                text.replaceAll("(\\\\\\\\)|\\\\!", "$1")
                        .replaceAll("(\\\\\\\\)|\\\\[,;: ]|\\\\q?quad(?![a-zA-Z])|~", "$1 ")
                        .replaceAll("(\\\\\\\\)|\\\\?[$%]|\\\\[()\\[\\]]", "$1")
                        .replaceAll("\\\\[dtc]frac(?![a-zA-Z])", "\\\\frac")
                        .replaceAll("\\\\(?:left|right|displaystyle)(?![a-zA-Z])", "")
                        .replaceAll(
                                "\\^\\s*(?:\\{\\s*\\\\circ\\s*}|\\\\circ(?![a-zA-Z]))|\\\\degree|°",
                                "")
                        .replaceAll("\\\\mathrm\\{([ei])}", "$1")
                        .replaceAll("\\s+", " ");
        text = SEPARATOR.matcher(text).replaceAll(MathAnswer::separator);
        text = TEXT.matcher(withoutUnits(text)).replaceAll("$1");
        text = withoutUnknown(withoutGroups(text)).replaceAll("\\s+", "").replaceAll("\\.$", "");
        text = withBraces(text);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(canonical(text, 0));
    }

    private static String separator(MatchResult found) {
        String unit = found.group(1);
        return unit == null ? ", " : Matcher.quoteReplacement("\\text{%s}, ".formatted(unit));
    }

    private static String withoutUnits(String text) {
        return UNITS.matcher(text)
                .replaceAll(
                        units -> {
                            String before = text.substring(0, units.start());
                            int begin = Math.max(before.lastIndexOf(','), before.lastIndexOf(';'));
                            String value = before.substring(begin + 1).strip();
                            return MEASURED.matcher(TEXT.matcher(value).replaceAll("")).matches()
                                    ? ""
                                    : Matcher.quoteReplacement(units.group());
                        });
    }

    /** Without a leading {@code x =}, and without those of the same letter behind commas. */
    private static String withoutUnknown(String text) {
        Matcher unknown = UNKNOWN.matcher(text);
        return unknown.lookingAt()
                ? text.replaceAll("(^\\s*|,\\s*)" + unknown.group(1) + EQUALS, "$1")
                : text;
    }

    /** Without the commas of numbers that stand in no bracket: in one, commas separate. */
    private static String withoutGroups(String text) {
        AtomicInteger depth = new AtomicInteger();
        return GROUPS.matcher(text)
                .replaceAll(
                        found -> {
                            String what = found.group();
                            if ("([\\{".contains(what)) {
                                depth.incrementAndGet();
                            } else if (")]\\}".contains(what)) {
                                depth.decrementAndGet();
                            } else if (depth.get() == 0) {
                                return what.replace(",", "");
                            }
                            return Matcher.quoteReplacement(what);
                        });
    }

    /**
     * {@code \frac12} as {@code \frac{1}{2}}, {@code \sqrt3} as {@code \sqrt{3}}, {@code x^{2}} as
     * x^2.
     */
    private static String withBraces(String text) {
        return text.replaceAll("\\\\frac(\\d)(\\d)", "\\\\frac{$1}{$2}")
                .replaceAll("\\\\frac(\\d)\\{", "\\\\frac{$1}{")
                .replaceAll("\\\\frac\\{([^{}]*)}(\\d)", "\\\\frac{$1}{$2}")
                .replaceAll("\\\\sqrt(\\w)", "\\\\sqrt{$1}")
                .replaceAll("([\\^_])\\{(\\w)}", "$1$2");
    }

    /**
     * @param depth of brackets around it; what stands in more than {@value #DEEPEST} stays as it is
     */
    private static String canonical(String text, int depth) {
        if (depth > DEEPEST) {
            return text;
        }
        Optional<Rational> number = number(text);
        if (number.isPresent()) {
            return number.get().toString();
        }
        List<String> parts = split(text);
        if (parts.size() > 1) {
            List<String> canonical = new ArrayList<>();
            parts.forEach(part -> canonical.add(canonical(part, depth + 1)));
            Collections.sort(canonical);
            return String.join(",", canonical);
        }
        char first = text.charAt(0);
        char last = text.charAt(text.length() - 1);
        if (text.length() > 2 && "([".indexOf(first) >= 0 && ")]".indexOf(last) >= 0) {
            List<String> inner = split(text.substring(1, text.length() - 1));
            if (inner.size() > 1 && inner.stream().noneMatch(String::isEmpty)) {
                return first
                        + String.join(
                                ",",
                                inner.stream().map(each -> canonical(each, depth + 1)).toList())
                        + last;
            }
        }
        Matcher slash = SLASH.matcher(text);
        return slash.matches()
                ? "%s\\frac{%s}{%s}".formatted(slash.group(1), slash.group(2), slash.group(3))
                : text;
    }

    /** Parts between commas that stand in no bracket. */
    private static List<String> split(String text) {
        List<String> parts = new ArrayList<>();
        int depth = 0;
        int from = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if ("([{".indexOf(c) >= 0) {
                depth++;
            } else if (")]}".indexOf(c) >= 0) {
                depth--;
            } else if (c == ',' && depth == 0) {
                parts.add(text.substring(from, i));
                from = i + 1;
            }
        }
        parts.add(text.substring(from));
        return parts.stream().anyMatch(String::isEmpty) ? List.of(text) : parts;
    }

    private static Optional<Rational> number(String text) {
        try {
            if (NUMBER.matcher(text).matches()) {
                return Rational.decimal(text.replace("+", ""));
            }
            Matcher fraction = FRACTION.matcher(text);
            if (fraction.matches()) {
                Rational value = required(fraction.group(3)).over(required(fraction.group(4)));
                if (!fraction.group(2).isEmpty()) {
                    value = value.plus(required(fraction.group(2)));
                }
                return Optional.of(fraction.group(1).equals("-") ? value.negated() : value);
            }
            String[] sides = text.split("/", -1);
            return sides.length == 2
                    ? Optional.of(required(sides[0]).over(required(sides[1])))
                    : Optional.empty();
        } catch (ArithmeticException e) {
            return Optional.empty();
        }
    }

    private static Rational required(String text) {
        return Rational.decimal(text)
                .orElseThrow(() -> new ArithmeticException(text + " is no number"));
    }
}
