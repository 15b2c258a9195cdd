package io.prefstream.schemas;

import java.nio.charset.StandardCharsets;

/**
 * Which rules a pair was judged by. Of what {@code preference-pairs} says of one pair id, that of
 * the highest version holds, in whatever order it lies there.
 *
 * <p>A pair carries its version as a field. A tombstone has no fields: one that new rules write
 * carries the version as the record header {@link #HEADER}, decimal digits in ASCII, and takes back
 * what lower rules kept; one without the header (of an opt-out, of a benchmark) takes back the pair
 * whatever its version.
 */
public final class RulesVersion {

    /** Name of a tombstone's header. */
    public static final String HEADER = "prefstream-rules-version";

    /** The lowest version; also that of pairs from before there were any. */
    public static final int FIRST = 1;

    private RulesVersion() {}

    /** The version of a pair. */
    public static int of(PreferencePair pair) {
        return Math.max(FIRST, pair.getRulesVersion());
    }

    /** The header's value. */
    public static byte[] header(int version) {
        return Integer.toString(version).getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * The version that a header holds.
     *
     * @throws IllegalArgumentException if it holds none
     */
    public static int ofHeader(byte[] value) {
        String text = new String(value, StandardCharsets.US_ASCII);
        int version;
        try {
            version = Integer.parseInt(text);
        } catch (NumberFormatException e) {
            version = 0;
        }
        if (version < FIRST) {
            throw new IllegalArgumentException(
                    "header %s is '%s', not a number from %d".formatted(HEADER, text, FIRST));
        }
        return version;
    }
}
