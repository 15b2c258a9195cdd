package io.prefstream.replay;

/**
 * Which item of a table is meant: the next sample, or the next one to leave for want of room.
 *
 * <p>Reverb's selectors. Samplers and removers are the same thing; a table has one of each.
 */
public enum Selection {
    /** The oldest item. */
    FIFO,
    /** The newest item. */
    LIFO,
    /** Every item with the same probability. */
    UNIFORM,
    /** An item with a probability in proportion to its priority to the power of an exponent. */
    PRIORITIZED,
    /** The item of the lowest priority; the oldest of several. */
    MIN_HEAP,
    /** The item of the highest priority; the oldest of several. */
    MAX_HEAP;

    /** Whether priorities make a difference. */
    public boolean usesPriorities() {
        return this == PRIORITIZED || this == MIN_HEAP || this == MAX_HEAP;
    }

    /** A selector of this kind over no items. */
    Selector selector(double exponent) {
        return switch (this) {
            case FIFO -> new ArrivalSelector(true);
            case LIFO -> new ArrivalSelector(false);
            case UNIFORM -> new UniformSelector();
            case PRIORITIZED -> new PrioritizedSelector(exponent);
            case MIN_HEAP -> new HeapSelector(false);
            case MAX_HEAP -> new HeapSelector(true);
        };
    }
}
