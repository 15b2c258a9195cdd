package io.prefstream.replay;

import java.util.random.RandomGenerator;

/** Every slot with the same probability. */
final class UniformSelector implements Selector {

    private final SumTree slots = new SumTree();

    @Override
    public void insert(int slot, double priority) {
        slots.set(slot, 1);
    }

    @Override
    public void update(int slot, double priority) {
        // All are equal.
    }

    @Override
    public void remove(int slot) {
        slots.set(slot, 0);
    }

    @Override
    public int select(RandomGenerator random) {
        return slots.find(random.nextLong(slots.total()));
    }

    @Override
    public double probability(int slot) {
        return (double) slots.get(slot) / slots.total();
    }
}
