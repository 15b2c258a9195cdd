package io.prefstream.trainer;

/**
 * Accuracy on fresh pairs, each judged before it may be trained on: over the last {@code window}
 * pairs and over all.
 */
final class Prequential {

    private final boolean[] window;
    private long seen;
    private long right;

    Prequential(int window) {
        this.window = new boolean[window];
    }

    /** Goes on from what {@link #save} gave; a window of another size keeps only the totals. */
    static Prequential restore(Saved saved, int window) {
        Prequential prequential = new Prequential(window);
        if (saved.outcomes().length() == Math.min(saved.seen(), window)) {
            long first = saved.seen() - saved.outcomes().length();
            for (int i = 0; i < saved.outcomes().length(); i++) {
                prequential.window[(int) ((first + i) % window)] =
                        saved.outcomes().charAt(i) == '1';
            }
        }
        prequential.seen = saved.seen();
        prequential.right = saved.right();
        return prequential;
    }

    void add(boolean wasRight) {
        window[(int) (seen % window.length)] = wasRight;
        seen++;
        right += wasRight ? 1 : 0;
    }

    Accuracy overall() {
        return new Accuracy(right, seen);
    }

    Accuracy recent() {
        int filled = (int) Math.min(seen, window.length);
        long count = 0;
        for (int i = 0; i < filled; i++) {
            count += window[i] ? 1 : 0;
        }
        return new Accuracy(count, filled);
    }

    Saved save() {
        int filled = (int) Math.min(seen, window.length);
        StringBuilder outcomes = new StringBuilder(filled);
        for (long i = seen - filled; i < seen; i++) {
            outcomes.append(window[(int) (i % window.length)] ? '1' : '0');
        }
        return new Saved(seen, right, outcomes.toString());
    }

    /** Totals, and the window's outcomes as 0 and 1, oldest first. */
    record Saved(long seen, long right, String outcomes) {}
}
