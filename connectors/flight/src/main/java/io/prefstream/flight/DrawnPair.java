package io.prefstream.flight;

import io.prefstream.schemas.PreferencePair;

/**
 * A pair drawn from a replay table.
 *
 * @param probability with which this draw picked it
 * @param weight that makes a mean over draws one over the table: {@code 1 / (size · probability)},
 *     1 for uniform draws
 * @param timesSampled how often it was drawn, this draw included
 * @param tableSize pairs in the table when it was drawn
 */
public record DrawnPair(
        PreferencePair pair,
        double probability,
        double weight,
        long timesSampled,
        long tableSize) {}
