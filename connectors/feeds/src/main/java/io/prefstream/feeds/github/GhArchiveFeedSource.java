package io.prefstream.feeds.github;

import io.prefstream.content.http.HttpAccess;
import io.prefstream.feeds.watch.WatchOptions;
import io.prefstream.feeds.watch.WatchSource;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * GH Archive: the public events of an hour in a file, from {@code https://data.gharchive.org} or a
 * folder.
 *
 * <p>Each hour of a range is a split of its own, so that a backfill uses every subtask; without an
 * end, one split follows hour after hour. A line that cannot be read is a dead letter; a damaged
 * file gives what is before the damage, and the rest is a gap.
 */
public final class GhArchiveFeedSource extends WatchSource {

    /** The archive's own address. */
    public static final String ARCHIVE = "https://data.gharchive.org";

    private static final long serialVersionUID = 1L;
    private static final long MAX_HOURS = 24L * 366 * 20;

    private GhArchiveFeedSource(
            List<String> targets, WatchOptions watch, GhArchiveWatcher.Settings settings) {
        super(GhArchiveWatcher.FEED, targets, watch, settings);
    }

    /**
     * @param archive folder or address
     * @param from first hour
     * @param to last hour; null to follow
     * @param patience how long after its end a followed hour is waited for
     * @param privateAddresses whether the address may be on a private network, by plain http too
     */
    public static GhArchiveFeedSource of(
            String archive,
            ArchiveHour from,
            @Nullable ArchiveHour to,
            Duration patience,
            boolean privateAddresses,
            WatchOptions watch) {
        boolean isWeb = archive.matches("^https?://.*");
        GhArchiveWatcher.Settings settings =
                new GhArchiveWatcher.Settings(
                        isWeb
                                ? archive.replaceAll("/+$", "")
                                : Path.of(archive).toAbsolutePath().normalize().toString(),
                        isWeb ? access(archive, privateAddresses) : null,
                        "https://github.com",
                        patience,
                        watch.clock());
        return new GhArchiveFeedSource(targets(from, to, watch), watch, settings);
    }

    private static HttpAccess access(String archive, boolean privateAddresses) {
        return HttpAccess.to(Set.of(String.valueOf(URI.create(archive).getHost())))
                .withPrivateAddresses(privateAddresses)
                .withDeadline(Duration.ofMinutes(30));
    }

    private static List<String> targets(
            ArchiveHour from, @Nullable ArchiveHour to, WatchOptions watch) {
        if (to == null) {
            if (watch.bounded()) {
                throw new IllegalArgumentException(
                        "without its last hour the archive has no end, but the feed must end");
            }
            return List.of(from + "..");
        }
        long hours = Duration.between(from.begin(), to.begin()).toHours() + 1;
        if (hours < 1 || hours > MAX_HOURS) {
            throw new IllegalArgumentException(
                    "from %s to %s are %d hours".formatted(from, to, Math.max(0, hours)));
        }
        List<String> targets = new ArrayList<>();
        for (ArchiveHour hour = from; hour.compareTo(to) <= 0; hour = hour.next()) {
            targets.add(hour.toString());
        }
        return targets;
    }
}
