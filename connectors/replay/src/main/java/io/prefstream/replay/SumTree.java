package io.prefstream.replay;

/**
 * Whole-numbered weights of slots, their sum, and the slot at a point of it. A binary tree of sums
 * in one array: a change and a search cost the logarithm of the number of slots, a slot takes 16 to
 * 32 bytes.
 *
 * <p>Weights are longs so that sums are exact: they don't drift with updates, and don't depend on
 * the order of additions.
 */
final class SumTree {

    private static final int SMALLEST = 64;

    private int leaves = SMALLEST;
    private long[] sums = new long[2 * SMALLEST];

    /** The weight of a slot; 0 if it was never set. */
    long get(int slot) {
        return slot < leaves ? sums[leaves + slot] : 0;
    }

    /** The sum of all weights. */
    long total() {
        return sums[1];
    }

    /** Sets a slot's weight, at least 0; all together must fit a long. */
    void set(int slot, long weight) {
        add(slot, weight - get(slot));
    }

    /** Adds to a slot's weight, which stays at least 0. */
    void add(int slot, long change) {
        if (slot >= leaves) {
            grow(slot);
        }
        for (int node = leaves + slot; node > 0; node >>= 1) {
            sums[node] += change;
        }
    }

    /** The slot in whose part of the sum a point of [0, total) lies; slots are in order. */
    int find(long point) {
        long left = point;
        int node = 1;
        while (node < leaves) {
            node <<= 1;
            if (left >= sums[node]) {
                left -= sums[node];
                node++;
            }
        }
        return node - leaves;
    }

    /** The sum of the weights of all slots before one. */
    long before(int slot) {
        long sum = 0;
        for (int node = leaves + slot; node > 1; node >>= 1) {
            sum += (node & 1) == 1 ? sums[node - 1] : 0;
        }
        return sum;
    }

    private void grow(int slot) {
        int wanted = Integer.highestOneBit(slot) << 1;
        long[] grown = new long[2 * wanted];
        System.arraycopy(sums, leaves, grown, wanted, leaves);
        for (int node = wanted - 1; node > 0; node--) {
            grown[node] = grown[2 * node] + grown[2 * node + 1];
        }
        leaves = wanted;
        sums = grown;
    }
}
