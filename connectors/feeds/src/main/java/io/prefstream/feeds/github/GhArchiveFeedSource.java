package io.prefstream.feeds.github;

import io.prefstream.content.http.HttpAccess;
import io.prefstream.feeds.watch.WatchOptions;
import io.prefstream.feeds.watch.WatchSource;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * GH Archive: the public events of an hour in a file, from {@code https://data.gharchive.org} or a
 * folder.
 *
 * <p>Each hour of a range is a split of its own (several, of a very long one), dealt one at a time
 * and in order to the subtasks that are free, so that a backfill uses all of them and each has one
 * file open. A range ends, also in a job that doesn't. Without an end, one split follows hour after
 * hour. A line that cannot be read is a dead letter; of a damaged file what is before the damage is
 * taken, and the rest is a gap.
 */
public final class GhArchiveFeedSource extends WatchSource {

    /** The archive's own address. */
    public static final String ARCHIVE = "https://data.gharchive.org";

    /** Before, the archive's events were of another form. */
    private static final ArchiveHour FIRST = ArchiveHour.parse("2015-01-01-0");

    private static final long serialVersionUID = 1L;

    private GhArchiveFeedSource(
            List<String> targets, WatchOptions watch, GhArchiveWatcher.Settings settings) {
        super(GhArchiveWatcher.FEED, targets, watch, settings);
    }

    /**
     * Reads an archive from an hour on.
     *
     * @param archive folder or address
     */
    public static Builder of(String archive, ArchiveHour from) {
        return new Builder(archive, from);
    }

    @Override
    protected boolean oneTargetAtATime() {
        return true;
    }

    /** Settings of the feed. */
    public static final class Builder {

        private final String archive;
        private final ArchiveHour from;
        private @Nullable ArchiveHour to;
        private Set<String> only = Set.of();
        private String repositories = "https://github.com";
        private Duration delay = Duration.ofMinutes(5);
        private Duration patience = Duration.ofDays(1);
        private boolean privateAddresses;
        private WatchOptions watch = WatchOptions.DEFAULTS;

        private Builder(String archive, ArchiveHour from) {
            this.archive = archive;
            this.from = from;
        }

        /** The last hour; without it the archive is followed. */
        public Builder to(@Nullable ArchiveHour last) {
            this.to = last;
            return this;
        }

        /**
         * Repositories whose events are taken, as {@code owner/name}; by default all.
         *
         * @throws IllegalArgumentException if one has another form
         */
        public Builder only(Collection<String> names) {
            for (String name : names) {
                if (!name.matches("[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+")) {
                    throw new IllegalArgumentException(
                            "a repository of the archive is owner/name, got " + name);
                }
            }
            this.only =
                    names.stream()
                            .map(name -> name.toLowerCase(Locale.ROOT))
                            .collect(Collectors.toCollection(TreeSet::new));
            return this;
        }

        /** Where repositories are fetched from; by default {@code https://github.com}. */
        public Builder repositories(String address) {
            this.repositories = address.replaceAll("/+$", "");
            return this;
        }

        /** How long after its end an hour is first asked for; 5 minutes by default. */
        public Builder delay(Duration afterEnd) {
            this.delay = afterEnd;
            return this;
        }

        /** How long after its end a followed hour is waited for; a day by default. */
        public Builder patience(Duration afterEnd) {
            this.patience = afterEnd;
            return this;
        }

        /** Whether the archive may be on a private network, by plain http too. */
        public Builder privateAddresses(boolean allowed) {
            this.privateAddresses = allowed;
            return this;
        }

        /** When to look; by default {@link WatchOptions#DEFAULTS}. */
        public Builder watch(WatchOptions options) {
            this.watch = options;
            return this;
        }

        /**
         * @throws IllegalArgumentException if the hours are none that can be read
         */
        public GhArchiveFeedSource build() {
            if (to == null && watch.bounded()) {
                throw new IllegalArgumentException(
                        "without its last hour the archive has no end, but the feed must end");
            }
            if (from.compareTo(FIRST) < 0) {
                throw new IllegalArgumentException(
                        "from %s: events before %s have another form, which is not read"
                                .formatted(from, FIRST));
            }
            boolean isWeb = archive.matches("^https?://.*");
            GhArchiveWatcher.Settings settings =
                    new GhArchiveWatcher.Settings(
                            isWeb
                                    ? archive.replaceAll("/+$", "")
                                    : Path.of(archive).toAbsolutePath().normalize().toString(),
                            isWeb ? access() : null,
                            repositories,
                            only,
                            delay,
                            patience,
                            watch.clock());
            return new GhArchiveFeedSource(
                    new ArchiveSpan(from, to).parts().stream().map(ArchiveSpan::toString).toList(),
                    watch.withBounded(to != null),
                    settings);
        }

        private HttpAccess access() {
            return HttpAccess.to(Set.of(String.valueOf(URI.create(archive).getHost())))
                    .withPrivateAddresses(privateAddresses)
                    .withDeadline(Duration.ofMinutes(30));
        }
    }
}
