package io.prefstream.trainer;

/**
 * What a margin, the reward of chosen minus that of rejected, says of a pair. Every accuracy here
 * counts by this; only the scores of benchmarks count as their own programs do.
 */
public enum Outcome {
    WRONG('0', 0),
    /** Half right, as a coin would have it: a model that says the same of all pairs has 0.5. */
    TIE('=', 0.5),
    RIGHT('1', 1);

    private final char symbol;
    private final double right;

    Outcome(char symbol, double right) {
        this.symbol = symbol;
        this.right = right;
    }

    /** Of a margin; one that is no number is wrong. */
    public static Outcome of(double margin) {
        return margin > 0 ? RIGHT : margin == 0 ? TIE : WRONG;
    }

    /** How much of a right judgement it is, from 0 to 1. */
    public double right() {
        return right;
    }

    /** As it is kept in a trunk. */
    char symbol() {
        return symbol;
    }

    /**
     * The one with a symbol.
     *
     * @throws IllegalArgumentException if none has it
     */
    static Outcome ofSymbol(char symbol) {
        for (Outcome outcome : values()) {
            if (outcome.symbol == symbol) {
                return outcome;
            }
        }
        throw new IllegalArgumentException("'%s' is no outcome".formatted(symbol));
    }
}
