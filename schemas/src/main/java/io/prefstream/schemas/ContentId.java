package io.prefstream.schemas;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Ids that are a function of content: whatever is issued again after a failure has the id it had
 * before.
 *
 * <p>SHA-256 over the parts, each preceded by its length in bytes, so that ("ab", "c") and ("a",
 * "bc") differ.
 */
public final class ContentId {

    private ContentId() {}

    /** The id of these parts, 64 hexadecimal digits. */
    public static String of(String... parts) {
        return HexFormat.of().formatHex(digest(parts));
    }

    /**
     * A seed that is a function of content: the first eight bytes of the digest, big-endian. Equal
     * parts give equal random numbers on every machine.
     */
    public static long seed(String... parts) {
        return ByteBuffer.wrap(digest(parts)).getLong();
    }

    /**
     * A number in [0, 1) that is a function of content: for shares and splits that every run draws
     * alike.
     */
    public static double fraction(String... parts) {
        return (seed(parts) >>> 11) * 0x1.0p-53;
    }

    private static byte[] digest(String... parts) {
        MessageDigest sha256;
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
        for (String part : parts) {
            byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
            sha256.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
            sha256.update(bytes);
        }
        return sha256.digest();
    }
}
