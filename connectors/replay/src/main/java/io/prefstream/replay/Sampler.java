package io.prefstream.replay;

/** Which item of the table a sample is. */
public enum Sampler {
    /** Every item with the same probability, with replacement. */
    UNIFORM,
    /**
     * The oldest item. Only sensible with a maximum of uses, which turns the table into a queue;
     * without one it would give the same item for ever.
     */
    FIFO
}
