package io.prefstream.feeds.github;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Hours of the archive that belong to one split.
 *
 * @param from first hour
 * @param to last hour; null for no end
 */
record ArchiveSpan(ArchiveHour from, @Nullable ArchiveHour to) {

    private static final String DOTS = "..";
    private static final long MAX_HOURS = 24L * 366 * 30;

    /** So that the list of splits, which every checkpoint holds, stays small. */
    private static final int MAX_SPANS = 2_000;

    /** Reads what {@link #toString} wrote. */
    static ArchiveSpan parse(String target) {
        int dots = target.indexOf(DOTS);
        if (dots < 0) {
            ArchiveHour hour = ArchiveHour.parse(target);
            return new ArchiveSpan(hour, hour);
        }
        String to = target.substring(dots + DOTS.length());
        return new ArchiveSpan(
                ArchiveHour.parse(target.substring(0, dots)),
                to.isEmpty() ? null : ArchiveHour.parse(to));
    }

    /**
     * Divides a span so that many readers can work on it: by hours, or by several of a long one.
     *
     * @throws IllegalArgumentException if it is empty or absurdly long
     */
    List<ArchiveSpan> parts() {
        if (to == null) {
            return List.of(this);
        }
        long hours = Duration.between(from.begin(), to.begin()).toHours() + 1;
        if (hours < 1 || hours > MAX_HOURS) {
            throw new IllegalArgumentException(
                    "from %s to %s are %d hours".formatted(from, to, Math.max(0, hours)));
        }
        long each = (hours + MAX_SPANS - 1) / MAX_SPANS;
        List<ArchiveSpan> parts = new ArrayList<>();
        for (ArchiveHour first = from; first.compareTo(to) <= 0; first = first.plus(each)) {
            ArchiveHour last = first.plus(each - 1);
            parts.add(new ArchiveSpan(first, last.compareTo(to) < 0 ? last : to));
        }
        return parts;
    }

    boolean contains(ArchiveHour hour) {
        return hour.compareTo(from) >= 0 && (to == null || hour.compareTo(to) <= 0);
    }

    /** With zeros, so that the order of texts is that of time. */
    @Override
    public String toString() {
        if (from.equals(to)) {
            return from.padded();
        }
        return from.padded() + DOTS + (to == null ? "" : to.padded());
    }
}
