package io.prefstream.replay;

import java.util.BitSet;
import java.util.random.RandomGenerator;

/** The oldest or the newest slot. One bit a slot. */
final class ArrivalSelector implements Selector {

    private final boolean oldest;
    private final BitSet slots = new BitSet();
    private int noneBelow;

    ArrivalSelector(boolean oldest) {
        this.oldest = oldest;
    }

    @Override
    public void insert(int slot, double priority) {
        slots.set(slot);
        noneBelow = Math.min(noneBelow, slot);
    }

    @Override
    public void update(int slot, double priority) {
        // The order is that of arrival.
    }

    @Override
    public void remove(int slot) {
        slots.clear(slot);
    }

    @Override
    public int select(RandomGenerator random) {
        return selected();
    }

    @Override
    public double probability(int slot) {
        return slot == selected() ? 1 : 0;
    }

    private int selected() {
        if (!oldest) {
            return slots.length() - 1;
        }
        noneBelow = slots.nextSetBit(noneBelow);
        return noneBelow;
    }
}
