package io.prefstream.validate.bias;

/**
 * Which side was chosen, by a comparison of the two sides.
 *
 * @param greater pairs with the greater side chosen
 * @param smaller pairs with the smaller side chosen
 * @param equal pairs whose sides the comparison does not tell apart
 */
public record Score(long greater, long smaller, long equal) {

    /** Of no pair. */
    static final Score NONE = new Score(0, 0, 0);

    /** Of one pair, by the sign of the chosen side's number minus the rejected one's. */
    static Score of(double difference) {
        return new Score(difference > 0 ? 1 : 0, difference < 0 ? 1 : 0, difference == 0 ? 1 : 0);
    }

    Score plus(Score other) {
        return new Score(greater + other.greater, smaller + other.smaller, equal + other.equal);
    }

    /**
     * What the better of "the greater side wins" and "the smaller side wins" predicts. On equal
     * sides it has to guess, and is right half the time.
     */
    Accuracy accuracy() {
        return new Accuracy(Math.max(greater, smaller) + equal / 2.0, greater + smaller + equal);
    }
}
