package io.prefstream.replay;

import java.util.Arrays;

/**
 * Numbers of items by hashes of their keys, so that an insertion knows without a read that its key
 * is new. Open addressing with linear probing, 16 to 32 bytes an item at most half full.
 *
 * <p>Of a number there are the lowest 32 bits alone, which tell the numbers of items apart as long
 * as they lie within 2<sup>32</sup> of each other. Keys themselves are on disk: who looks one up
 * confirms each candidate there. Among a million items one new key in 4,000 costs a read for that.
 */
final class KeyIndex {

    private static final int SMALLEST = 128;
    private static final long EMPTY = 0;
    private static final int[] NONE = {};

    /** The hash above the number's bits. */
    private long[] entries = new long[SMALLEST];

    private int size;

    /** The lowest 32 bits of all numbers under a key's hash. */
    int[] find(int hash) {
        int[] found = NONE;
        for (int i = home(hash); entries[i] != EMPTY; i = next(i)) {
            if (hashOf(entries[i]) == hash) {
                found = Arrays.copyOf(found, found.length + 1);
                found[found.length - 1] = (int) entries[i];
            }
        }
        return found;
    }

    /** Adds a number that isn't there. */
    void put(int hash, long number) {
        if (2 * size >= entries.length) {
            resize(Math.multiplyExact(2, entries.length));
        }
        place(entry(hash, number));
        size++;
    }

    /** Takes out a number that is there. */
    void remove(int hash, long number) {
        long entry = entry(hash, number);
        int gap = home(hash);
        while (entries[gap] != entry) {
            gap = next(gap);
        }
        // What comes behind moves up unless it would get before its home.
        for (int i = next(gap); entries[i] != EMPTY; i = next(i)) {
            int fromHome = (i - home(hashOf(entries[i]))) & (entries.length - 1);
            int fromGap = (i - gap) & (entries.length - 1);
            if (fromHome >= fromGap) {
                entries[gap] = entries[i];
                gap = i;
            }
        }
        entries[gap] = EMPTY;
        size--;
    }

    private void place(long entry) {
        int i = home(hashOf(entry));
        while (entries[i] != EMPTY) {
            i = next(i);
        }
        entries[i] = entry;
    }

    /** Makes room for so many items in all. */
    void reserve(long items) {
        int length = entries.length;
        while (length < 2 * items) {
            length = Math.multiplyExact(2, length);
        }
        if (length > entries.length) {
            resize(length);
        }
    }

    private void resize(int length) {
        long[] before = entries;
        entries = new long[length];
        for (long entry : before) {
            if (entry != EMPTY) {
                place(entry);
            }
        }
    }

    private int home(int hash) {
        return hash & (entries.length - 1);
    }

    private int next(int place) {
        return (place + 1) & (entries.length - 1);
    }

    private static long entry(int hash, long number) {
        return (long) hash << Integer.SIZE | Integer.toUnsignedLong((int) number);
    }

    private static int hashOf(long entry) {
        return (int) (entry >>> Integer.SIZE);
    }

    /** The string's own hash, which it computes once, mixed; never 0. */
    static int hash(String key) {
        int mixed = (int) (new SplitMix64(key.hashCode()).nextLong() >>> 32);
        return mixed == 0 ? 1 : mixed;
    }
}
