package io.prefstream.validate;

/**
 * A part of the state of the length balance.
 *
 * @param group what is balanced on its own: a side of the split
 * @param balance pairs with the longer side chosen minus pairs with the longer side rejected
 */
public record LengthTally(String group, long balance) {}
