package io.prefstream.replay;

import java.util.BitSet;
import java.util.random.RandomGenerator;

/**
 * Slots in proportion to {@code priority^exponent}; where all priorities are 0, every slot with the
 * same probability.
 *
 * <p>Schaul et al., "Prioritized experience replay" (2016), proportional variant. Weights are kept
 * in units of 2⁻¹⁶, at least one unit for a priority above 0, so that those of all slots there can
 * be fit a long.
 */
final class PrioritizedSelector implements Selector {

    /** The largest {@code priority^exponent}: 2¹⁶. */
    static final double LARGEST = 1 << 16;

    private static final double UNITS = 1 << 16;

    private final double exponent;
    private final SumTree weights = new SumTree();
    private final BitSet slots = new BitSet();

    PrioritizedSelector(double exponent) {
        this.exponent = exponent;
    }

    /** The weight of a priority, in units; above {@link #LARGEST} it stays there. */
    static long weight(double priority, double exponent) {
        if (exponent == 0) {
            return 1;
        }
        if (priority == 0) {
            return 0;
        }
        double weight = Math.min(StrictMath.pow(priority, exponent), LARGEST);
        return Math.max(1, Math.round(weight * UNITS));
    }

    @Override
    public void insert(int slot, double priority) {
        weights.set(slot, weight(priority, exponent));
        slots.set(slot);
    }

    @Override
    public void update(int slot, double priority) {
        weights.set(slot, weight(priority, exponent));
    }

    @Override
    public void remove(int slot) {
        weights.set(slot, 0);
        slots.clear(slot);
    }

    @Override
    public int select(RandomGenerator random) {
        if (weights.total() > 0) {
            return weights.find(random.nextLong(weights.total()));
        }
        int slot = slots.nextSetBit(0);
        for (int skip = random.nextInt(slots.cardinality()); skip > 0; skip--) {
            slot = slots.nextSetBit(slot + 1);
        }
        return slot;
    }

    @Override
    public double probability(int slot) {
        if (weights.total() > 0) {
            return (double) weights.get(slot) / weights.total();
        }
        return slots.get(slot) ? 1.0 / slots.cardinality() : 0;
    }
}
