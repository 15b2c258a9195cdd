package io.prefstream.execution;

/**
 * How many of its tests an answer passes.
 *
 * @param passed tests that ended without an error
 * @param late tests that were stopped because they took too long
 * @param unreported tests of which nothing was heard, because an earlier one ended the run
 * @param total all tests, at least 1
 * @param ending how the run ended, in words
 */
public record PassRate(int passed, int late, int unreported, int total, String ending) {

    /** The part that passes, in [0, 1]. */
    public double value() {
        return (double) passed / total;
    }

    /** In one line for people. */
    public String describe() {
        StringBuilder text = new StringBuilder("passes %,d of %,d tests".formatted(passed, total));
        if (late > 0) {
            text.append(", %,d took too long".formatted(late));
        }
        if (unreported > 0) {
            text.append(", %,d were not reached (%s)".formatted(unreported, ending));
        }
        return text.toString();
    }
}
