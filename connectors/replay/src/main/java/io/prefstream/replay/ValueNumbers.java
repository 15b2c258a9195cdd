package io.prefstream.replay;

import java.util.BitSet;

/**
 * Numbers of values, such as of those that are still needed. A bit for each number from the lowest
 * one on.
 */
final class ValueNumbers {

    private static final int FORGOTTEN_AT_ONCE = 1 << 18;

    private BitSet numbers = new BitSet();

    /** The number of the first bit. */
    private long base;

    private int noneBelow;
    private long count;

    /**
     * @param base number that no value is below
     */
    ValueNumbers(long base) {
        this.base = base;
    }

    void add(long number) {
        int bit = bit(number);
        numbers.set(bit);
        noneBelow = Math.min(noneBelow, bit);
        count++;
    }

    void remove(long number) {
        numbers.clear(bit(number));
        count--;
    }

    boolean contains(long number) {
        return numbers.get(bit(number));
    }

    long count() {
        return count;
    }

    /** The lowest number; another one if there is none. */
    long first(long none) {
        int bit = numbers.nextSetBit(noneBelow);
        noneBelow = bit < 0 ? numbers.length() : bit;
        return bit < 0 ? none : base + bit;
    }

    /** The lowest number above one; another one if there is none. */
    long after(long number, long none) {
        int bit = numbers.nextSetBit(bit(number) + 1);
        return bit < 0 ? none : base + bit;
    }

    /** Learns that no number below one comes back. */
    void forgetBelow(long number) {
        int bits = bit(number);
        if (bits >= FORGOTTEN_AT_ONCE) {
            numbers = numbers.get(bits, Math.max(bits, numbers.length()));
            base = number;
            noneBelow = 0;
        }
    }

    private int bit(long number) {
        return Math.toIntExact(number - base);
    }
}
