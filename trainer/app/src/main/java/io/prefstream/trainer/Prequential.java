package io.prefstream.trainer;

/**
 * Accuracy on fresh pairs, each judged before it may be trained on: over the last {@code window}
 * pairs and over all.
 */
final class Prequential {

    private final OutcomeWindow window;
    private long seen;
    private double right;

    /** Goes on from what {@link #save} gave; of a longer window the newest outcomes are kept. */
    Prequential(Saved saved, int window) {
        this.window = OutcomeWindow.parse(saved.outcomes(), window);
        this.seen = saved.seen();
        this.right = saved.right();
    }

    void add(Outcome outcome) {
        window.add(outcome);
        seen++;
        right += outcome.right();
    }

    Accuracy overall() {
        return new Accuracy(right, seen);
    }

    Accuracy recent() {
        return window.accuracy(0, window.size());
    }

    Saved save() {
        return new Saved(seen, right, window.text());
    }

    /** Totals, and the window's outcomes as their symbols, oldest first. */
    record Saved(long seen, double right, String outcomes) {
        static final Saved NONE = new Saved(0, 0, "");
    }
}
