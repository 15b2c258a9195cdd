package io.prefstream.replay;

import java.time.Duration;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The tables of a buffer and how a draw is mixed from them.
 *
 * @param tables in order; insertions go to the first one, and what a table hands on goes to a later
 *     one
 * @param mix share of a draw by table; together 1. The share of a table that has nothing to give is
 *     spread over the others
 * @param importanceExponent β of the samples' weights {@code (size · probability)^−β}; 0 for equal
 *     weights
 * @param starvationAfter how long a draw or an insertion waits before somebody is told
 */
public record ReplaySettings(
        List<TableSettings> tables,
        SortedMap<String, Double> mix,
        double importanceExponent,
        Duration starvationAfter) {

    /** The table that new items go to where there is more than one. */
    public static final String FRESH = "fresh";

    /** The table of items that have left {@link #FRESH}. */
    public static final String HISTORY = "history";

    /** The share of history in a draw unless said otherwise. */
    public static final double HISTORY_FRACTION = 0.25;

    private static final Duration STARVATION = Duration.ofMinutes(1);
    private static final double ROUNDING = 1e-9;
    private static final int MOST_TABLES = 100;

    public ReplaySettings {
        tables = List.copyOf(tables);
        if (tables.isEmpty() || tables.size() > MOST_TABLES) {
            throw new IllegalArgumentException(
                    "replay buffer with %,d tables: must be 1 to %d"
                            .formatted(tables.size(), MOST_TABLES));
        }
        Set<String> before = new HashSet<>();
        for (TableSettings table : tables) {
            if (!before.add(table.name())) {
                throw new IllegalArgumentException(
                        "replay table %s is there twice".formatted(table.name()));
            }
        }
        Set<String> later = new HashSet<>(before);
        for (TableSettings table : tables) {
            later.remove(table.name());
            if (table.overflow().isPresent() && !later.contains(table.overflow().get())) {
                throw new IllegalArgumentException(
                        "replay table %s hands on to %s, which is none of the tables after it: %s"
                                .formatted(table.name(), table.overflow().get(), later));
            }
        }
        double sum = 0;
        for (var share : mix.entrySet()) {
            if (!before.contains(share.getKey())) {
                throw new IllegalArgumentException(
                        "replay mix names the table %s; there are: %s"
                                .formatted(share.getKey(), before));
            }
            if (!(share.getValue() >= 0 && share.getValue() <= 1)) {
                throw new IllegalArgumentException(
                        "replay mix of %s=%s: must be in [0, 1]"
                                .formatted(share.getKey(), share.getValue()));
            }
            sum += share.getValue();
        }
        if (Math.abs(sum - 1) > ROUNDING) {
            throw new IllegalArgumentException(
                    "replay mix %s: together %s, must be 1".formatted(mix, sum));
        }
        if (!(importanceExponent >= 0 && importanceExponent <= 1)) {
            throw new IllegalArgumentException(
                    "replay.importance.exponent=%s must be in [0, 1]"
                            .formatted(importanceExponent));
        }
        mix = Collections.unmodifiableSortedMap(new TreeMap<>(mix));
    }

    /** One table. */
    public static ReplaySettings of(TableSettings table) {
        TreeMap<String, Double> mix = new TreeMap<>();
        mix.put(table.name(), 1.0);
        return new ReplaySettings(List.of(table), mix, 0, STARVATION);
    }

    /**
     * Two tables: what leaves the first one goes to the second one.
     *
     * @param historyFraction share of a draw that comes from the second one
     */
    public static ReplaySettings freshAndHistory(
            TableSettings fresh, TableSettings history, double historyFraction) {
        TreeMap<String, Double> mix = new TreeMap<>();
        mix.put(fresh.name(), 1 - historyFraction);
        mix.put(history.name(), historyFraction);
        return new ReplaySettings(
                List.of(fresh.overflowingTo(history.name()), history), mix, 0, STARVATION);
    }

    /** One table: uniform sampling, any number of uses. */
    public static ReplaySettings uniform(long capacity) {
        return of(TableSettings.table(FRESH, capacity).build());
    }

    /** Tables that nothing ever leaves; {@link #FRESH} alone if none is named. */
    static ReplaySettings unbounded(List<String> names) {
        List<String> named = names.isEmpty() ? List.of(FRESH) : names;
        TreeMap<String, Double> mix = new TreeMap<>();
        mix.put(named.get(0), 1.0);
        return new ReplaySettings(
                named.stream()
                        .map(name -> TableSettings.table(name, Long.MAX_VALUE).build())
                        .toList(),
                mix,
                0,
                STARVATION);
    }

    /** One table: oldest first, each item used once. */
    public static ReplaySettings queue(long capacity) {
        return of(
                TableSettings.table(FRESH, capacity)
                        .sampler(Selection.FIFO)
                        .maxTimesSampled(1)
                        .build());
    }

    /** Whether what may be drawn depends on the version of the model. */
    public boolean countsVersions() {
        return tables.stream().anyMatch(t -> t.staleness().maxVersions() != null);
    }

    /** Whether priorities make a difference in any table. */
    public boolean usesPriorities() {
        return tables.stream()
                .anyMatch(t -> t.sampler().usesPriorities() || t.remover().usesPriorities());
    }

    /** The same with another β. */
    public ReplaySettings withImportanceExponent(double exponent) {
        return new ReplaySettings(tables, mix, exponent, starvationAfter);
    }

    /** The same with another patience. */
    public ReplaySettings withStarvationAfter(Duration after) {
        return new ReplaySettings(tables, mix, importanceExponent, after);
    }
}
