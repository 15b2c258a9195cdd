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
    private static final int STORED_FOR_ONE = 3;

    /** So many values are moved at most for one that isn't needed any more. */
    private static final int MOVED_FOR_ONE = 2;

    /** So many values are moved at most in one update, which holds them in memory. */
    private static final int MOVED_AT_ONCE = 1 << 10;

    private final BufferState state;
    private final PendingWrites writes;
    private final Deque<Runnable> undo;

    /** Values that aren't needed any more since the last write. */
    private long died;

    /**
     * @param writes the writes of the same update
     * @param undo takes what undoes each change
     */
    StoredItems(BufferState state, PendingWrites writes, Deque<Runnable> undo) {
        this.state = state;
        this.writes = writes;
        this.undo = undo;
    }

    /** Stores an item under a new number, which it returns. */
    long put(ItemRecord item, byte[] keyAndBytes) {
        long number = state.nextNumber++;
        writes.store(number, item, keyAndBytes);
        return number;
    }

    /** Stores an item as it is now with other bytes, and deletes those that it had. */
    void replace(Place place, String key, byte[] keyAndBytes) {
        erase(putAnew(place, key, keyAndBytes));
    }

    /** Leaves what was stored under a number, which nothing has any more, to go with its files. */
    void leaveBehind(long number) {
        died++;
        // What comes before all others needs no word.
        if (number > state.firstNumber()) {
            writes.putGone(number);
        }
    }

    /** Deletes what was stored under a number, which nothing has any more, itself. */
    void erase(long number) {
        died++;
        writes.erase(number);
    }

    /**
     * Stores the oldest values that are needed anew, behind all others, while too many that aren't
     * are on the disk: so the files of the oldest ones can go. Where items leave in the order in
     * which they came there is nothing to move. Where any item of a table leaves, the oldest files
     * hold the fewest that are needed: with a history four times the first table one value is moved
     * for 27 that come in.
     */
    void moveOldest() {
        List<Long> oldest = oldest();
        List<byte[]> values = writes.values(oldest);
        for (int i = 0; i < oldest.size(); i++) {
            byte[] keyAndBytes = values.get(i);
            Place place = state.live().place(oldest.get(i));
            leaveBehind(putAnew(place, TableLayout.keyOf(keyAndBytes), keyAndBytes));
        }
        died = 0;
    }

    private List<Long> oldest() {
        LiveItems live = state.live();
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
        long before = place.number();
        renumber(place, put(place.item(key), keyAndBytes));
        undo.push(() -> renumber(place, before));
        return before;
    }

    private void renumber(Place place, long number) {
        state.live().remove(place);
        place.lane().setNumber(place.slot(), number);
        state.live().add(place);
    }
}
