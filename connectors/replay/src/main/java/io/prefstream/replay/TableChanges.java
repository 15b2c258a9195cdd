package io.prefstream.replay;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.function.Predicate;

/**
 * Changes of tables, made in memory at once and put together for the store: where an item goes,
 * what leaves for it, what is counted. They are {@linkplain #write written} as one, or {@linkplain
 * #undo undone}.
 */
final class TableChanges {

    /** So many whereabouts are left over at most before they are deleted as one. */
    private static final long LEFT_OVER = 1 << 14;

    /** For what is undone of some hundred insertions, without growth. */
    private static final int ROOM = 1 << 10;

    private final Store store;
    private final BufferState state;
    private final PendingWrites writes;
    private final StoredItems stored;
    private final long now;

    /** What was changed in memory, the last one first. */
    private final Deque<Runnable> undo = new ArrayDeque<>(ROOM);

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
        this.stored = new StoredItems(state, writes, undo);
        this.now = now;
        checkpointCounters();
    }

    /** Whether a table holds a key, or one that items go on to or come from. */
    boolean holds(Table table, String key) {
        for (Place place : places(key)) {
            if (handsOn(table, place.table()) || handsOn(place.table(), table)) {
                return true;
            }
        }
        return false;
    }

    /** Whether items of a table come to another one, which may be itself. */
    private boolean handsOn(Table from, Table to) {
        for (Table one = from; one != null; one = state.overflow(one)) {
            if (one == to) {
                return true;
            }
        }
        return false;
    }

    /** Where the items of a key are. */
    List<Place> places(String key) {
        return state.live().ofHash(KeyIndex.hash(key)).stream()
                .filter(place -> writes.key(place.number()).equals(key))
                .toList();
    }

    /** Where the items of repositories are. */
    List<Place> placesOf(Predicate<String> repositories) {
        BitSet traits = state.known.ofRepositories(repositories);
        List<Place> places = new ArrayList<>();
        for (Table table : state.tables) {
            for (Lane lane : table.lanes()) {
                lane.ofTraits(traits).forEach(slot -> places.add(new Place(lane, slot)));
            }
        }
        return places;
    }

    /**
     * Puts an item into a table; at capacity others leave for it.
     *
     * @param item whose table and sequence number aren't known yet
     * @param keyAndBytes its bytes with its key before them
     */
    void insert(Table table, ItemRecord item, byte[] keyAndBytes) {
        Whereabouts asked = item.where();
        ItemRecord placed =
                item.with(
                        new Whereabouts(
                                table.number(),
                                state.nextSequence++,
                                asked.timesSampled(),
                                asked.priority()));
        long number = stored.put(placed, keyAndBytes);
        makeRoom(table);
        Lane lane = table.laneOf(item.traits());
        Place place = new Place(lane, lane.append(number, placed));
        undo.push(
                () -> {
                    state.live().remove(place);
                    lane.takeBack(place.slot());
                });
        state.live().add(place);
        entered(table);
    }

    /** Gives an item another value and another confidence. */
    void replace(Place place, ReplayItem item) {
        Lane lane = place.lane();
        double old = lane.confidence(place.slot());
        undo.push(() -> lane.setConfidence(place.slot(), old));
        lane.setConfidence(place.slot(), item.traits().confidence());
        stored.replace(place, item.key(), TableLayout.value(item.key(), item.value()));
    }

    void prioritize(Place place, double priority) {
        Lane lane = place.lane();
        double before = lane.priority(place.slot());
        undo.push(() -> lane.setPriority(place.slot(), before));
        lane.setPriority(place.slot(), priority);
        writes.putWhereabouts(place);
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
            writes.putWhereabouts(place);
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
            while (slot >= 0 && dropIfStale(new Place(lane, slot))) {
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
        stored.moveOldest();
        for (Table table : state.tables) {
            writes.put(TableLayout.table(table.name()), table.counters().bytes(table.number()));
        }
        long first = state.firstNumber();
        if (first / LEFT_OVER > state.firstWritten() / LEFT_OVER) {
            writes.deleteLeftOverBelow(first);
        }
        writes.put(TableLayout.COUNTERS, state.counters());
        long bytes = writes.write(sync, state.nextNumber);
        undo.clear();
        state.wroteFirst(first);
        state.known.forgetEmpty();
        checkpointCounters();
        store.wrote(bytes, sync, first);
    }

    /** Makes the tables what they were at the beginning. */
    void undo() {
        while (!undo.isEmpty()) {
            undo.pop().run();
        }
    }

    /** Remembers the counters as they are, which is the last thing to be undone. */
    private void checkpointCounters() {
        long number = state.nextNumber;
        long sequence = state.nextSequence;
        long version = state.version;
        long random = state.random.state();
        List<ReplayStats> stats = state.stats();
        undo.push(
                () -> {
                    state.nextNumber = number;
                    state.nextSequence = sequence;
                    state.version = version;
                    state.random = new SplitMix64(random);
                    for (int i = 0; i < stats.size(); i++) {
                        state.tables.get(i).restore(stats.get(i));
                    }
                });
    }

    private void makeRoom(Table table) {
        while (table.counters().size >= table.settings().capacity()) {
            Lane lane = table.fullest();
            leave(new Place(lane, lane.remover().select(state.random)), Leaving.EVICTED);
        }
    }

    private static void entered(Table table) {
        table.counters().size++;
        table.counters().inserted++;
    }

    /** Takes an item out of its table, and hands it on to the overflow table if it goes there. */
    private void leave(Place place, Leaving why) {
        Table table = place.table();
        Lane lane = place.lane();
        long number = place.number();
        Table next = why == Leaving.REMOVED ? null : state.overflow(table);
        undo.push(() -> lane.putBack(place.slot()));
        lane.remove(place.slot());
        table.counters().size--;
        if (next != null) {
            table.counters().moved++;
            handOn(place, next);
            return;
        }
        count(table.counters(), why);
        undo.push(() -> state.live().add(place));
        state.live().remove(place);
        if (why == Leaving.REMOVED) {
            stored.erase(number);
        } else {
            stored.leaveBehind(number);
        }
    }

    private void handOn(Place from, Table next) {
        Lane.Item item = from.lane().item(from.slot());
        makeRoom(next);
        Lane lane =
                next.lanes().size() == 1
                        ? next.lanes().get(0)
                        : next.laneOf(state.known.of(item.traits(), item.confidence()));
        Place place = new Place(lane, lane.append(state.nextSequence++, item));
        undo.push(
                () -> {
                    state.live().put(from);
                    lane.takeBack(place.slot());
                });
        state.live().put(place);
        entered(next);
        writes.putHandedOn(place);
    }

    private static void count(TableCounters counters, Leaving why) {
        switch (why) {
            case REMOVED -> counters.removed++;
            case EVICTED -> counters.evicted++;
            case USED_UP -> counters.usedUp++;
            case STALE -> counters.stale++;
        }
    }
}
