package io.prefstream.replay;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Parts of a table that are drawn from in given shares, whatever their sizes. Items of no named
 * stratum form one more, which has the share that is left. The share of a stratum without items is
 * spread over the others in proportion to theirs.
 *
 * @param by what decides on an item's stratum
 * @param shares by stratum; at most 1 together
 */
public record Strata(By by, SortedMap<String, Double> shares) {

    /** No strata. */
    public static final Strata NONE = new Strata(By.NOTHING, Collections.emptySortedMap());

    private static final double ROUNDING = 1e-9;

    /** What decides on an item's stratum. */
    public enum By {
        /** There is one stratum. */
        NOTHING,
        /** The pair's language: {@code java}. */
        LANGUAGE,
        /** How the pair was made: {@code mutation}. */
        STRATEGY,
        /** Both: {@code java/mutation}. */
        LANGUAGE_AND_STRATEGY
    }

    public Strata {
        double sum = 0;
        for (var share : shares.entrySet()) {
            if (!(share.getValue() > 0 && share.getValue() <= 1)) {
                throw new IllegalArgumentException(
                        "replay.strata.shares.%s=%s must be above 0 and at most 1"
                                .formatted(share.getKey(), share.getValue()));
            }
            sum += share.getValue();
        }
        if (sum > 1 + ROUNDING) {
            throw new IllegalArgumentException(
                    "replay strata shares %s: together %s, must be at most 1"
                            .formatted(shares, sum));
        }
        if ((by == By.NOTHING) != shares.isEmpty()) {
            throw new IllegalArgumentException(
                    "replay strata by %s with shares %s: one without the other says nothing"
                            .formatted(by, shares));
        }
        shares = Collections.unmodifiableSortedMap(new TreeMap<>(shares));
    }

    /** Number of strata, that of the items without a name included. */
    int count() {
        return shares.size() + 1;
    }

    /** The strata's names in order; the last one is empty: it is that of all other items. */
    List<String> names() {
        List<String> names = new ArrayList<>(shares.keySet());
        names.add("");
        return names;
    }

    /** The strata's shares, in the order of {@link #names}. */
    double[] sharesInOrder() {
        double[] all = new double[count()];
        double left = 1;
        int i = 0;
        for (double share : shares.values()) {
            all[i++] = share;
            left -= share;
        }
        all[i] = left > ROUNDING ? left : 0;
        return all;
    }

    /** Which stratum an item is of, as an index into {@link #names}. */
    int of(ItemTraits traits) {
        String name =
                switch (by) {
                    case NOTHING -> "";
                    case LANGUAGE -> traits.language();
                    case STRATEGY -> traits.strategy();
                    case LANGUAGE_AND_STRATEGY -> traits.language() + "/" + traits.strategy();
                };
        return shares.containsKey(name) ? shares.headMap(name).size() : shares.size();
    }
}
