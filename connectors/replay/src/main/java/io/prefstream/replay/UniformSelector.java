package io.prefstream.replay;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * Every slot with the same probability. A bit a slot, and a {@link SumTree} of how many there are
 * in each block of them, which stays in the processor's cache where one of single slots wouldn't.
 */
final class UniformSelector implements Selector {

    private static final int WORDS = 8;
    private static final int BLOCK = WORDS * Long.SIZE;

    private final SumTree counts = new SumTree();
    private long[] words = new long[WORDS];

    @Override
    public void insert(int slot, double priority) {
        int word = slot / Long.SIZE;
        if (word >= words.length) {
            words = Arrays.copyOf(words, 2 * (word / WORDS + 1) * WORDS);
        }
        if (!has(slot)) {
            words[word] |= 1L << slot;
            counts.add(slot / BLOCK, 1);
        }
    }

    @Override
    public void update(int slot, double priority) {
        // All are equal.
    }

    @Override
    public void remove(int slot) {
        if (has(slot)) {
            words[slot / Long.SIZE] &= ~(1L << slot);
            counts.add(slot / BLOCK, -1);
        }
    }

    /** The slot before which there are as many as a random number says. */
    @Override
    public int select(RandomGenerator random) {
        long before = random.nextLong(counts.total());
        int block = counts.find(before);
        int left = (int) (before - counts.before(block));
        int word = block * WORDS;
        while (left >= Long.bitCount(words[word])) {
            left -= Long.bitCount(words[word]);
            word++;
        }
        long bits = words[word];
        for (; left > 0; left--) {
            bits &= bits - 1;
        }
        return word * Long.SIZE + Long.numberOfTrailingZeros(bits);
    }

    @Override
    public double probability(int slot) {
        return has(slot) ? 1.0 / counts.total() : 0;
    }

    private boolean has(int slot) {
        return slot / Long.SIZE < words.length && (words[slot / Long.SIZE] >>> slot & 1) == 1;
    }
}
