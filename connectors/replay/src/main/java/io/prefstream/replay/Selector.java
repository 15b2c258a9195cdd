package io.prefstream.replay;

import java.util.random.RandomGenerator;

/**
 * A set of slots and a rule that picks one of them. Slots are small numbers in the order in which
 * items arrived: a lower one is older.
 *
 * <p>What is picked is a function of the set, the priorities and the random numbers, never of the
 * way in which the set came about: a selector that was filled anew from storage goes on like the
 * one before. One thread at a time.
 */
interface Selector {

    /** Adds a slot that isn't in the set. */
    void insert(int slot, double priority);

    /** Gives a slot of the set another priority. */
    void update(int slot, double priority);

    /** Takes a slot of the set out. */
    void remove(int slot);

    /** A slot of the set, which must not be empty. */
    int select(RandomGenerator random);

    /** The probability with which {@link #select} picks this slot of the set. */
    double probability(int slot);
}
