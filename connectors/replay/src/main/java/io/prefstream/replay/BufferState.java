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
 * buffer is opened, some three seconds for a million items.
 */
final class BufferState {

    private static final long FIRST_RANDOM = 0x5EED;

    final List<Table> tables = new ArrayList<>();
    final KnownTraits known = new KnownTraits();
    long nextNumber;
    long nextSequence;
    long version;
    SplitMix64 random = new SplitMix64(FIRST_RANDOM);

    private final SortedMap<String, Double> mix;
    private ValueNumbers live = new ValueNumbers(0);
    private long firstWritten;

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
        if (counters != null && LayoutV3.is(counters)) {
            LayoutV3.migrate(store);
            counters = store.must(TableLayout.COUNTERS, "counters");
        }
        if (counters != null) {
            state.readCounters(counters, store);
        }
        state.readTables(store, settings);
        state.readItems(store);
        store.deleteFilesBelow(state.firstNumber());
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
        return counters(nextNumber, nextSequence, random.state(), version, firstNumber());
    }

    static byte[] counters(
            long nextNumber, long nextSequence, long random, long version, long first) {
        return TableLayout.longs(
                TableLayout.VERSION, nextNumber, nextSequence, random, version, first);
    }

    /**
     * @throws IllegalArgumentException if there is no table of that name
     */
    Table table(String name) {
        for (Table table : tables) {
            if (table.name().equals(name)) {
                return table;
            }
        }
        throw new IllegalArgumentException(
                "no replay table %s; there are: %s"
                        .formatted(name, tables.stream().map(Table::name).toList()));
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

    /** The numbers of the values of all items. */
    ValueNumbers live() {
        return live;
    }

    /** The number that no value which is needed is below. */
    long firstNumber() {
        return live.first(nextNumber);
    }

    /** The same as it was last written. */
    long firstWritten() {
        return firstWritten;
    }

    void wroteFirst(long number) {
        firstWritten = number;
        live.forgetBelow(number);
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
        nextNumber = buffer.getLong();
        nextSequence = buffer.getLong();
        random = new SplitMix64(buffer.getLong());
        version = buffer.getLong();
        firstWritten = buffer.getLong();
        live = new ValueNumbers(firstWritten);
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
                tables.add(new Table(next++, table, new TableCounters(), known));
            } else {
                ByteBuffer buffer = ByteBuffer.wrap(saved);
                int number = (int) buffer.getLong();
                tables.add(new Table(number, table, TableCounters.of(buffer), known));
            }
        }
    }

    /** Items and where they are lie in the same order. */
    private void readItems(Store store) {
        tables.forEach(table -> table.reserve(table.counters().size));
        ValueNumbers gone = gone(store);
        try (RocksIterator items = store.items();
                RocksIterator places = store.iterator()) {
            places.seek(TableLayout.where(firstWritten));
            for (items.seek(TableLayout.longs(firstWritten)); items.isValid(); items.next()) {
                long number = TableLayout.numberOf(items.key());
                if (!gone.contains(number)) {
                    ItemRecord stored = ItemRecord.of(items.value());
                    add(
                            number,
                            whereabouts(places, number).map(stored::with).orElse(stored),
                            store);
                }
            }
            store.checked(items);
            store.checked(places);
        }
        for (Table table : tables) {
            table.lanes().forEach(Lane::sort);
            long read = table.lanes().stream().mapToLong(Lane::size).sum();
            if (read != table.counters().size) {
                throw store.inconsistent(
                        "table %s counts %,d items and has %,d"
                                .formatted(table.name(), table.counters().size, read));
            }
        }
    }

    /** The numbers of those values that are needed no more, but aren't below all others. */
    private ValueNumbers gone(Store store) {
        ValueNumbers gone = new ValueNumbers(firstWritten);
        store.forEach(
                TableLayout.GONE,
                (key, numbers) -> {
                    for (ByteBuffer left = ByteBuffer.wrap(numbers); left.hasRemaining(); ) {
                        long number = left.getLong();
                        if (number >= firstWritten) {
                            gone.add(number);
                        }
                    }
                });
        return gone;
    }

    /** Where a number's item is if it has moved; an iterator goes on to it. */
    private static Optional<Whereabouts> whereabouts(RocksIterator places, long number) {
        while (places.isValid() && TableLayout.startsWith(places.key(), TableLayout.WHERE)) {
            long found = TableLayout.numberOf(places.key());
            if (found >= number) {
                return found == number
                        ? Optional.of(Whereabouts.of(places.value()))
                        : Optional.empty();
            }
            places.next();
        }
        return Optional.empty();
    }

    private void add(long number, ItemRecord item, Store store) {
        Table table =
                tables.stream()
                        .filter(one -> one.number() == item.where().table())
                        .findFirst()
                        .orElseThrow(
                                () ->
                                        store.inconsistent(
                                                "item %d is in a table that there isn't"
                                                        .formatted(number)));
        Lane lane = table.laneOf(item.traits());
        int slot = lane.append(number, item);
        table.keys().put(lane.key(slot), item.where().sequence());
        live.add(number);
    }
}
