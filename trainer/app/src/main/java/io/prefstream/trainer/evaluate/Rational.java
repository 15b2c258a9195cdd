package io.prefstream.trainer.evaluate;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Optional;

/**
 * An exact number, in lowest terms, its denominator above 0.
 *
 * @param numerator with the sign
 */
record Rational(BigInteger numerator, BigInteger denominator) implements Comparable<Rational> {

    /** More digits than any answer has; what is longer is not read, so that nothing explodes. */
    private static final int MOST_DIGITS = 60;

    Rational {
        if (denominator.signum() == 0) {
            throw new ArithmeticException("division by zero");
        }
        BigInteger common = numerator.gcd(denominator);
        if (denominator.signum() < 0) {
            common = common.negate();
        }
        numerator = numerator.divide(common);
        denominator = denominator.divide(common);
    }

    static Rational of(long value) {
        return new Rational(BigInteger.valueOf(value), BigInteger.ONE);
    }

    /** A plain decimal such as {@code -12}, {@code .5} or {@code 3.}; empty if it is none. */
    static Optional<Rational> decimal(String text) {
        if (!text.matches("-?(\\d+\\.?\\d*|\\.\\d+)") || text.length() > MOST_DIGITS) {
            return Optional.empty();
        }
        BigDecimal value = new BigDecimal(text.endsWith(".") ? text + "0" : text);
        return Optional.of(
                new Rational(
                        value.unscaledValue(), BigInteger.TEN.pow(Math.max(0, value.scale()))));
    }

    Rational plus(Rational other) {
        return new Rational(
                numerator.multiply(other.denominator).add(other.numerator.multiply(denominator)),
                denominator.multiply(other.denominator));
    }

    Rational minus(Rational other) {
        return plus(other.negated());
    }

    Rational times(Rational other) {
        return new Rational(
                numerator.multiply(other.numerator), denominator.multiply(other.denominator));
    }

    /**
     * The quotient.
     *
     * @throws ArithmeticException if {@code other} is 0
     */
    Rational over(Rational other) {
        return new Rational(
                numerator.multiply(other.denominator), denominator.multiply(other.numerator));
    }

    Rational negated() {
        return new Rational(numerator.negate(), denominator);
    }

    /** As a decimal of at most so many digits behind the point; empty if it needs more. */
    Optional<String> decimal(int digits) {
        BigDecimal exact = new BigDecimal(numerator);
        try {
            return Optional.of(
                    exact.divide(new BigDecimal(denominator), digits, RoundingMode.UNNECESSARY)
                            .stripTrailingZeros()
                            .toPlainString());
        } catch (ArithmeticException e) {
            return Optional.empty();
        }
    }

    @Override
    public int compareTo(Rational other) {
        return numerator
                .multiply(other.denominator)
                .compareTo(other.numerator.multiply(denominator));
    }

    @Override
    public String toString() {
        return denominator.equals(BigInteger.ONE)
                ? numerator.toString()
                : numerator + "/" + denominator;
    }
}
