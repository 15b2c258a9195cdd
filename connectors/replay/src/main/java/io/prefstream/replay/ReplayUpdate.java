package io.prefstream.replay;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksIterator;

/**
 * Changes of a {@link ReplayBuffer} that are written as one. Reads see the changes made before
 * them. Closed without {@link #commit}, it leaves the buffer as it was.
 *
 * <p>Nobody else changes or draws from the buffer between its beginning and its end, which are on
 * one thread.
 */
public final class ReplayUpdate implements AutoCloseable {

    private final ReplayBuffer buffer;
    private final Store store;
    private final BufferState state;
    private final long now;
    private final PendingWrites writes;

    /** What this update changed in memory, the last one first, to be undone unless committed. */
    private final Deque<Runnable> undo = new ArrayDeque<>();

    private boolean closed;

    /** An item in its place. */
    private record Place(Table table, Lane lane, int slot) {}

    /** Why an item leaves a table. */
    private enum Leaving {
        REMOVED,
        EVICTED,
        USED_UP,
        STALE
    }

    /** What became of an insertion. */
    public enum Insertion {
        /** The item is in the table. */
        INSERTED,
        /** The table, or one that it hands on to, holds this key already and keeps what it has. */
        DUPLICATE
    }

    ReplayUpdate(ReplayBuffer buffer, Store store, BufferState state, long now) {
        this.buffer = buffer;
        this.store = store;
        this.state = state;
        this.now = now;
        this.writes = new PendingWrites(store);
        checkpointCounters();
    }

    /** Counters of the whole buffer with the changes of this update. */
    public ReplayStats stats() {
        return ReplayBuffer.total(state);
    }

    /** Whether a table holds the key. */
    public boolean contains(String key) {
        return state.tables.stream().anyMatch(table -> find(table, key) != KeyIndex.NONE);
    }

    /** Inserts an item that nothing is known of into the first table. */
    public Insertion insert(String key, byte[] value) {
        return insert(ReplayItem.of(key, value));
    }

    /**
     * Gives an item another value and another confidence, in whichever table holds it; its place,
     * its age, its uses and its priority stay, and so do the traits that its key decides. Returns
     * whether one did.
     */
    public boolean replace(ReplayItem item) {
        boolean found = false;
        for (Table table : state.tables) {
            long sequence = find(table, item.key());
            if (sequence != KeyIndex.NONE) {
                replace(place(table, sequence), item);
                found = true;
            }
        }
        return found;
    }

    private void replace(Place place, ReplayItem item) {
        Lane lane = place.lane();
        long sequence = lane.sequence(place.slot());
        ItemRecord before = writes.item(place.table().number(), sequence);
        writes.putValue(before.value(), TableLayout.value(item.key(), item.value()));
        double confidence = item.traits().confidence();
        double old = lane.confidence(place.slot());
        if (confidence != old) {
            undo.push(() -> lane.setConfidence(place.slot(), old));
            lane.setConfidence(place.slot(), confidence);
            writes.putItem(place.table().number(), sequence, before.withConfidence(confidence));
        }
    }

    /** Inserts an item into the first table. */
    public Insertion insert(ReplayItem item) {
        return insert(state.tables.get(0), item);
    }

    /**
     * Inserts an item into a table; at capacity another one leaves for it. A key that left the
     * buffer may come back and counts as new then.
     *
     * @throws IllegalArgumentException if there is no such table
     */
    public Insertion insert(String table, ReplayItem item) {
        return insert(buffer.table(table), item);
    }

    /**
     * How many new items may be inserted into the first table one after another: what a limiter
     * says, unless staleness slows the producer.
     */
    public int insertionsAllowed(RateLimiter limiter, int most) {
        ReplayStats stats = stats();
        return slowed(state.tables.get(0)) && limiter.maySample(stats, limiter.batch())
                ? 0
                : limiter.insertionsAllowed(stats, most);
    }

    /** Takes an item out of whichever table holds it. Returns whether one did. */
    public boolean remove(String key) {
        boolean found = false;
        for (Table table : state.tables) {
            long sequence = find(table, key);
            if (sequence != KeyIndex.NONE) {
                leave(place(table, sequence), Leaving.REMOVED);
                found = true;
            }
        }
        return found;
    }

    /** Takes all items of a repository out. Returns how many there were. */
    public long removeRepository(String repository) {
        // What this update changed is found twice.
        Set<Place> found = new LinkedHashSet<>();
        byte[] prefix = TableLayout.repository(repository);
        try (RocksIterator entries = store.iterator()) {
            for (entries.seek(prefix);
                    entries.isValid() && TableLayout.startsWith(entries.key(), prefix);
                    entries.next()) {
                int number = TableLayout.tableOf(entries.key());
                long sequence = TableLayout.sequenceOf(entries.key());
                for (Table table : state.tables) {
                    if (table.number() == number) {
                        addPresent(found, table, sequence);
                    }
                }
            }
            store.checked(entries);
        }
        writes.forEachNewItem(
                (sequence, item) -> {
                    if (item.traits().repository().equals(repository)) {
                        state.tables.forEach(table -> addPresent(found, table, sequence));
                    }
                });
        found.forEach(place -> leave(place, Leaving.REMOVED));
        return found.size();
    }

    /**
     * Gives an item another priority, in whichever table holds it. Returns whether one did.
     *
     * @throws IllegalArgumentException if the priority can't be one
     */
    public boolean prioritize(String key, double priority) {
        ReplayItem.checkPriority(priority);
        boolean found = false;
        for (Table table : state.tables) {
            long sequence = find(table, key);
            if (sequence != KeyIndex.NONE) {
                Place place = place(table, sequence);
                double before = place.lane().priority(place.slot());
                undo.push(() -> place.lane().setPriority(place.slot(), before));
                place.lane().setPriority(place.slot(), priority);
                putDrawn(place);
                found = true;
            }
        }
        return found;
    }

    /** Says which version of the model items are drawn for from now on. */
    public void modelVersion(long version) {
        state.version = version;
    }

    /**
     * Takes what is too old by now out of all tables that drop it, as draws and insertions do; for
     * those who ask a limiter before they draw. Returns whether there was any.
     */
    public boolean dropStale() {
        boolean dropped = false;
        for (Table table : state.tables) {
            dropped |= dropStale(table);
        }
        return dropped;
    }

    /**
     * Draws items from the tables of the mix in their shares, each by its sampler; with
     * replacement, but for items that leave after their last use.
     *
     * @throws IllegalStateException if the tables become empty before the last draw
     */
    public List<Sample> sample(int count, RandomGenerator random) {
        return sample(buffer.settings().mix(), count, random);
    }

    /**
     * As {@link #sample(int, RandomGenerator)}, from the tables in these shares instead of those of
     * the settings.
     */
    public List<Sample> sample(SortedMap<String, Double> mix, int count, RandomGenerator random) {
        return sample(Draw.mixed(buffer.settings(), mix, state), count, random, false);
    }

    /**
     * Draws items one after another until somebody has enough or the tables are empty.
     *
     * @param mix share of each table
     * @param enough is shown the bytes of each item drawn, and says whether it was the last one
     */
    public List<Sample> sampleUntil(
            SortedMap<String, Double> mix, Predicate<byte[]> enough, RandomGenerator random) {
        Draw draw = Draw.mixed(buffer.settings(), mix, state);
        draw.tables().forEach(this::dropStale);
        draw.begin(Draw.OPEN_END, random);
        boolean done = false;
        for (int i = 0; !done; i++) {
            Draw.Pick pick = take(draw, i, random);
            done = pick == null || enough.test(TableLayout.bytesOf(value(pick)));
        }
        return samples(draw, false);
    }

    /**
     * Draws items from one table.
     *
     * @throws IllegalArgumentException if there is no such table
     * @throws IllegalStateException if the table becomes empty before the last draw
     */
    public List<Sample> sample(String table, int count, RandomGenerator random) {
        return sample(Draw.of(buffer.settings(), buffer.table(table)), count, random, false);
    }

    List<Sample> sample(Draw draw, int count, RandomGenerator random, boolean rateLimited) {
        draw.tables().forEach(this::dropStale);
        draw.begin(count, random);
        for (int i = 0; i < count; i++) {
            if (take(draw, i, random) == null) {
                throw new IllegalStateException(
                        "%d samples asked of a replay table that held %d items"
                                .formatted(count, i));
            }
        }
        return samples(draw, rateLimited);
    }

    private byte[] value(Draw.Pick pick) {
        return writes.values(List.of(pick.lane().value(pick.slot()))).get(0);
    }

    private List<Sample> samples(Draw draw, boolean rateLimited) {
        return draw.samples(writes.values(draw.valueNumbers()), now, state.version, rateLimited);
    }

    /** Draws an item, or nothing if the tables are empty. */
    private Draw.@Nullable Pick take(Draw draw, int number, RandomGenerator random) {
        Draw.Pick pick = draw.pick(number, random);
        while (pick != null && dropIfStale(pick)) {
            pick = draw.pick(number, random);
        }
        if (pick != null) {
            use(pick);
            draw.take(pick);
        }
        return pick;
    }

    /** Keeps a note of the owner with this update, such as a log position. */
    public void note(String name, byte[] value) {
        writes.putNote(name, value);
    }

    /** Deletes a note of the owner with this update. */
    public void forget(String name) {
        writes.deleteNote(name);
    }

    /** The owner's note of this name, as of this update. */
    public Optional<byte[]> note(String name) {
        return Optional.ofNullable(writes.note(name));
    }

    /** Writes the changes as one; a crash of the process can't undo them. */
    public void commit() {
        commit(false);
    }

    /** Like {@link #commit}, and waits until the disk has them. */
    public void commitDurably() {
        commit(true);
    }

    private void commit(boolean sync) {
        for (Table table : state.tables) {
            writes.put(TableLayout.table(table.name()), table.counters().bytes(table.number()));
        }
        writes.put(TableLayout.COUNTERS, state.counters());
        writes.write(sync);
        undo.clear();
        for (Table table : state.tables) {
            for (Lane lane : table.lanes()) {
                if (lane.wantsSqueeze()) {
                    lane.squeeze();
                }
            }
        }
        buffer.committed();
        checkpointCounters();
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        while (!undo.isEmpty()) {
            undo.pop().run();
        }
        writes.close();
        buffer.ended();
    }

    /** Remembers the counters as they are, which is the last thing to be undone. */
    private void checkpointCounters() {
        long sequence = state.nextSequence;
        long version = state.version;
        long random = state.random.state();
        List<ReplayStats> stats =
                state.tables.stream().map(table -> table.counters().stats()).toList();
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

    private Insertion insert(Table table, ReplayItem item) {
        for (Table holder = table; holder != null; holder = overflow(holder)) {
            if (find(holder, item.key()) != KeyIndex.NONE) {
                table.counters().duplicates++;
                return Insertion.DUPLICATE;
            }
        }
        dropStale(table);
        long value = state.nextSequence++;
        writes.putValue(value, TableLayout.value(item.key(), item.value()));
        put(
                table,
                value,
                new ItemRecord(
                        item.key(), value, now, state.version, 0, item.priority(), item.traits()));
        return Insertion.INSERTED;
    }

    /** Takes an item of another buffer in as it is, with its bytes as they are stored. */
    void adopt(String table, ItemRecord item, byte[] storedValue) {
        long number = state.nextSequence++;
        writes.putValue(number, storedValue);
        ItemRecord own =
                new ItemRecord(
                        item.key(),
                        number,
                        item.insertedAt(),
                        item.version(),
                        item.timesSampled(),
                        item.priority(),
                        item.traits());
        put(buffer.table(table), number, own);
    }

    /** Counts what happened to items that were never in this buffer. */
    void count(String name, ReplayStats more) {
        TableCounters counters = buffer.table(name).counters();
        counters.duplicates += more.duplicates();
        counters.sampled += more.sampled();
        counters.removed += more.removed();
        counters.evicted += more.evicted();
        counters.usedUp += more.usedUp();
        counters.stale += more.stale();
        counters.moved += more.moved();
        counters.inserted +=
                more.removed() + more.evicted() + more.usedUp() + more.stale() + more.moved();
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
        table.keys().put(item.key(), sequence);
        undo.push(() -> table.keys().remove(item.key(), sequence));
        table.counters().size++;
        table.counters().inserted++;
    }

    /** Takes an item out of its table, and hands it on to the overflow table if it goes there. */
    private void leave(Place place, Leaving why) {
        Table table = place.table();
        Lane lane = place.lane();
        int slot = place.slot();
        long sequence = lane.sequence(slot);
        ItemRecord item = writes.deleteItem(table.number(), sequence);
        undo.push(() -> lane.putBack(slot));
        lane.remove(slot);
        undo.push(() -> table.keys().put(item.key(), sequence));
        table.keys().remove(item.key(), sequence);
        table.counters().size--;
        Table next = why == Leaving.REMOVED ? null : overflow(table);
        if (next == null) {
            count(table.counters(), why);
            writes.deleteValue(item.value());
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

    private void use(Draw.Pick pick) {
        Lane lane = pick.lane();
        int slot = pick.slot();
        long before = lane.timesSampled(slot);
        undo.push(() -> lane.setTimesSampled(slot, before));
        lane.setTimesSampled(slot, before + 1);
        Table table = pick.table();
        table.counters().sampled++;
        long most = table.settings().maxTimesSampled();
        Place place = new Place(table, lane, slot);
        if (most > 0 && before + 1 >= most) {
            leave(place, Leaving.USED_UP);
        } else {
            putDrawn(place);
        }
    }

    /** Drops from the oldest on; one that is older than those before it is dropped when drawn. */
    private boolean dropStale(Table table) {
        boolean dropped = false;
        if (table.settings().staleness().drops()) {
            for (Lane lane : table.lanes()) {
                int slot = lane.oldest();
                while (slot >= 0 && table.stale(lane, slot, state.version, now)) {
                    leave(new Place(table, lane, slot), Leaving.STALE);
                    dropped = true;
                    slot = lane.oldest();
                }
            }
        }
        return dropped;
    }

    private boolean dropIfStale(Draw.Pick pick) {
        boolean stale =
                pick.table().settings().staleness().drops()
                        && pick.table().stale(pick.lane(), pick.slot(), state.version, now);
        if (stale) {
            leave(new Place(pick.table(), pick.lane(), pick.slot()), Leaving.STALE);
        }
        return stale;
    }

    boolean slowed(Table table) {
        return table.slowed(state.version, now);
    }

    private @Nullable Table overflow(Table table) {
        return table.settings().overflow().map(buffer::table).orElse(null);
    }

    private long find(Table table, String key) {
        return table.keys()
                .find(key, sequence -> writes.item(table.number(), sequence).key().equals(key));
    }

    private Place place(Table table, long sequence) {
        List<Place> found = new ArrayList<>();
        addPresent(found, table, sequence);
        if (found.isEmpty()) {
            throw store.inconsistent("no item " + sequence + " in table " + table.name());
        }
        return found.get(0);
    }

    private static void addPresent(Collection<Place> found, Table table, long sequence) {
        for (Lane lane : table.lanes()) {
            int slot = lane.slotOf(sequence);
            if (slot >= 0) {
                found.add(new Place(table, lane, slot));
            }
        }
    }

    private void putDrawn(Place place) {
        Lane lane = place.lane();
        writes.put(
                TableLayout.drawn(place.table().number(), lane.sequence(place.slot())),
                TableLayout.drawnValue(
                        lane.timesSampled(place.slot()), lane.priority(place.slot())));
    }
}
