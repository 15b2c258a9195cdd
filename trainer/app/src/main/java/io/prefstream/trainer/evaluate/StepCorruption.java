package io.prefstream.trainer.evaluate;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes a wrong solution of a right one of GSM8K, whose steps carry their arithmetic ({@code
 * <<48/2=24>>24}).
 *
 * <p>One step is made wrong, and everything after it follows from the wrong number: operands that
 * were its result are replaced, later results computed anew, up to the answer. So the two solutions
 * have the same sentences and differ in numbers and at most one operator. Kinds:
 *
 * <ul>
 *   <li>{@code slip}: the step's result is miscalculated, by 1, 2, 10 or an exchange of two digits;
 *   <li>{@code operator}: one operator is another one, the result computed anew;
 *   <li>{@code operand}: one operand is another number of the question.
 * </ul>
 *
 * <p>A draw is taken again until all results are above 0 with at most two decimals and the answer
 * is another one. The annotations are dropped from both.
 */
final class StepCorruption {

    /** How a step is made wrong. */
    enum Kind {
        SLIP,
        OPERATOR,
        OPERAND
    }

    /** Both solutions, and what was done. */
    record Pair(String chosen, String rejected, Kind kind) {}

    private static final Pattern ANNOTATED = Pattern.compile("<<([^<>=]+)=([^<>=]+)>>");
    private static final Pattern ANSWER = Pattern.compile("#### *(\\S+)\\s*$");
    private static final Pattern NUMBER = Pattern.compile("\\d[\\d,]*\\.?\\d*|\\.\\d+");
    private static final Pattern OPERATOR = Pattern.compile("(?<=[\\d)])[-+*/](?=[\\d(.])");
    private static final int DRAWS = 60;
    private static final int DECIMALS = 2;
    private static final Rational LARGEST = Rational.of(10_000_000);

    private final String question;
    private final String answer;
    private final Random random;

    StepCorruption(String question, String answer, Random random) {
        this.question = question;
        this.answer = answer;
        this.random = random;
    }

    /**
     * The pair; empty where no draw gives a wrong answer (most often because no step is marked).
     */
    Optional<Pair> pair() {
        List<Integer> starts = new ArrayList<>();
        Matcher steps = ANNOTATED.matcher(answer);
        while (steps.find()) {
            starts.add(steps.start());
        }
        if (starts.isEmpty() || !ANSWER.matcher(answer).find()) {
            return Optional.empty();
        }
        Kind[] kinds = Kind.values();
        for (int draw = 0; draw < DRAWS; draw++) {
            Kind kind = kinds[random.nextInt(kinds.length)];
            int step = starts.get(random.nextInt(starts.size()));
            Optional<String> wrong = corrupt(step, kind);
            if (wrong.isPresent()) {
                return Optional.of(new Pair(plain(answer), wrong.get(), kind));
            }
        }
        return Optional.empty();
    }

    /** A solution without the annotations. */
    static String plain(String annotated) {
        return ANNOTATED.matcher(annotated).replaceAll("");
    }

    private Optional<String> corrupt(int from, Kind kind) {
        Map<Rational, String> changed = new HashMap<>();
        StringBuilder text = new StringBuilder();
        Matcher step = ANNOTATED.matcher(answer);
        int read = 0;
        while (step.find()) {
            String before = answer.substring(read, step.start());
            Optional<Rational> old = number(step.group(2));
            String expression = step.group(1);
            read = step.end();
            if (step.start() < from) {
                text.append(before);
                continue;
            }
            if (old.isEmpty()) {
                return Optional.empty();
            }
            Optional<String> result;
            if (step.start() == from) {
                Optional<Wrong> wrong = wrong(kind, before, expression, old.get());
                if (wrong.isEmpty()) {
                    return Optional.empty();
                }
                text.append(wrong.get().before());
                result = Optional.of(wrong.get().result());
            } else {
                text.append(replaced(before, changed));
                String follows = replaced(expression, changed);
                result =
                        follows.equals(expression)
                                ? Optional.of(step.group(2))
                                : Arithmetic.value(follows).flatMap(StepCorruption::shown);
            }
            if (result.isEmpty()) {
                return Optional.empty();
            }
            if (!number(result.get()).equals(old)) {
                changed.put(old.get(), result.get());
            }
            // The result stands again behind the annotation.
            if (answer.startsWith(step.group(2), read)) {
                text.append(result.get());
                read += step.group(2).length();
            }
        }
        return ending(answer.substring(read), changed).map(text::append).map(String::valueOf);
    }

    private Optional<String> ending(String rest, Map<Rational, String> changed) {
        Matcher last = ANSWER.matcher(rest);
        if (!last.find()) {
            return Optional.empty();
        }
        String wrong = number(last.group(1)).map(changed::get).orElse(null);
        return wrong == null
                ? Optional.empty()
                : Optional.of(replaced(rest.substring(0, last.start()), changed) + "#### " + wrong);
    }

    /** The text before a wrong result, and the result. */
    private record Wrong(String before, String result) {}

    private Optional<Wrong> wrong(Kind kind, String before, String expression, Rational right) {
        if (kind == Kind.SLIP) {
            return slip(right).map(result -> new Wrong(before, result));
        }
        int at = before.lastIndexOf(expression);
        if (at < 0) {
            return Optional.empty(); // What is read would still be the right expression.
        }
        String other = kind == Kind.OPERATOR ? otherOperator(expression) : otherOperand(expression);
        Optional<Rational> value = Arithmetic.value(other);
        if (value.isEmpty() || value.get().equals(right)) {
            return Optional.empty();
        }
        return shown(value.get())
                .map(
                        result ->
                                new Wrong(
                                        before.substring(0, at)
                                                + other
                                                + before.substring(at + expression.length()),
                                        result));
    }

    private Optional<String> slip(Rational right) {
        long[] steps = {1, -1, 2, -2, 10, -10};
        int drawn = random.nextInt(steps.length + 1);
        if (drawn < steps.length) {
            return shown(right.plus(Rational.of(steps[drawn])));
        }
        char[] digits = right.toString().toCharArray();
        if (digits.length < 2) {
            return Optional.empty();
        }
        int first = random.nextInt(digits.length - 1);
        char second = digits[first + 1];
        digits[first + 1] = digits[first];
        digits[first] = second;
        return Rational.decimal(new String(digits))
                .filter(value -> !value.equals(right) && digits[0] != '0')
                .flatMap(StepCorruption::shown);
    }

    private String otherOperator(String expression) {
        List<Integer> places = new ArrayList<>();
        Matcher operator = OPERATOR.matcher(expression);
        while (operator.find()) {
            places.add(operator.start());
        }
        if (places.isEmpty()) {
            return expression;
        }
        int at = places.get(random.nextInt(places.size()));
        char other = "+-*/".charAt(random.nextInt(4));
        return expression.substring(0, at) + other + expression.substring(at + 1);
    }

    private String otherOperand(String expression) {
        List<String> known = new ArrayList<>();
        Matcher asked = NUMBER.matcher(question);
        while (asked.find()) {
            number(asked.group()).flatMap(StepCorruption::shown).ifPresent(known::add);
        }
        List<int[]> operands = new ArrayList<>();
        Matcher operand = NUMBER.matcher(expression);
        while (operand.find()) {
            operands.add(new int[] {operand.start(), operand.end()});
        }
        if (known.isEmpty() || operands.isEmpty()) {
            return expression;
        }
        int[] at = operands.get(random.nextInt(operands.size()));
        return expression.substring(0, at[0])
                + known.get(random.nextInt(known.size()))
                + expression.substring(at[1]);
    }

    private static String replaced(String text, Map<Rational, String> changed) {
        return NUMBER.matcher(text)
                .replaceAll(
                        match -> {
                            String found = match.group();
                            String value = found.replaceAll("[.,]+$", "");
                            String other = number(value).map(changed::get).orElse(null);
                            return other == null
                                    ? Matcher.quoteReplacement(found)
                                    : other + found.substring(value.length());
                        });
    }

    private static Optional<Rational> number(String text) {
        return Rational.decimal(text.replace(",", "").replace("$", ""));
    }

    /** As a step would write it; empty for what no step of GSM8K gives. */
    private static Optional<String> shown(Rational value) {
        return value.numerator().signum() > 0 && value.compareTo(LARGEST) < 0
                ? value.decimal(DECIMALS)
                : Optional.empty();
    }
}
