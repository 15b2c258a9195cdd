package io.prefstream.content;

import io.prefstream.content.maven.ArtifactUnavailableException;
import io.prefstream.content.maven.MavenCoordinates;
import io.prefstream.content.maven.MavenRepositories;
import io.prefstream.schemas.Publication;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Reads the {@code -sources.jar} of a Maven version, whose locator is {@code
 * group:artifact:version}. The archive is downloaded into Maven's local cache once.
 */
public final class MavenContentFetcher implements ContentFetcher {

    private final MavenRepositories repositories;
    private final ContentLimits limits;
    private final TimedFetches fetches;

    /**
     * @param repositories closed with this fetcher
     */
    public MavenContentFetcher(MavenRepositories repositories, ContentLimits limits) {
        this.repositories = repositories;
        this.limits = limits;
        this.fetches = new TimedFetches("fetch-maven", limits.timeout());
    }

    @Override
    public FetchResult fetch(Publication publication) {
        MavenCoordinates coordinates;
        try {
            coordinates = MavenCoordinates.parse(publication.getLocator());
        } catch (IllegalArgumentException e) {
            return new FetchFailed(FetchFailure.UNSUPPORTED, OneLine.of(e));
        }
        if (coordinates.version() == null) {
            return new FetchFailed(
                    FetchFailure.UNSUPPORTED,
                    "the locator of a version must be group:artifact:version, got '"
                            + coordinates
                            + "'");
        }
        return fetches.run(deadline -> read(sourcesOf(coordinates), deadline));
    }

    @Override
    public void close() {
        fetches.close();
        repositories.close();
    }

    private Path sourcesOf(MavenCoordinates coordinates) throws FetchException {
        try {
            return repositories.file(coordinates, "sources", "jar");
        } catch (ArtifactUnavailableException e) {
            throw failure(coordinates, e);
        }
    }

    private FetchException failure(MavenCoordinates coordinates, ArtifactUnavailableException e) {
        return switch (e.why()) {
            case MISSING -> missing(coordinates, e);
            case OFFLINE -> new FetchException(FetchFailure.OFFLINE, OneLine.of(e));
            case UNREACHABLE -> new FetchException(FetchFailure.UNREACHABLE, OneLine.of(e));
        };
    }

    private FetchException missing(MavenCoordinates coordinates, ArtifactUnavailableException e) {
        try {
            return repositories.exists(coordinates)
                    ? new FetchException(
                            FetchFailure.NO_SOURCES, coordinates + " publishes no sources archive")
                    : new FetchException(FetchFailure.NOT_FOUND, OneLine.of(e));
        } catch (ArtifactUnavailableException again) {
            return new FetchException(FetchFailure.UNREACHABLE, OneLine.of(again));
        }
    }

    private FetchResult read(Path archive, Deadline deadline) throws FetchException {
        try {
            FileCollector collector = new FileCollector(limits, deadline);
            ZipEntries.collect(archive, collector);
            return collector.result();
        } catch (IOException | IllegalArgumentException e) {
            return new FetchFailed(
                    FetchFailure.UNREADABLE, archive.getFileName() + ": " + OneLine.of(e));
        }
    }
}
