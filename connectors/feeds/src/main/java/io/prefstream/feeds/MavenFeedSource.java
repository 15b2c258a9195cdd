package io.prefstream.feeds;

import io.prefstream.content.maven.MavenCoordinates;
import io.prefstream.content.maven.MavenSettings;
import io.prefstream.feeds.watch.WatchOptions;
import io.prefstream.feeds.watch.WatchSource;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;

/**
 * Newly published versions of Maven artifacts.
 *
 * <p>{@code group:artifact} is watched: the first look emits its newest releases (milestones only
 * if there is nothing else), later looks emit whatever version is new. {@code
 * group:artifact:version} is emitted once. Snapshots never are. A look costs one metadata request
 * per artifact and downloads the sources of new versions, whose latest entry date is the event time
 * ({@code publishedAt}); the epoch stands for versions without sources or with wiped dates.
 * Offline, or while a repository cannot be reached, the versions in the local cache count. Events
 * carry the locator {@code group:artifact:version}.
 */
public final class MavenFeedSource extends WatchSource {

    private static final long serialVersionUID = 1L;

    private MavenFeedSource(Builder builder) {
        super(
                MavenWatcher.FEED,
                builder.coordinates,
                builder.watch,
                new MavenWatcher.Opener(
                        builder.settings, builder.initialVersions, builder.watch.clock()));
    }

    /**
     * @throws IllegalArgumentException if one has not the form {@code group:artifact[:version]}
     */
    public static Builder of(Collection<String> coordinates) {
        Set<String> parsed = new TreeSet<>();
        for (String text : coordinates) {
            parsed.add(MavenCoordinates.parse(text).toString());
        }
        return new Builder(parsed);
    }

    /** Settings of the feed. */
    public static final class Builder {

        private final Set<String> coordinates;
        private MavenSettings settings = MavenSettings.DEFAULTS;
        private int initialVersions = 1;
        private WatchOptions watch = WatchOptions.DEFAULTS;

        private Builder(Set<String> coordinates) {
            this.coordinates = coordinates;
        }

        /** Which Maven set-up to use; by default that of {@code mvn} on this machine. */
        public Builder settings(MavenSettings newSettings) {
            this.settings = newSettings;
            return this;
        }

        /** How many of the newest releases of an artifact the first look emits; 1 by default. */
        public Builder initialVersions(int count) {
            if (count < 1) {
                throw new IllegalArgumentException(
                        "initialVersions must be at least 1, got " + count);
            }
            this.initialVersions = count;
            return this;
        }

        /** When to look; by default {@link WatchOptions#DEFAULTS}. */
        public Builder watch(WatchOptions options) {
            this.watch = options;
            return this;
        }

        public MavenFeedSource build() {
            return new MavenFeedSource(this);
        }
    }
}
