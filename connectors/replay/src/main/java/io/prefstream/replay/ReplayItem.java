package io.prefstream.replay;

/**
 * Something to insert.
 *
 * @param key unique in its table
 * @param value its bytes
 * @param priority at least 0
 * @param traits what it is
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, never compared
public record ReplayItem(String key, byte[] value, double priority, ItemTraits traits) {

    /** The priority of an item that was never trained on. */
    public static final double INITIAL_PRIORITY = 1;

    public ReplayItem {
        checkPriority(priority);
    }

    /**
     * Refuses what can't be a priority.
     *
     * @throws IllegalArgumentException if it is negative, infinite or no number
     */
    static void checkPriority(double priority) {
        if (!(priority >= 0 && priority < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "priority of %s: must be at least 0 and finite".formatted(priority));
        }
    }

    /** An item that nothing is known of but its bytes. */
    public static ReplayItem of(String key, byte[] value) {
        return new ReplayItem(key, value, INITIAL_PRIORITY, ItemTraits.NONE);
    }
}
