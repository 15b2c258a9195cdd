package io.prefstream.validate;

/**
 * A part of the state of the balances.
 *
 * @param check name of the check that balances
 * @param group what is balanced on its own: a side of the split
 * @param balance pairs with the greater side chosen minus pairs with the greater side rejected
 */
public record BalanceTally(String check, String group, long balance) {}
