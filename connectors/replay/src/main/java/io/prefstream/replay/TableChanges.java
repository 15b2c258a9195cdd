package io.prefstream.replay;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Changes of tables, made in memory at once and put together for the store: where an item goes,
 * what leaves for it, what is counted. They are {@linkplain #write written} as one, or {@linkplain
 * #undo undone}.
 */
final class TableChanges {

    /** So many entries of items are left over at most before they are deleted as one. */
    private static final long LEFT_OVER = 1 << 14;

    private final Store store;
    private final BufferState state;
    private final PendingWrites writes;
    private final long now;

    /** What was changed in memory, the last one first. */
    private final Deque<Runnable> undo = new ArrayDeque<>();

    /** Why an item leaves a table. */
    private enum Leaving {
        REMOVED,
        EVICTED,
        USED_UP,
        STALE
    }

    /**
     * @param writes the writes of the same update
     * @param now milliseconds of the epoch, by which items are stale
     */
    TableChanges(Store store, BufferState state, PendingWrites writes, long now) {
        this.store = store;
        this.state = state;
        this.writes = writes;
        this.now = now;
        checkpointCounters();
    }

    boolean holds(Table table, String key) {
        return find(table, key) != KeyIndex.NONE;
    }

    /** Where the items of a key are. */
    List<Place> places(String key) {
        List<Place> places = new ArrayList<>();
        for (Table table : state.tables) {
            long sequence = find(table, key);
            if (sequence != KeyIndex.NONE) {
                places.add(place(table, sequence));
            }
        }
        return places;
    }

    /** Where the items of a repository are. */
    List<Place> placesOfRepository(String repository) {
        int number = state.repositories.find(repository);
        List<Place> places = new ArrayList<>();
        if (number == Repositories.NONE) {
            return places;
        }
        for (Table table : state.tables) {
            for (Lane lane : table.lanes()) {
                lane.ofRepository(number).forEach(slot -> places.add(new Place(table, lane, slot)));
            }
        }
        return places;
    }

    /** Stores an item's bytes, with its key before them. Returns their number. */
    long putValue(byte[] keyAndBytes) {
        long number = state.nextSequence++;
        writes.putValue(number, keyAndBytes);
        return number;
    }

    /** Puts an item whose value was just stored into a table; at capacity others leave for it. */
    void insert(Table table, ItemRecord item) {
        put(table, item.value(), item);
    }

    /** Gives an item another value and another confidence. */
    void replace(Place place, ReplayItem item) {
        Lane lane = place.lane();
        Table table = place.table();
        ItemRecord before = writes.item(table.number(), place.sequence());
        writes.putValue(before.value(), TableLayout.value(item.key(), item.value()));
        double confidence = item.traits().confidence();
        double old = lane.confidence(place.slot());
        if (confidence != old) {
            undo.push(() -> lane.setConfidence(place.slot(), old));
            lane.setConfidence(place.slot(), confidence);
            writes.putItem(table.number(), place.sequence(), before.withConfidence(confidence));
        }
    }

    void prioritize(Place place, double priority) {
        Lane lane = place.lane();
        double before = lane.priority(place.slot());
        undo.push(() -> lane.setPriority(place.slot(), before));
        lane.setPriority(place.slot(), priority);
        writes.putDrawn(place);
    }

    /** Counts a draw of an item, which leaves its table if it was the last one allowed. */
    void use(Place place) {
        Lane lane = place.lane();
        int slot = place.slot();
        long before = lane.timesSampled(slot);
        undo.push(() -> lane.setTimesSampled(slot, before));
        lane.setTimesSampled(slot, before + 1);
        place.table().counters().sampled++;
        long most = place.table().settings().maxTimesSampled();
        if (most > 0 && before + 1 >= most) {
            leave(place, Leaving.USED_UP);
        } else {
            writes.putDrawn(place);
        }
    }

    void remove(Place place) {
        leave(place, Leaving.REMOVED);
    }

    /**
     * Takes what is too old out of a table that drops it, from the oldest on; one that is older
     * than those before it is dropped when drawn. Returns whether there was any.
     */
    boolean dropStale(Table table) {
        boolean dropped = false;
        for (Lane lane : table.lanes()) {
            int slot = lane.oldest();
            while (slot >= 0 && dropIfStale(new Place(table, lane, slot))) {
                dropped = true;
                slot = lane.oldest();
            }
        }
        return dropped;
    }

    /** Takes an item out if it is too old and its table drops such. Returns whether it did. */
    boolean dropIfStale(Place place) {
        Table table = place.table();
        boolean stale =
                table.settings().staleness().drops()
                        && table.stale(place.lane(), place.slot(), state.version, now);
        if (stale) {
            leave(place, Leaving.STALE);
        }
        return stale;
    }

    /** Writes the changes as one, with the counters, and begins anew. */
    void write(boolean sync) {
        for (Table table : state.tables) {
            long first = table.first(state.nextSequence);
            writes.put(
                    TableLayout.table(table.name()), table.counters().bytes(table.number(), first));
            if (first / LEFT_OVER > table.firstWritten() / LEFT_OVER) {
                writes.deleteItemsBelow(table.number(), first);
            }
        }
        writes.put(TableLayout.COUNTERS, state.counters());
        writes.write(sync, state.firstValue());
        undo.clear();
        state.tables.forEach(table -> table.wroteFirst(table.first(state.nextSequence)));
        state.repositories.forgetEmpty();
        for (Table table : state.tables) {
            for (Lane lane : table.lanes()) {
                if (lane.wantsSqueeze()) {
                    lane.squeeze();
                }
            }
        }
        checkpointCounters();
    }

    /** Makes the tables what they were at the beginning. */
    void undo() {
        while (!undo.isEmpty()) {
            undo.pop().run();
        }
    }

    /** Remembers the counters as they are, which is the last thing to be undone. */
    private void checkpointCounters() {
        long sequence = state.nextSequence;
        long version = state.version;
        long random = state.random.state();
        List<ReplayStats> stats = state.stats();
        undo.push(
                () -> {
                    state.nextSequence = sequence;
                    state.version = version;
                    state.random = new SplitMix64(random);
                    for (int i = 0; i < stats.size(); i++) {
                        state.tables.get(i).restore(stats.get(i));
                    }
                });
    }

    private void put(Table table, long sequence, ItemRecord item) {
        while (table.counters().size >= table.settings().capacity()) {
            Lane lane = table.fullest();
            leave(new Place(table, lane, lane.remover().select(state.random)), Leaving.EVICTED);
        }
        writes.putItem(table.number(), sequence, item);
        Lane lane = table.laneOf(item.traits());
        int slot = lane.append(sequence, item, item.timesSampled(), item.priority());
        undo.push(() -> lane.takeBack(slot));
        int key = lane.key(slot);
        table.keys().put(key, sequence);
        undo.push(() -> table.keys().remove(key, sequence));
        table.counters().size++;
        table.counters().inserted++;
    }

    /** Takes an item out of its table, and hands it on to the overflow table if it goes there. */
    private void leave(Place place, Leaving why) {
        Table table = place.table();
        Lane lane = place.lane();
        int slot = place.slot();
        long sequence = place.sequence();
        int key = lane.key(slot);
        Table next = why == Leaving.REMOVED ? null : state.overflow(table);
        ItemRecord item = next == null ? null : writes.item(table.number(), sequence);
        // What comes before all others is forgotten with many more.
        if (sequence != table.first(sequence)) {
            writes.deleteItem(table.number(), sequence);
        }
        boolean first = state.onlyLane().filter(only -> only.hasFirstValue(slot)).isPresent();
        undo.push(() -> lane.putBack(slot));
        lane.remove(slot);
        undo.push(() -> table.keys().put(key, sequence));
        table.keys().remove(key, sequence);
        table.counters().size--;
        if (next == null || item == null) {
            count(table.counters(), why);
            if (!first) {
                writes.deleteValue(lane.value(slot));
            }
            return;
        }
        table.counters().moved++;
        put(next, state.nextSequence++, item.with(lane.timesSampled(slot), lane.priority(slot)));
    }

    private static void count(TableCounters counters, Leaving why) {
        switch (why) {
            case REMOVED -> counters.removed++;
            case EVICTED -> counters.evicted++;
            case USED_UP -> counters.usedUp++;
            case STALE -> counters.stale++;
        }
    }

    private long find(Table table, String key) {
        return table.keys()
                .find(
                        KeyIndex.hash(key),
                        sequence -> writes.item(table.number(), sequence).key().equals(key));
    }

    private Place place(Table table, long sequence) {
        for (Lane lane : table.lanes()) {
            int slot = lane.slotOf(sequence);
            if (slot >= 0) {
                return new Place(table, lane, slot);
            }
        }
        throw store.inconsistent("no item " + sequence + " in table " + table.name());
    }
}
