package io.prefstream.replay;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

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
    private LiveItems live = new LiveItems(0);
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
     * that have a share of the draws, as one, so that an item that has gone on to history still
     * counts as inserted once.
     */
    ReplayStats limited(Table table) {
        return limited(table, mix);
    }

    /** As {@link #limited(Table)}, where draws are made in these shares. */
    ReplayStats limited(Table table, SortedMap<String, Double> shares) {
        List<ReplayStats> counted = new ArrayList<>();
        for (Table one = table; one != null; one = overflow(one)) {
            if (one == table || shares.getOrDefault(one.name(), 0.0) > 0) {
                counted.add(one.counters().stats());
            }
        }
        return ReplayStats.total(counted);
    }

    /** Where all items are. */
    LiveItems live() {
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
        live.settle(number);
    }

    /** The counters of each table. */
    List<ReplayStats> stats() {
        return tables.stream().map(table -> table.counters().stats()).toList();
    }

    private void readCounters(byte[] bytes, Store store) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        long layout = buffer.getLong();
        if (layout < TableLayout.OLDEST_READ || layout > TableLayout.VERSION) {
            throw new ReplayException(
                    "replay table in %s has layout %d, this program reads layouts 1 to %d"
                            .formatted(store.folder(), layout, TableLayout.VERSION));
        }
        nextNumber = buffer.getLong();
        nextSequence = buffer.getLong();
        random = new SplitMix64(buffer.getLong());
        version = buffer.getLong();
        firstWritten = buffer.getLong();
        live = new LiveItems(firstWritten);
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
                tables.add(new Table(next++, table, new TableCounters(), live, known));
            } else {
                ByteBuffer buffer = ByteBuffer.wrap(saved);
                int number = (int) buffer.getLong();
                tables.add(new Table(number, table, TableCounters.of(buffer), live, known));
            }
        }
    }

    private void readItems(Store store) {
        tables.forEach(table -> table.reserve(table.counters().size));
        BitSet gone = gone(store);
        try (StoredWhereabouts stored = new StoredWhereabouts(store, firstWritten, nextNumber)) {
            store.items()
                    .forEach(
                            firstWritten,
                            (item, number) -> {
                                if (!gone.get(offset(number))) {
                                    add(number, item.with(stored.of(number, item.where())), store);
                                }
                            });
        }
        live.reserve(tables.stream().mapToLong(table -> table.counters().size).sum());
        for (Table table : tables) {
            table.lanes().forEach(Lane::sort);
            table.places().forEach(live::add);
            long read = table.lanes().stream().mapToLong(Lane::size).sum();
            if (read != table.counters().size) {
                throw store.inconsistent(
                        "table %s counts %,d items and has %,d"
                                .formatted(table.name(), table.counters().size, read));
            }
        }
    }

    /** The offsets of those items that aren't needed, but aren't below all others. */
    private BitSet gone(Store store) {
        BitSet gone = new BitSet();
        store.forEach(
                TableLayout.GONE,
                (key, numbers) -> {
                    for (ByteBuffer left = ByteBuffer.wrap(numbers); left.hasRemaining(); ) {
                        long number = left.getLong();
                        if (number >= firstWritten) {
                            gone.set(offset(number));
                        }
                    }
                });
        return gone;
    }

    private int offset(long number) {
        return Math.toIntExact(number - firstWritten);
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
        table.laneOf(item.traits()).append(number, item);
    }
}
