package io.prefstream.jobs.common.tokens;

import java.util.Arrays;

/**
 * The words of a text as 64-bit hashes, in order.
 *
 * <p>A word is a run of letters, digits and underscores (BigCode's rule, extended to letters
 * outside ASCII); everything between words counts for nothing. So a text that was only reformatted
 * has the same words. Cost: one pass, about 2 ns a character.
 */
public final class TokenHashes {

    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;
    private static final byte OTHER = 0;

    /** The letter that stands for an ASCII character in a word; itself, or its lower case. */
    private static final byte[] AS_WRITTEN = letters(false);

    private static final byte[] LOWER_CASE = letters(true);

    private final long[] hashes;
    private final boolean[] numeric;
    private final int size;

    private TokenHashes(long[] hashes, boolean[] numeric, int size) {
        this.hashes = hashes;
        this.numeric = numeric;
        this.size = size;
    }

    /** The words as they are written. */
    public static TokenHashes of(String text) {
        return scan(text, AS_WRITTEN, false);
    }

    /** The words in lower case. */
    public static TokenHashes inLowerCase(String text) {
        return scan(text, LOWER_CASE, true);
    }

    /** How many words there are. */
    public int size() {
        return size;
    }

    /** The hash of a word. */
    public long at(int index) {
        return hashes[index];
    }

    /** Whether a word consists of digits only. */
    public boolean isNumber(int index) {
        return numeric[index];
    }

    /** Spreads every bit of a word over all bits (Stafford's variant 13, as in SplitMix64). */
    public static long mix(long bits) {
        long z = (bits ^ (bits >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }

    private static TokenHashes scan(String text, byte[] ascii, boolean lowerCase) {
        long[] hashes = new long[Math.max(8, text.length() / 5)];
        boolean[] numeric = new boolean[hashes.length];
        int size = 0;
        long hash = FNV_OFFSET;
        boolean digits = true;
        boolean inWord = false;
        int length = text.length();
        for (int i = 0; i <= length; i++) {
            int letter = OTHER;
            if (i < length) {
                char c = text.charAt(i);
                letter = c < 128 ? ascii[c] : beyondAscii(c, lowerCase);
            }
            if (letter != OTHER) {
                hash = (hash ^ letter) * FNV_PRIME;
                digits &= letter >= '0' && letter <= '9';
                inWord = true;
            } else if (inWord) {
                if (size == hashes.length) {
                    hashes = Arrays.copyOf(hashes, 2 * size);
                    numeric = Arrays.copyOf(numeric, 2 * size);
                }
                hashes[size] = mix(hash);
                numeric[size++] = digits;
                hash = FNV_OFFSET;
                digits = true;
                inWord = false;
            }
        }
        return new TokenHashes(hashes, numeric, size);
    }

    private static int beyondAscii(char c, boolean lowerCase) {
        if (!Character.isLetterOrDigit(c) && !Character.isSurrogate(c)) {
            return OTHER;
        }
        return lowerCase ? Character.toLowerCase(c) : c;
    }

    private static byte[] letters(boolean lowerCase) {
        byte[] letters = new byte[128];
        for (char c = 0; c < letters.length; c++) {
            if (Character.isLetterOrDigit(c) || c == '_') {
                letters[c] = (byte) (lowerCase ? Character.toLowerCase(c) : c);
            }
        }
        return letters;
    }
}
