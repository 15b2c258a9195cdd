package io.prefstream.replay;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Changes of a {@link ReplayBuffer} that are written as one. Reads see the changes made before
 * them. Closed without {@link #commit}, it leaves the buffer as it was.
 *
 * <p>Nobody else changes or draws from the buffer between its beginning and its end, which are on
 * one thread.
 */
public final class ReplayUpdate implements AutoCloseable {

    private final ReplayBuffer buffer;
    private final BufferState state;
    private final long now;
    private final PendingWrites writes;
    private final TableChanges changes;
    private boolean closed;

    /** What became of an insertion. */
    public enum Insertion {
        /** The item is in the table. */
        INSERTED,
        /** The table, or one that it hands on to, holds this key already and keeps what it has. */
        DUPLICATE
    }

    ReplayUpdate(ReplayBuffer buffer, Store store, BufferState state, long now) {
        this.buffer = buffer;
        this.state = state;
        this.now = now;
        this.writes = new PendingWrites(store);
        this.changes = new TableChanges(store, state, writes, now);
    }

    /** Counters of the whole buffer with the changes of this update. */
    public ReplayStats stats() {
        return ReplayStats.total(state.stats());
    }

    /** Whether a table holds the key. */
    public boolean contains(String key) {
        return !changes.places(key).isEmpty();
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
        List<Place> places = changes.places(item.key());
        places.forEach(place -> changes.replace(place, item));
        return !places.isEmpty();
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
        return insert(state.table(table), item);
    }

    /**
     * What a limiter goes by where tables are drawn from in these shares: the counters of the first
     * table with those of the tables that it hands on to and that have a share, as one.
     */
    public ReplayStats limited(SortedMap<String, Double> mix) {
        return state.limited(state.tables.get(0), mix);
    }

    /**
     * How many new items may be inserted into the first table one after another: what a limiter
     * says, unless staleness slows the producer.
     *
     * @param mix share of each table in the draws
     */
    public int insertionsAllowed(RateLimiter limiter, SortedMap<String, Double> mix, int most) {
        ReplayStats stats = limited(mix);
        return state.tables.get(0).slowed(state.version, now)
                        && limiter.maySample(stats, limiter.batch())
                ? 0
                : limiter.insertionsAllowed(stats, most);
    }

    /** As the other, by the limiter that the table has now and the mix of the settings. */
    public int insertionsAllowed(int most) {
        return insertionsAllowed(state.tables.get(0).limiter(), buffer.settings().mix(), most);
    }

    /** Takes an item out of whichever table holds it. Returns what there was. */
    public Removed remove(String key) {
        return remove(changes.places(key));
    }

    /** Takes all items of a repository out. Returns how many there were. */
    public Removed removeRepository(String repository) {
        return removeRepositories(repository::equals);
    }

    /** Takes all items of repositories out, in one pass. Returns how many there were. */
    public Removed removeRepositories(Predicate<String> repositories) {
        return remove(changes.placesOf(repositories));
    }

    /** Takes those items of repositories out whose bytes say so. Returns how many there were. */
    public Removed removeRepositories(Predicate<String> repositories, Predicate<byte[]> which) {
        return remove(
                changes.placesOf(repositories).stream()
                        .filter(place -> which.test(TableLayout.bytesOf(value(place))))
                        .toList());
    }

    private Removed remove(List<Place> places) {
        long drawn = places.stream().filter(Place::drawn).count();
        places.forEach(changes::remove);
        return new Removed(drawn, places.size() - drawn);
    }

    /**
     * Gives an item another priority, in whichever table holds it. Returns whether one did.
     *
     * @throws IllegalArgumentException if the priority can't be one
     */
    public boolean prioritize(String key, double priority) {
        ReplayItem.checkPriority(priority);
        List<Place> places = changes.places(key);
        places.forEach(place -> changes.prioritize(place, priority));
        return !places.isEmpty();
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
            dropped |= changes.dropStale(table);
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
        draw.tables().forEach(changes::dropStale);
        draw.begin(Draw.OPEN_END, random);
        boolean done = false;
        for (int i = 0; !done; i++) {
            Draw.Pick pick = take(draw, i, random);
            done = pick == null || enough.test(TableLayout.bytesOf(value(pick.place())));
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
        return sample(Draw.of(buffer.settings(), state.table(table)), count, random, false);
    }

    List<Sample> sample(Draw draw, int count, RandomGenerator random, boolean rateLimited) {
        draw.tables().forEach(changes::dropStale);
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

    private byte[] value(Place place) {
        return writes.values(List.of(place.number())).get(0);
    }

    private List<Sample> samples(Draw draw, boolean rateLimited) {
        return draw.samples(writes.values(draw.valueNumbers()), now, state.version, rateLimited);
    }

    /** Draws an item, or nothing if the tables are empty. */
    private Draw.@Nullable Pick take(Draw draw, int number, RandomGenerator random) {
        Draw.Pick pick = draw.pick(number, random);
        while (pick != null && changes.dropIfStale(pick.place())) {
            pick = draw.pick(number, random);
        }
        if (pick != null) {
            changes.use(pick.place());
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
        changes.write(sync);
        buffer.committed();
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            changes.undo();
            writes.close();
        } finally {
            buffer.ended();
        }
    }

    private Insertion insert(Table table, ReplayItem item) {
        changes.dropStale(table);
        if (changes.holds(table, item.key())) {
            table.counters().duplicates++;
            return Insertion.DUPLICATE;
        }
        changes.insert(
                table,
                new ItemRecord(
                        item.key(),
                        now,
                        state.version,
                        Whereabouts.unknown(0, item.priority()),
                        item.traits()),
                TableLayout.value(item.key(), item.value()));
        return Insertion.INSERTED;
    }

    /** Takes an item of another buffer in as it is, with its bytes as they are stored. */
    void adopt(String table, ItemRecord item, byte[] storedValue) {
        changes.insert(state.table(table), item, storedValue);
    }

    /** Counts what happened to items that were never in this buffer. */
    void count(String name, ReplayStats more) {
        TableCounters counters = state.table(name).counters();
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
}
