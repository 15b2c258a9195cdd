package io.prefstream.jobs.common.syntax;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Maps offsets in the UTF-8 form of a text to offsets in its chars.
 *
 * <p>The text has no unpaired surrogates. O(1) per look-up. ASCII text needs no table; other text
 * costs one int per byte.
 */
final class CharOffsets {

    private final int @Nullable [] charOfByte;

    private CharOffsets(int @Nullable [] charOfByte) {
        this.charOfByte = charOfByte;
    }

    static CharOffsets of(String text) {
        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        if (bytes == text.length()) {
            // One byte per char: ASCII.
            return new CharOffsets(null);
        }
        int[] charOfByte = new int[bytes + 1];
        int at = 0;
        for (int i = 0; i < text.length(); ) {
            int codePoint = text.codePointAt(i);
            int width = utf8Width(codePoint);
            for (int b = 0; b < width; b++) {
                charOfByte[at++] = i;
            }
            i += Character.charCount(codePoint);
        }
        charOfByte[at] = text.length();
        return new CharOffsets(charOfByte);
    }

    /** The parser refuses half a surrogate pair; a question mark keeps its place. */
    static String wellFormed(String text) {
        if (text.chars().noneMatch(c -> Character.isSurrogate((char) c))
                || StandardCharsets.UTF_16.newEncoder().canEncode(text)) {
            return text;
        }
        char[] chars = text.toCharArray();
        for (int i = 0; i < chars.length; i++) {
            boolean pair =
                    i + 1 < chars.length && Character.isSurrogatePair(chars[i], chars[i + 1]);
            if (pair) {
                i++;
            } else if (Character.isSurrogate(chars[i])) {
                chars[i] = '?';
            }
        }
        return new String(chars);
    }

    /** Whether bytes and chars are counted alike. */
    boolean isIdentity() {
        return charOfByte == null;
    }

    int ofByte(int offset) {
        return charOfByte == null
                ? offset
                : charOfByte[Math.min(Math.max(offset, 0), charOfByte.length - 1)];
    }

    private static int utf8Width(int codePoint) {
        if (codePoint < 0x80) {
            return 1;
        }
        if (codePoint < 0x800) {
            return 2;
        }
        return codePoint < 0x10000 ? 3 : 4;
    }
}
