package io.prefstream.ingest.neardup;

import java.util.HexFormat;

/**
 * What is remembered of a snippet under each of its bands, packed into longs because it is what the
 * state is made of: when it was seen (1 long), its id (4 longs), its sketch (8 longs for 256
 * minima).
 *
 * <p>Of two snippets the one seen earlier goes first, and of two seen in the same millisecond the
 * one with the smaller id: a total order that all bands agree on.
 */
final class SeenSnippet {

    private static final int ID = 1;
    private static final int ID_LONGS = 4;
    private static final int SKETCH = ID + ID_LONGS;
    private static final int HEX_DIGITS = 16;

    private SeenSnippet() {}

    /**
     * Packs one.
     *
     * @param id 64 hexadecimal digits
     */
    static long[] pack(long seenAt, String id, long[] sketch) {
        if (id.length() != ID_LONGS * HEX_DIGITS) {
            throw new IllegalArgumentException(
                    "snippet id %s is not a SHA-256 in hexadecimal".formatted(id));
        }
        long[] packed = new long[SKETCH + sketch.length];
        packed[0] = seenAt;
        for (int i = 0; i < ID_LONGS; i++) {
            packed[ID + i] =
                    HexFormat.fromHexDigitsToLong(id, i * HEX_DIGITS, (i + 1) * HEX_DIGITS);
        }
        System.arraycopy(sketch, 0, packed, SKETCH, sketch.length);
        return packed;
    }

    /** Longs of each, by the number of minima. */
    static int size(int minima) {
        return SKETCH + (minima + 31) / 32;
    }

    static long seenAt(long[] from, int offset) {
        return from[offset];
    }

    static String id(long[] from, int offset) {
        HexFormat hex = HexFormat.of();
        StringBuilder id = new StringBuilder(ID_LONGS * HEX_DIGITS);
        for (int i = 0; i < ID_LONGS; i++) {
            id.append(hex.toHexDigits(from[offset + ID + i]));
        }
        return id.toString();
    }

    static long[] sketch(long[] from, int offset, int size) {
        return java.util.Arrays.copyOfRange(from, offset + SKETCH, offset + size);
    }

    static boolean same(long[] one, int oneOffset, long[] other, int otherOffset) {
        return compareIds(one, oneOffset, other, otherOffset) == 0;
    }

    /** Negative where the first goes first. */
    static int compare(long[] one, int oneOffset, long[] other, int otherOffset) {
        int byTime = Long.compare(one[oneOffset], other[otherOffset]);
        return byTime != 0 ? byTime : compareIds(one, oneOffset, other, otherOffset);
    }

    private static int compareIds(long[] one, int oneOffset, long[] other, int otherOffset) {
        for (int i = ID; i < ID + ID_LONGS; i++) {
            int compared = Long.compareUnsigned(one[oneOffset + i], other[otherOffset + i]);
            if (compared != 0) {
                return compared;
            }
        }
        return 0;
    }
}
