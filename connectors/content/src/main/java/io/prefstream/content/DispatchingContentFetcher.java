package io.prefstream.content;

import io.prefstream.content.git.GitRepositories;
import io.prefstream.content.maven.MavenRepositories;
import io.prefstream.content.maven.MavenSettings;
import io.prefstream.schemas.Origin;
import io.prefstream.schemas.Publication;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;

/** Hands each publication to the fetcher of its origin. Closes them when closed. */
public final class DispatchingContentFetcher implements ContentFetcher {

    private final Map<Origin, ContentFetcher> byOrigin;

    public DispatchingContentFetcher(Map<Origin, ? extends ContentFetcher> byOrigin) {
        this.byOrigin = new EnumMap<>(Origin.class);
        this.byOrigin.putAll(byOrigin);
    }

    /**
     * A fetcher of every origin there is.
     *
     * @param gitCache folder for what is fetched from remote git repositories
     */
    public static DispatchingContentFetcher open(
            MavenSettings maven, Path gitCache, ContentLimits limits) {
        return new DispatchingContentFetcher(
                Map.of(
                        Origin.MAVEN,
                        new MavenContentFetcher(MavenRepositories.open(maven), limits),
                        Origin.GIT,
                        new GitContentFetcher(new GitRepositories(gitCache), limits)));
    }

    @Override
    public FetchResult fetch(Publication publication) {
        ContentFetcher fetcher = byOrigin.get(publication.getOrigin());
        if (fetcher == null) {
            return new FetchFailed(
                    FetchFailure.UNSUPPORTED,
                    "no fetcher for publications of origin " + publication.getOrigin());
        }
        return fetcher.fetch(publication);
    }

    @Override
    public void close() {
        byOrigin.values().forEach(ContentFetcher::close);
    }
}
