package io.prefstream.validate.bias;

/**
 * How often a rule predicts the label.
 *
 * @param correct pairs it gets right; halves for what it has to guess
 * @param pairs pairs it was tried on
 */
public record Accuracy(double correct, long pairs) {

    /** The normal distribution's quantile for an interval of 95 %, 2.5 % on each side. */
    private static final double Z = 1.959963984540054;

    Accuracy plus(Accuracy other) {
        return new Accuracy(correct + other.correct, pairs + other.pairs);
    }

    /** The share it gets right; one half where there is no pair. */
    public double share() {
        return pairs == 0 ? 0.5 : correct / pairs;
    }

    /**
     * The lower end of Wilson's score interval at 95 % (Wilson 1927); 0 where there is no pair.
     * Halves vary less than the interval believes, so that it errs to the low side.
     */
    public double lowerBound() {
        if (pairs == 0) {
            return 0;
        }
        double p = share();
        double spread = Z * Math.sqrt(p * (1 - p) / pairs + Z * Z / (4.0 * pairs * pairs));
        return (p + Z * Z / (2.0 * pairs) - spread) / (1 + Z * Z / pairs);
    }
}
