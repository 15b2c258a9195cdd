package io.prefstream.ingest.neardup;

import io.prefstream.jobs.common.tokens.TokenHashes;

/**
 * The stored forms of minima (b-bit minwise hashing, Li and König 2010).
 *
 * <p>The <b>signature</b> on a record ({@code CodeSnippet.nearDupSignature}) is one byte for each
 * minimum, in order: the lowest eight bits of its mixed hash. Two records' Jaccard similarity is
 * about {@code (m - 1/256) / (1 - 1/256)}, where m is the share of equal bytes.
 *
 * <p>The <b>sketch</b> in the state is the lowest two bits of each of those bytes, four to a byte,
 * 64 bytes for 256 minima. Its estimate is {@code (m - 1/4) / (3/4)}, with a standard error of
 * 0.035 at similarity 0.7, where all bits would have 0.029: a quarter more noise for a sixteenth of
 * the disk.
 */
public final class Signatures {

    private static final long LOW_BITS = 0x5555_5555_5555_5555L;

    private Signatures() {}

    /** The signature of some minima. */
    static byte[] signature(int[] minima) {
        byte[] signature = new byte[minima.length];
        for (int i = 0; i < minima.length; i++) {
            signature[i] = (byte) TokenHashes.mix(minima[i]);
        }
        return signature;
    }

    /** The sketch of a signature, as words of 32 minima each. */
    static long[] sketch(byte[] signature) {
        long[] sketch = new long[(signature.length + 31) / 32];
        for (int i = 0; i < signature.length; i++) {
            sketch[i / 32] |= (signature[i] & 3L) << (2 * (i % 32));
        }
        return sketch;
    }

    /** The Jaccard similarity that two signatures of the same length and orders tell. */
    public static double similarity(byte[] one, byte[] other) {
        int equal = 0;
        for (int i = 0; i < one.length; i++) {
            equal += one[i] == other[i] ? 1 : 0;
        }
        return unbiased((double) equal / one.length, 256);
    }

    /**
     * The Jaccard similarity that two sketches tell.
     *
     * @param minima how many minima each stands for
     */
    static double similarity(long[] one, long[] other, int minima) {
        int different = 0;
        for (int i = 0; i < one.length; i++) {
            long difference = one[i] ^ other[i];
            different += Long.bitCount((difference | difference >>> 1) & LOW_BITS);
        }
        return unbiased(1 - (double) different / minima, 4);
    }

    /** Bits of different minima agree by chance once in {@code values} times. */
    private static double unbiased(double equal, int values) {
        return Math.max(0, (equal - 1.0 / values) / (1 - 1.0 / values));
    }
}
