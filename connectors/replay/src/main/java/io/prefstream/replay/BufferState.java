package io.prefstream.replay;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksIterator;

/**
 * A buffer in memory: tables, counters, the removers' random numbers. Read from storage when the
 * buffer is opened, about a second for a million items.
 */
final class BufferState {

    private static final long FIRST_RANDOM = 0x5EED;

    final List<Table> tables = new ArrayList<>();
    final Repositories repositories = new Repositories();
    long nextSequence;
    long version;
    SplitMix64 random = new SplitMix64(FIRST_RANDOM);

    private final SortedMap<String, Double> mix;

    private BufferState(SortedMap<String, Double> mix) {
        this.mix = mix;
    }

    /**
     * Reads what a store holds, which may be nothing.
     *
     * @throws ReplayException if it holds items of a table that the settings don't name, or another
     *     layout
     */
    static BufferState read(Store store, ReplaySettings settings, long now) {
        BufferState state = new BufferState(settings.mix());
        byte[] counters = store.get(TableLayout.COUNTERS);
        if (counters != null && LayoutV1.is(counters)) {
            LayoutV1.migrate(store, settings.tables().get(0).name(), now);
            counters = store.must(TableLayout.COUNTERS, "counters");
        }
        if (counters != null && LayoutV2.is(counters)) {
            LayoutV2.migrate(store);
            counters = store.must(TableLayout.COUNTERS, "counters");
        }
        if (counters != null) {
            state.readCounters(counters, store);
        }
        state.readTables(store, settings);
        for (Table table : state.tables) {
            readItems(store, table);
        }
        store.deleteValuesBelow(state.lowestValue());
        return state;
    }

    /** The tables that a store holds; a store of the first layout names none. */
    static List<String> tableNames(Store store) {
        List<String> names = new ArrayList<>();
        store.forEach(
                TableLayout.table(""),
                (key, counters) -> names.add(TableLayout.text(key).substring(1)));
        return names;
    }

    /** What {@link #read} needs to go on from here. */
    byte[] counters() {
        return TableLayout.longs(TableLayout.VERSION, nextSequence, random.state(), version);
    }

    /**
     * @throws IllegalArgumentException if there is no table of that name
     */
    Table table(String name) {
        return tables.stream()
                .filter(table -> table.name().equals(name))
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "no replay table %s; there are: %s"
                                                .formatted(
                                                        name,
                                                        tables.stream()
                                                                .map(Table::name)
                                                                .toList())));
    }

    /** The table that takes what leaves another one, which may be none. */
    @Nullable Table overflow(Table table) {
        return table.settings().overflow().map(this::table).orElse(null);
    }

    /**
     * What a table's limiter goes by: its counters with those of the tables that it hands on to and
     * that are drawn from, as one, so that an item that has gone on to history still counts as
     * inserted once.
     */
    ReplayStats limited(Table table) {
        List<ReplayStats> counted = new ArrayList<>();
        for (Table one = table; one != null; one = overflow(one)) {
            if (one == table || mix.getOrDefault(one.name(), 0.0) > 0) {
                counted.add(one.counters().stats());
            }
        }
        return ReplayStats.total(counted);
    }

    /** The stratum that all items are in, which there may not be. */
    Optional<Lane> onlyLane() {
        return tables.size() == 1 && tables.get(0).lanes().size() == 1
                ? Optional.of(tables.get(0).lanes().get(0))
                : Optional.empty();
    }

    /** A number that no item's value is below; the highest one where there is one stratum. */
    long firstValue() {
        return onlyLane().map(lane -> lane.firstValue(nextSequence)).orElse(0L);
    }

    private long lowestValue() {
        return tables.stream()
                .flatMap(table -> table.lanes().stream())
                .flatMapToLong(Lane::values)
                .min()
                .orElse(nextSequence);
    }

    /** The counters of each table. */
    List<ReplayStats> stats() {
        return tables.stream().map(table -> table.counters().stats()).toList();
    }

    private void readCounters(byte[] bytes, Store store) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        long layout = buffer.getLong();
        if (layout != TableLayout.VERSION) {
            throw new ReplayException(
                    "replay table in %s has layout %d, this program reads layouts 1 to %d"
                            .formatted(store.folder(), layout, TableLayout.VERSION));
        }
        nextSequence = buffer.getLong();
        random = new SplitMix64(buffer.getLong());
        version = buffer.getLong();
    }

    private void readTables(Store store, ReplaySettings settings) {
        List<String> unnamed = new ArrayList<>();
        List<Long> numbers = new ArrayList<>();
        store.forEach(
                TableLayout.table(""),
                (key, counters) -> {
                    String name = TableLayout.text(key).substring(1);
                    ByteBuffer buffer = ByteBuffer.wrap(counters);
                    numbers.add(buffer.getLong());
                    long size = buffer.getLong();
                    if (size > 0
                            && settings.tables().stream().noneMatch(t -> t.name().equals(name))) {
                        unnamed.add("%s with %,d items".formatted(name, size));
                    }
                });
        if (!unnamed.isEmpty()) {
            throw new ReplayException(
                    "replay table in %s holds %s, which the settings don't name"
                            .formatted(store.folder(), String.join(" and ", unnamed)));
        }
        int next = (int) numbers.stream().mapToLong(Long::longValue).max().orElse(-1) + 1;
        for (TableSettings table : settings.tables()) {
            byte @Nullable [] saved = store.get(TableLayout.table(table.name()));
            if (saved == null) {
                tables.add(new Table(next++, table, new TableCounters(), repositories));
            } else {
                ByteBuffer buffer = ByteBuffer.wrap(saved);
                int number = (int) buffer.getLong();
                Table read = new Table(number, table, TableCounters.of(buffer), repositories);
                // Tables of the second layout have all their items.
                read.wroteFirst(buffer.hasRemaining() ? buffer.getLong() : 0);
                tables.add(read);
            }
        }
    }

    /** Items and what became of them lie in the same order. */
    private static void readItems(Store store, Table table) {
        table.reserve(table.counters().size);
        byte[] firstItem = TableLayout.itemsOf(table.number());
        byte[] firstDrawn = TableLayout.drawnOf(table.number());
        long read = 0;
        try (RocksIterator items = store.iterator();
                RocksIterator drawn = store.iterator()) {
            drawn.seek(TableLayout.drawn(table.number(), table.firstWritten()));
            for (items.seek(TableLayout.item(table.number(), table.firstWritten()));
                    items.isValid() && TableLayout.startsWith(items.key(), firstItem);
                    items.next(), read++) {
                long sequence = TableLayout.sequenceOf(items.key());
                ItemRecord item = ItemRecord.of(items.value());
                long times = item.timesSampled();
                double priority = item.priority();
                if (drawn.isValid()
                        && TableLayout.startsWith(drawn.key(), firstDrawn)
                        && TableLayout.sequenceOf(drawn.key()) == sequence) {
                    ByteBuffer changed = ByteBuffer.wrap(drawn.value());
                    times = changed.getLong();
                    priority = changed.getDouble();
                    drawn.next();
                }
                table.laneOf(item.traits()).append(sequence, item, times, priority);
                table.keys().put(KeyIndex.hash(item.key()), sequence);
            }
            store.checked(items);
            store.checked(drawn);
        }
        if (read != table.counters().size) {
            throw store.inconsistent(
                    "table %s counts %,d items and has %,d"
                            .formatted(table.name(), table.counters().size, read));
        }
    }
}
