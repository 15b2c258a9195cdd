package io.prefstream.replay;

import java.util.random.RandomGenerator;

/**
 * A random generator whose whole state is one long, so that it can be saved with a checkpoint and
 * goes on with the same numbers.
 *
 * <p>The generator of Steele, Lea and Flood, "Fast splittable pseudorandom number generators"
 * (OOPSLA 2014) with a fixed gamma. Not for secrets.
 */
public final class SplitMix64 implements RandomGenerator {

    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    private long state;

    /** A generator that goes on from a seed or a saved state. */
    public SplitMix64(long state) {
        this.state = state;
    }

    @Override
    public long nextLong() {
        state += GOLDEN_GAMMA;
        long z = state;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /** What {@link #SplitMix64(long)} needs to go on from here. */
    public long state() {
        return state;
    }
}
