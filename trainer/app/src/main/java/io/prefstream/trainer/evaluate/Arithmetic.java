package io.prefstream.trainer.evaluate;

import java.util.Optional;

/** Values of expressions of decimals, {@code + - * /} and parentheses, exactly. */
final class Arithmetic {
    private final String text;
    private int at;

    private Arithmetic(String text) {
        this.text = text.replace(" ", "");
    }

    /** The value; empty for what is no such expression, or divides by zero. */
    static Optional<Rational> value(String expression) {
        Arithmetic reader = new Arithmetic(expression);
        try {
            Rational value = reader.sum();
            return reader.at == reader.text.length() ? Optional.of(value) : Optional.empty();
        } catch (ArithmeticException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    private Rational sum() {
        Rational value = product();
        while (at < text.length() && (text.charAt(at) == '+' || text.charAt(at) == '-')) {
            boolean plus = text.charAt(at++) == '+';
            Rational next = product();
            value = plus ? value.plus(next) : value.minus(next);
        }
        return value;
    }

    private Rational product() {
        Rational value = factor();
        while (at < text.length() && (text.charAt(at) == '*' || text.charAt(at) == '/')) {
            boolean times = text.charAt(at++) == '*';
            Rational next = factor();
            value = times ? value.times(next) : value.over(next);
        }
        return value;
    }

    private Rational factor() {
        if (at < text.length() && text.charAt(at) == '-') {
            at++;
            return factor().negated();
        }
        if (at < text.length() && text.charAt(at) == '(') {
            at++;
            Rational value = sum();
            if (at == text.length() || text.charAt(at) != ')') {
                throw new NumberFormatException("an open parenthesis");
            }
            at++;
            return value;
        }
        int from = at;
        while (at < text.length()
                && (Character.isDigit(text.charAt(at)) || text.charAt(at) == '.')) {
            at++;
        }
        return Rational.decimal(text.substring(from, at))
                .orElseThrow(() -> new NumberFormatException("no number"));
    }
}
