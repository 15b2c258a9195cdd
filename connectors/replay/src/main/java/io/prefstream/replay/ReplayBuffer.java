package io.prefstream.replay;

import io.prefstream.replay.ReplayUpdate.Insertion;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * A replay buffer on RocksDB: tables of keyed items, each with a sampler, a remover, a capacity, a
 * limit of uses and a rate limiter, drawn from in a mix.
 *
 * <p>All changes happen in an {@link ReplayUpdate}, which is one atomic write: items, counters and
 * the owner's notes (log positions, for one) are always as of the same update, also after a crash.
 * What was committed is in RocksDB's write-ahead log; a crash of the process loses nothing, a crash
 * of the machine may lose the last updates as a whole unless {@code durably} is asked for.
 *
 * <p>Where items are and what a draw needs to choose them is in memory, 100 to 200 bytes an item;
 * keys and bytes are on disk only. A sample costs the logarithm of the table's size and one point
 * read, an insertion one small write beside the item's own.
 *
 * <p>Any thread. Updates, draws and insertions take turns; {@link #checkpoint} and the reading
 * methods go on beside them.
 */
public final class ReplayBuffer implements AutoCloseable {

    private final ReplaySettings settings;
    private final Clock clock;
    private final Store store;
    private final BufferState state;
    private final Turns turns;
    private boolean updating;
    private volatile List<ReplayStats> committed;

    private ReplayBuffer(
            ReplaySettings settings, Clock clock, StarvationListener starvation, Store store) {
        this.settings = settings;
        this.clock = clock;
        this.turns = new Turns(settings.starvationAfter(), starvation);
        this.store = store;
        this.state = BufferState.read(store, settings, clock.millis());
        this.committed = state.stats();
    }

    /**
     * Opens the buffer in a folder, which is created if missing, by the system's clock; starvation
     * is logged. What a crashed process left is recovered to its last committed update.
     *
     * @throws ReplayException if it can't be opened: it is open elsewhere, damaged, not writable,
     *     or holds items of a table that the settings don't name
     */
    public static ReplayBuffer open(Path folder, ReplaySettings settings) {
        return open(folder, settings, Clock.systemUTC());
    }

    /** Like {@link #open(Path, ReplaySettings)}, by another clock. */
    public static ReplayBuffer open(Path folder, ReplaySettings settings, Clock clock) {
        return open(folder, settings, clock, StarvationListener.logged());
    }

    /** Like {@link #open(Path, ReplaySettings)}. */
    public static ReplayBuffer open(
            Path folder, ReplaySettings settings, Clock clock, StarvationListener starvation) {
        Store store = Store.open(folder);
        try {
            return new ReplayBuffer(settings, clock, starvation, store);
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
    }

    /** Opens what a folder holds, whatever its tables are; nothing ever leaves them. */
    static ReplayBuffer openAsItIs(Path folder) {
        Store store = Store.open(folder);
        try {
            return new ReplayBuffer(
                    ReplaySettings.unbounded(BufferState.tableNames(store)),
                    Clock.systemUTC(),
                    StarvationListener.logged(),
                    store);
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
    }

    /**
     * Opens a checkpoint as a new buffer in another folder. Files of the checkpoint that never
     * change are linked where the file system can, else copied; the checkpoint itself stays as it
     * is.
     *
     * @throws ReplayException if the folder isn't empty or the checkpoint can't be read
     */
    public static ReplayBuffer openCheckpoint(
            Path checkpoint, Path folder, ReplaySettings settings) {
        return openCheckpoint(checkpoint, folder, settings, Clock.systemUTC());
    }

    /** Like {@link #openCheckpoint(Path, Path, ReplaySettings)}, by another clock. */
    public static ReplayBuffer openCheckpoint(
            Path checkpoint, Path folder, ReplaySettings settings, Clock clock) {
        Snapshots.layOut(checkpoint, folder);
        return open(folder, settings, clock);
    }

    /**
     * Begins a set of changes that is written as one, once it is this thread's turn.
     *
     * @throws IllegalStateException if this thread is in the middle of another one, or the buffer
     *     is closed
     */
    public ReplayUpdate begin() {
        return begin(clock.millis());
    }

    ReplayUpdate begin(long now) {
        turns.begin();
        try {
            refuseIfClosed();
            refuseWithinUpdate();
            ReplayUpdate update = new ReplayUpdate(this, store, state, now);
            updating = true;
            return update;
        } catch (RuntimeException | Error e) {
            turns.end();
            throw e;
        }
    }

    private void refuseIfClosed() {
        if (turns.closing()) {
            throw new IllegalStateException("the replay buffer is closed");
        }
    }

    private void refuseWithinUpdate() {
        if (updating) {
            throw new IllegalStateException("an update of the replay buffer is under way already");
        }
    }

    /** Does something in a turn. */
    private <T> T inTurn(Supplier<T> work) {
        turns.begin();
        try {
            refuseIfClosed();
            return work.get();
        } finally {
            turns.end();
        }
    }

    private void inTurn(Runnable work) {
        turns.begin();
        try {
            refuseIfClosed();
            work.run();
        } finally {
            turns.end();
        }
    }

    /**
     * Inserts an item into the first table as soon as its limiter and its staleness allow it.
     *
     * @throws TimeoutException if they don't within the timeout
     * @throws CancellationException if the buffer is closed meanwhile
     */
    public Insertion insert(ReplayItem item, Duration timeout)
            throws InterruptedException, TimeoutException {
        turns.beginInterruptibly();
        try {
            refuseWithinUpdate();
            awaitInsertion(timeout);
            try (ReplayUpdate update = begin()) {
                Insertion insertion = update.insert(item);
                update.commit();
                return insertion;
            }
        } finally {
            turns.end();
        }
    }

    /**
     * Waits until the first table's limiter and its staleness allow an insertion, for those who
     * insert in updates of their own. Returns whether they do within the timeout.
     *
     * @throws CancellationException if the buffer is closed meanwhile
     */
    public boolean awaitRoom(Duration timeout) throws InterruptedException {
        turns.beginInterruptibly();
        try {
            refuseWithinUpdate();
            awaitInsertion(timeout);
            return true;
        } catch (TimeoutException e) {
            return false;
        } finally {
            turns.end();
        }
    }

    private void awaitInsertion(Duration timeout) throws InterruptedException, TimeoutException {
        Table table = state.tables.get(0);
        turns.await(
                "insertion",
                table.name(),
                timeout,
                () -> table.mayInsert(state.limited(table), state.version, clock.millis()),
                () -> table.whyNoInsertion(state.limited(table)));
    }

    /**
     * Draws from the mix as soon as the limiter of its first table allows it.
     *
     * @throws TimeoutException if it doesn't within the timeout
     * @throws CancellationException if the buffer is closed meanwhile
     */
    public List<Sample> draw(int count, RandomGenerator random, Duration timeout)
            throws InterruptedException, TimeoutException {
        return pendingDraw(count, random).await(timeout);
    }

    /** A draw that can be called off. */
    public PendingDraw pendingDraw(int count, RandomGenerator random) {
        return new PendingDraw(this, state, turns, clock, count, random, true);
    }

    /**
     * A draw that leaves no trace, as {@link #peek}, and can be called off. It waits for the first
     * table's minimum size alone, or for {@code count} items where their uses are limited: what
     * isn't counted has no balance to keep.
     */
    public PendingDraw pendingPeek(int count, RandomGenerator random) {
        return new PendingDraw(this, state, turns, clock, count, random, false);
    }

    /**
     * Gives a table another limiter; who waits is judged by it at once. Not kept: a buffer that is
     * opened has the limiters of its settings.
     *
     * @throws IllegalArgumentException if there is no such table, or the table would wait for ever
     */
    public void limit(String table, RateLimiter limiter) {
        inTurn(
                () -> {
                    state.table(table).limit(limiter);
                    turns.changed();
                });
    }

    /** Number of threads that wait for a limiter now. */
    public int waiting() {
        return inTurn(turns::waiting);
    }

    /** Counters of the whole buffer as of the last committed update. */
    public ReplayStats stats() {
        return ReplayStats.total(committed);
    }

    /**
     * Counters of a table as of the last committed update.
     *
     * @throws IllegalArgumentException if there is no such table
     */
    public ReplayStats stats(String table) {
        return committed.get(state.tables.indexOf(state.table(table)));
    }

    /** The settings it was opened with. */
    public ReplaySettings settings() {
        return settings;
    }

    /** Whether a table holds the key, as of the last committed update. */
    public boolean contains(String key) {
        try (ReplayUpdate update = begin()) {
            return update.contains(key);
        }
    }

    /** The repositories that items are of, in the order of their names. */
    List<String> repositories() {
        return inTurn(state.known::repositories);
    }

    /** The owner's note of this name, as of the last committed update. */
    public Optional<byte[]> note(String name) {
        return inTurn(() -> Optional.ofNullable(store.get(TableLayout.note(name))));
    }

    /** Visits all notes whose name begins with a prefix, in the order of their names; in a turn. */
    public void forEachNote(String prefix, BiConsumer<String, byte[]> visitor) {
        inTurn(() -> store.forEachNote(prefix, visitor));
    }

    /**
     * Visits every item, those of later tables first and the oldest of each first, until the
     * visitor has seen {@code limit} of them; in a turn, before an update of this thread has
     * changed anything.
     */
    public void forEach(long limit, BiConsumer<String, byte[]> visitor) {
        inTurn(
                () ->
                        IntStream.range(0, state.tables.size())
                                .map(i -> state.tables.size() - 1 - i)
                                .mapToObj(state.tables::get)
                                .flatMap(Table::places)
                                .limit(limit)
                                .forEach(place -> visit(place, visitor)));
    }

    private void visit(Place place, BiConsumer<String, byte[]> visitor) {
        byte[] value = store.value(place.number());
        visitor.accept(TableLayout.keyOf(value), TableLayout.bytesOf(value));
    }

    /** Visits where the items of a table are, oldest first, in a turn. */
    void forEachPlace(String table, Consumer<Place> visitor) {
        inTurn(() -> state.table(table).places().forEach(visitor));
    }

    /** An item with its uses and its priority as they are. */
    ItemRecord item(Place place) {
        return place.item(TableLayout.keyOf(store.value(place.number())));
    }

    /** Puts an item of this buffer into another one's table of the same name, as it is. */
    void copy(Place place, ReplayUpdate into) {
        byte[] value = store.value(place.number());
        into.adopt(place.table().name(), place.item(TableLayout.keyOf(value)), value);
    }

    /** The model's version as of the last committed update. */
    public long modelVersion() {
        return inTurn(() -> state.version);
    }

    /**
     * Draws without leaving a trace: no counter, no times-sampled, no limiter. For forks that must
     * not disturb the buffer.
     */
    public List<Sample> peek(int count, RandomGenerator random) {
        try (ReplayUpdate update = begin()) {
            return update.sample(count, random);
        }
    }

    /**
     * Writes a consistent copy of the last committed update to a folder that must not exist. Draws
     * and updates go on meanwhile.
     *
     * @throws ReplayException if it can't be written
     */
    public void checkpoint(Path target) {
        store.checkpoint(target);
    }

    /** Whether nothing of what was written is left to flush or to merge. */
    boolean settled() {
        return store.settled();
    }

    /** Calls off what waits, and closes once the update under way has ended. */
    @Override
    public void close() {
        turns.close();
        turns.begin();
        try {
            store.close();
        } finally {
            turns.end();
        }
    }

    /** Called by an update once its changes are written. */
    void committed() {
        committed = state.stats();
        turns.changed();
    }

    /** Called by an update that is over. */
    void ended() {
        updating = false;
        turns.end();
    }
}
