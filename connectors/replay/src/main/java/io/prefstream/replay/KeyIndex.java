package io.prefstream.replay;

import java.util.function.LongPredicate;

/**
 * Sequence numbers of a table's items by hashes of their keys, so that an insertion knows without a
 * read that its key is new. Open addressing with linear probing, 32 to 64 bytes an item at most
 * half full.
 *
 * <p>Keys themselves are on disk: who looks one up confirms each candidate there. Two keys of one
 * hash are two entries.
 */
final class KeyIndex {

    /** Instead of the sequence number of an item that isn't there. */
    static final long NONE = -1;

    private static final int SMALLEST = 128;
    private static final long PRIME = 0x100000001B3L;
    private static final long EMPTY = 0;

    private long[] hashes = new long[SMALLEST];
    private long[] sequences = new long[SMALLEST];
    private int size;

    /** The first sequence number under a key's hash that is confirmed; {@link #NONE} without. */
    long find(String key, LongPredicate confirmed) {
        long hash = hash(key);
        for (int i = home(hash); hashes[i] != EMPTY; i = next(i)) {
            if (hashes[i] == hash && confirmed.test(sequences[i])) {
                return sequences[i];
            }
        }
        return NONE;
    }

    /** Adds an item that isn't there. */
    void put(String key, long sequence) {
        if (2 * size >= hashes.length) {
            grow();
        }
        put(hash(key), sequence);
        size++;
    }

    /** Takes out an item that is there. */
    void remove(String key, long sequence) {
        long hash = hash(key);
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

    private void put(long hash, long sequence) {
        int i = home(hash);
        while (hashes[i] != EMPTY) {
            i = next(i);
        }
        hashes[i] = hash;
        sequences[i] = sequence;
    }

    private void grow() {
        long[] oldHashes = hashes;
        long[] oldSequences = sequences;
        hashes = new long[Math.multiplyExact(2, oldHashes.length)];
        sequences = new long[hashes.length];
        for (int i = 0; i < oldHashes.length; i++) {
            if (oldHashes[i] != EMPTY) {
                put(oldHashes[i], oldSequences[i]);
            }
        }
    }

    private int home(long hash) {
        return (int) (hash >>> 32) & (hashes.length - 1);
    }

    private int next(int place) {
        return (place + 1) & (hashes.length - 1);
    }

    /** FNV-1a over the key's characters, mixed. */
    private static long hash(String key) {
        long hash = 0xCBF29CE484222325L;
        for (int i = 0; i < key.length(); i++) {
            hash = (hash ^ key.charAt(i)) * PRIME;
        }
        long mixed = new SplitMix64(hash).nextLong();
        return mixed == EMPTY ? 1 : mixed;
    }
}
