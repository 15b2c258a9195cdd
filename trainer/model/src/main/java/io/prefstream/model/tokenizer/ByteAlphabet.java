package io.prefstream.model.tokenizer;

import java.nio.charset.StandardCharsets;

/**
 * The printable character that stands for each byte in a byte-level vocabulary (GPT-2's table):
 * printable Latin-1 bytes are themselves, the others take the characters from U+0100 on.
 */
final class ByteAlphabet {
    private final char[] characters = new char[256];

    ByteAlphabet() {
        int next = 256;
        for (int b = 0; b < 256; b++) {
            boolean printable = (b >= '!' && b <= '~') || (b >= 0xa1 && b <= 0xac) || b >= 0xae;
            characters[b] = (char) (printable ? b : next++);
        }
    }

    String of(int unsignedByte) {
        return String.valueOf(characters[unsignedByte]);
    }

    static int[] bytes(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        int[] bytes = new int[utf8.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = utf8[i] & 0xff;
        }
        return bytes;
    }
}
