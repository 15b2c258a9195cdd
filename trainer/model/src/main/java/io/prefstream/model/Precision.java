package io.prefstream.model;

/** Type of the numbers that matrix products multiply; everything else is 32-bit floats. */
public enum Precision {
    F32,
    /**
     * Both factors rounded to bfloat16, sums in f32: faster where the device has it. In training so
     * is what attention reads and what lies between a feed-forward layer's products.
     */
    BF16
}
