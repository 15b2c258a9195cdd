package io.prefstream.feeds;

import io.prefstream.content.maven.ArtifactUnavailableException;
import io.prefstream.content.maven.MavenCoordinates;
import io.prefstream.content.maven.MavenRepositories;
import io.prefstream.content.maven.MavenSettings;
import io.prefstream.feeds.watch.FeedClock;
import io.prefstream.feeds.watch.WatchOptions;
import io.prefstream.feeds.watch.WatchSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
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

    private final MavenSettings settings;

    private MavenFeedSource(Set<String> coordinates, Builder builder) {
        super(
                MavenWatcher.FEED,
                coordinates,
                builder.options,
                new MavenWatcher.Opener(
                        builder.settings, builder.initialVersions, builder.options.clock()));
        this.settings = builder.settings;
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

    @Override
    public List<String> check() {
        List<String> problems = new ArrayList<>();
        try (MavenRepositories repositories = MavenRepositories.open(settings)) {
            for (String target : targets()) {
                try {
                    check(MavenCoordinates.parse(target), repositories);
                } catch (ArtifactUnavailableException e) {
                    problems.add(String.valueOf(e.getMessage()).replaceAll("\\s*\\n\\s*", "; "));
                }
            }
        }
        return problems;
    }

    private static void check(MavenCoordinates coordinates, MavenRepositories repositories)
            throws ArtifactUnavailableException {
        if (coordinates.version() == null) {
            var unused = repositories.releases(coordinates);
            return;
        }
        try {
            var unused = repositories.file(coordinates, "sources", "jar");
        } catch (ArtifactUnavailableException e) {
            if (e.why() != ArtifactUnavailableException.Cause.MISSING) {
                throw e;
            }
            var unused = repositories.file(coordinates, "", "pom");
        }
    }

    /** Settings of the feed; the rest of its defaults are {@link WatchOptions#DEFAULTS}. */
    public static final class Builder {

        private final Set<String> coordinates;
        private MavenSettings settings = MavenSettings.DEFAULTS;
        private int initialVersions = 1;
        private WatchOptions options = WatchOptions.DEFAULTS;

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

        /** Look once and finish. */
        public Builder bounded() {
            this.options = options.withBounded(true);
            return this;
        }

        /** Pause between two looks at an artifact. */
        public Builder pollInterval(Duration interval) {
            this.options = options.withPollInterval(interval);
            return this;
        }

        /** How often and how fast a bounded feed tries again before it reports a gap. */
        public Builder retries(int attempts, Duration delay) {
            this.options = options.withRetries(attempts, delay);
            return this;
        }

        public Builder clock(FeedClock clock) {
            this.options = options.withClock(clock);
            return this;
        }

        public MavenFeedSource build() {
            return new MavenFeedSource(coordinates, this);
        }
    }
}
