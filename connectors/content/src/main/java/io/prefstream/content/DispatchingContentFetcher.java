package io.prefstream.content;

import io.prefstream.content.git.GitAccess;
import io.prefstream.content.git.GitRepositories;
import io.prefstream.content.http.HttpAccess;
import io.prefstream.content.maven.MavenRepositories;
import io.prefstream.content.maven.MavenSettings;
import io.prefstream.schemas.Origin;
import io.prefstream.schemas.Publication;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

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
     * @param git which remote repositories may be asked
     * @param archives where archives of packages may be fetched from
     */
    public static DispatchingContentFetcher open(
            MavenSettings maven,
            Path gitCache,
            GitAccess git,
            HttpAccess archives,
            ContentLimits limits) {
        ContentFetcher packages = new ArchiveContentFetcher(archives, limits);
        return new DispatchingContentFetcher(
                Map.of(
                        Origin.NPM,
                        packages,
                        Origin.PYPI,
                        packages,
                        Origin.CRATES,
                        packages,
                        Origin.MAVEN,
                        new MavenContentFetcher(MavenRepositories.open(maven), limits),
                        Origin.GIT,
                        new GitContentFetcher(new GitRepositories(gitCache, git), limits)));
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
        Set.copyOf(byOrigin.values()).forEach(ContentFetcher::close);
    }
}
