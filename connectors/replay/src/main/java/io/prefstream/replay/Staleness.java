package io.prefstream.replay;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How old an item may be, and what happens to those that are older.
 *
 * @param maxVersions model versions since the item came in; null for any number
 * @param maxAge time since the item came in; null for any
 * @param policy what happens
 */
public record Staleness(@Nullable Long maxVersions, @Nullable Duration maxAge, Policy policy) {

    /** No limit. */
    public static final Staleness UNLIMITED = new Staleness(null, null, Policy.DROP);

    /** What happens once an item is too old. */
    public enum Policy {
        /** It leaves the table and is never drawn from it. */
        DROP,
        /**
         * Nothing is inserted while the oldest item that was never drawn is too old, unless samples
         * wait for insertions.
         */
        SLOW_PRODUCER
    }

    public Staleness {
        if (maxVersions != null && maxVersions < 0) {
            throw new IllegalArgumentException(
                    "replay.staleness.max-versions=%,d must not be negative"
                            .formatted(maxVersions));
        }
        if (maxAge != null && maxAge.isNegative()) {
            throw new IllegalArgumentException(
                    "replay.staleness.max-age=%s must not be negative".formatted(maxAge));
        }
    }

    /** Whether an item of this age is too old. */
    boolean exceededBy(long versions, long ageMillis) {
        return (maxVersions != null && versions > maxVersions)
                || (maxAge != null && ageMillis > maxAge.toMillis());
    }

    boolean drops() {
        return policy == Policy.DROP && (maxVersions != null || maxAge != null);
    }

    boolean slows() {
        return policy == Policy.SLOW_PRODUCER && (maxVersions != null || maxAge != null);
    }
}
