package io.prefstream.replay;

import java.util.function.LongPredicate;

/**
 * Sequence numbers of a table's items by hashes of their keys, so that an insertion knows without a
 * read that its key is new. Open addressing with linear probing, 24 to 48 bytes an item at most
 * half full.
 *
 * <p>Keys themselves are on disk: who looks one up confirms each candidate there. Two keys of one
 * hash are two entries; among a million items one new key in 4,000 costs a read for that.
 */
final class KeyIndex {

    /** Instead of the sequence number of an item that isn't there. */
    static final long NONE = -1;

    private static final int SMALLEST = 128;
    private static final long PRIME = 0x100000001B3L;
    private static final int EMPTY = 0;

    private int[] hashes = new int[SMALLEST];
    private long[] sequences = new long[SMALLEST];
    private int size;

    /** The first sequence number under a key's hash that is confirmed; {@link #NONE} without. */
    long find(int hash, LongPredicate confirmed) {
        for (int i = home(hash); hashes[i] != EMPTY; i = next(i)) {
            if (hashes[i] == hash && confirmed.test(sequences[i])) {
                return sequences[i];
            }
        }
        return NONE;
    }

    /** Adds an item that isn't there. */
    void put(int hash, long sequence) {
        if (2 * size >= hashes.length) {
            resize(Math.multiplyExact(2, hashes.length));
        }
        place(hash, sequence);
        size++;
    }

    /** Takes out an item that is there. */
    void remove(int hash, long sequence) {
        int gap = home(hash);
        while (hashes[gap] != hash || sequences[gap] != sequence) {
            gap = next(gap);
        }
        // What comes behind moves up unless it would get before its home.
        for (int i = next(gap); hashes[i] != EMPTY; i = next(i)) {
            int fromHome = (i - home(hashes[i])) & (hashes.length - 1);
            int fromGap = (i - gap) & (hashes.length - 1);
            if (fromHome >= fromGap) {
                hashes[gap] = hashes[i];
                sequences[gap] = sequences[i];
                gap = i;
            }
        }
        hashes[gap] = EMPTY;
        size--;
    }

    private void place(int hash, long sequence) {
        int i = home(hash);
        while (hashes[i] != EMPTY) {
            i = next(i);
        }
        hashes[i] = hash;
        sequences[i] = sequence;
    }

    /** Makes room for so many items in all. */
    void reserve(long items) {
        int length = hashes.length;
        while (length < 2 * items) {
            length = Math.multiplyExact(2, length);
        }
        if (length > hashes.length) {
            resize(length);
        }
    }

    private void resize(int length) {
        int[] oldHashes = hashes;
        long[] oldSequences = sequences;
        hashes = new int[length];
        sequences = new long[hashes.length];
        for (int i = 0; i < oldHashes.length; i++) {
            if (oldHashes[i] != EMPTY) {
                place(oldHashes[i], oldSequences[i]);
            }
        }
    }

    private int home(int hash) {
        return hash & (hashes.length - 1);
    }

    private int next(int place) {
        return (place + 1) & (hashes.length - 1);
    }

    /** FNV-1a over the key's characters, mixed. */
    static int hash(String key) {
        long hash = 0xCBF29CE484222325L;
        for (int i = 0; i < key.length(); i++) {
            hash = (hash ^ key.charAt(i)) * PRIME;
        }
        int mixed = (int) (new SplitMix64(hash).nextLong() >>> 32);
        return mixed == EMPTY ? 1 : mixed;
    }
}
