package io.prefstream.replay;

import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Where an update's items are stored: under the next number, once, until they are moved. Values
 * that aren't needed any more go with their files ({@link DeadValues}), which needs all before them
 * to have gone.
 */
final class StoredItems {

    /** So many values are stored at most for one that is needed. */
    private static final double STORED_FOR_ONE = 2.5;

    /** So many values are moved at most for one that isn't needed any more. */
    private static final int MOVED_FOR_ONE = 2;

    /** So many values are moved at most in one update, which holds them in memory. */
    private static final int MOVED_AT_ONCE = 1 << 10;

    private final Store store;
    private final BufferState state;
    private final PendingWrites writes;
    private final Deque<Runnable> undo;

    /** Values that aren't needed any more since the last write. */
    private long died;

    /**
     * @param writes the writes of the same update
     * @param undo takes what undoes each change
     */
    StoredItems(Store store, BufferState state, PendingWrites writes, Deque<Runnable> undo) {
        this.store = store;
        this.state = state;
        this.writes = writes;
        this.undo = undo;
    }

    /** Stores an item under a new number, which it returns. */
    long put(ItemRecord item, byte[] keyAndBytes) {
        long number = state.nextNumber++;
        writes.store(number, item, keyAndBytes);
        undo.push(() -> state.live().remove(number));
        state.live().add(number);
        return number;
    }

    /** Stores an item as it is now with other bytes, and deletes those that it had. */
    void replace(Place place, String key, byte[] keyAndBytes) {
        erase(putAnew(place, key, keyAndBytes));
    }

    /** Leaves what was stored under a number to go with its files. */
    void leaveBehind(long number) {
        // What comes before all others needs no word.
        if (number != state.firstNumber()) {
            writes.putGone(number);
        }
        forget(number);
    }

    /** Deletes what was stored under a number itself. */
    void erase(long number) {
        writes.erase(number);
        forget(number);
    }

    /**
     * Stores the oldest values that are needed anew, behind all others, while too many that aren't
     * are on the disk: so the files of the oldest ones can go. Where items leave in the order in
     * which they came there is nothing to move. Where any item of a table leaves, the oldest files
     * hold the fewest that are needed: with a history four times the first table one value is moved
     * for 13 that come in.
     */
    void moveOldest() {
        for (long number : oldest()) {
            byte[] keyAndBytes = writes.values(List.of(number)).get(0);
            String key = TableLayout.keyOf(keyAndBytes);
            leaveBehind(putAnew(place(key, number), key, keyAndBytes));
        }
        died = 0;
    }

    private List<Long> oldest() {
        ValueNumbers live = state.live();
        List<Long> oldest = new ArrayList<>();
        long most = Math.min(MOVED_FOR_ONE * died, MOVED_AT_ONCE);
        long end = state.nextNumber;
        long first = live.first(end);
        while (first < end
                && oldest.size() < most
                && end + oldest.size() - first > STORED_FOR_ONE * live.count()) {
            oldest.add(first);
            first = live.after(first, end);
        }
        return oldest;
    }

    /** Stores an item as it is now. Returns the number that it had. */
    private long putAnew(Place place, String key, byte[] keyAndBytes) {
        Lane lane = place.lane();
        long before = place.value();
        undo.push(() -> lane.setValue(place.slot(), before));
        lane.setValue(place.slot(), put(place.item(key), keyAndBytes));
        return before;
    }

    private void forget(long number) {
        died++;
        undo.push(() -> state.live().add(number));
        state.live().remove(number);
    }

    /** Where the item of a key is that was stored under a number. */
    private Place place(String key, long number) {
        int hash = KeyIndex.hash(key);
        for (Table table : state.tables) {
            long sequence =
                    table.keys()
                            .find(
                                    hash,
                                    candidate ->
                                            table.place(candidate)
                                                    .filter(place -> place.value() == number)
                                                    .isPresent());
            if (sequence != KeyIndex.NONE) {
                return table.place(sequence).orElseThrow();
            }
        }
        throw store.inconsistent("item %d is in no table".formatted(number));
    }
}
