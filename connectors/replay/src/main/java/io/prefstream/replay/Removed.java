package io.prefstream.replay;

/**
 * Items that were taken out of a buffer.
 *
 * @param drawn those that had been drawn, once or more
 * @param undrawn those that never were
 */
public record Removed(long drawn, long undrawn) {

    /** All of them. */
    public long total() {
        return drawn + undrawn;
    }

    Removed plus(Removed more) {
        return new Removed(drawn + more.drawn, undrawn + more.undrawn);
    }
}
