package io.prefstream.feeds;

import io.prefstream.content.maven.ArtifactUnavailableException;
import io.prefstream.content.maven.MavenCoordinates;
import io.prefstream.content.maven.MavenRepositories;
import io.prefstream.content.maven.MavenSettings;
import io.prefstream.feeds.watch.FeedClock;
import io.prefstream.feeds.watch.FeedEvents;
import io.prefstream.feeds.watch.Look;
import io.prefstream.feeds.watch.Watcher;
import io.prefstream.schemas.Origin;
import io.prefstream.schemas.Publication;
import io.prefstream.schemas.RepoEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Marks each version of an artifact that it has seen, emitted or not, with an empty value. */
final class MavenWatcher implements Watcher {

    static final String FEED = "maven";

    private final MavenRepositories repositories;
    private final int initialVersions;
    private final FeedClock clock;

    private MavenWatcher(MavenRepositories repositories, int initialVersions, FeedClock clock) {
        this.repositories = repositories;
        this.initialVersions = initialVersions;
        this.clock = clock;
    }

    record Opener(MavenSettings settings, int initialVersions, FeedClock clock)
            implements Watcher.Factory {
        @Override
        public Watcher open() {
            return new MavenWatcher(MavenRepositories.open(settings), initialVersions, clock);
        }
    }

    @Override
    public void check(String target) throws ArtifactUnavailableException {
        MavenCoordinates coordinates = MavenCoordinates.parse(target);
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

    @Override
    public Look look(String target, SortedMap<String, String> seen)
            throws ArtifactUnavailableException {
        MavenCoordinates coordinates = MavenCoordinates.parse(target);
        SortedMap<String, String> nowSeen = new TreeMap<>(seen);
        List<RepoEvent> events = new ArrayList<>();
        for (String version : newVersions(coordinates, nowSeen)) {
            events.add(event(coordinates.at(version)));
        }
        return new Look(events, nowSeen);
    }

    @Override
    public void close() {
        repositories.close();
    }

    private List<String> newVersions(MavenCoordinates coordinates, SortedMap<String, String> seen)
            throws ArtifactUnavailableException {
        boolean firstLook = seen.isEmpty();
        List<String> versions =
                coordinates.version() == null
                        ? repositories.releases(coordinates)
                        : List.of(coordinates.version());
        List<String> unseen =
                versions.stream().filter(version -> !seen.containsKey(version)).toList();
        versions.forEach(version -> seen.put(version, ""));
        return firstLook && coordinates.version() == null
                ? MavenReleases.newest(unseen, initialVersions)
                : unseen;
    }

    private RepoEvent event(MavenCoordinates coordinates) throws ArtifactUnavailableException {
        Publication publication =
                Publication.newBuilder()
                        .setRepository(coordinates.repository())
                        .setOrigin(Origin.MAVEN)
                        .setRevision(String.valueOf(coordinates.version()))
                        .setLocator(coordinates.toString())
                        .setPublishedAt(publishedAt(coordinates))
                        .setDeclaredLicence(repositories.licences(coordinates).orElse(null))
                        .build();
        return FeedEvents.published(FEED, coordinates.toString(), publication, "", clock.now());
    }

    /** Downloads the sources into the local cache, where the content fetcher finds them again. */
    private Instant publishedAt(MavenCoordinates coordinates) throws ArtifactUnavailableException {
        try {
            return ArchiveDate.of(repositories.file(coordinates, "sources", "jar"));
        } catch (ArtifactUnavailableException e) {
            if (e.why() == ArtifactUnavailableException.Cause.MISSING) {
                return Instant.EPOCH;
            }
            throw e;
        }
    }
}
