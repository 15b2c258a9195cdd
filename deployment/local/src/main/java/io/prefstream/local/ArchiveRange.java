package io.prefstream.local;

import io.prefstream.feeds.github.ArchiveHour;
import org.jspecify.annotations.Nullable;

/**
 * Which hours of GH Archive a run reads, checked when it is made.
 *
 * @param archive address, or absolute path of a folder
 * @param from first hour, such as {@code 2026-01-01-0} (UTC)
 * @param to last hour; null to follow the archive
 */
record ArchiveRange(String archive, String from, @Nullable String to) {

    ArchiveRange {
        archive = RunRequest.absolute(archive);
        ArchiveHour first = hour("--from", from);
        if (to != null && hour("--to", to).compareTo(first) < 0) {
            throw new BadUsageException("--to=%s is before --from=%s".formatted(to, from));
        }
    }

    private static ArchiveHour hour(String option, String text) {
        try {
            return ArchiveHour.parse(text);
        } catch (IllegalArgumentException e) {
            throw new BadUsageException("%s=%s: %s".formatted(option, text, e.getMessage()));
        }
    }
}
