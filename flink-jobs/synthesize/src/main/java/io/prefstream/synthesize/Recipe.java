package io.prefstream.synthesize;

import io.prefstream.synthesize.kinds.KindSettings;
import io.prefstream.synthesize.tests.TestSettings;
import java.io.Serializable;
import java.util.List;

/**
 * What is made of snippets.
 *
 * @param shares of the strategies
 * @param seed part of every attempt's seed
 * @param kinds who says what code is for, and which of it is wanted
 * @param tests that are written of functions
 */
public record Recipe(List<StrategyShare> shares, long seed, KindSettings kinds, TestSettings tests)
        implements Serializable {

    public Recipe {
        shares = List.copyOf(shares);
    }

    /** Pairs alone: nobody classifies or writes tests. */
    public static Recipe of(List<StrategyShare> shares, long seed) {
        return new Recipe(shares, seed, KindSettings.NONE, TestSettings.NONE);
    }
}
