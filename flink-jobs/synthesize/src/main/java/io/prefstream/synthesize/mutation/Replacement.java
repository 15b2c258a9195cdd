package io.prefstream.synthesize.mutation;

/**
 * New text for a range of chars.
 *
 * @param start first char
 * @param end one past the last char
 */
record Replacement(int start, int end, String text) {

    Replacement {
        if (start < 0 || end < start) {
            throw new IllegalArgumentException("no range: [" + start + "," + end + ")");
        }
    }

    /** Whether both want the same char, or one stands where the other inserts. */
    boolean overlaps(Replacement other) {
        return start < other.end && other.start < end || start == other.start || end == other.end;
    }
}
