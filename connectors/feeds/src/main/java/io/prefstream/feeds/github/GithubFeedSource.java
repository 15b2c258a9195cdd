package io.prefstream.feeds.github;

import io.prefstream.content.http.HttpAccess;
import io.prefstream.feeds.watch.WatchOptions;
import io.prefstream.feeds.watch.WatchSource;
import java.net.URI;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * GitHub's Events API: pushes and releases of all public repositories, or of those that are named.
 *
 * <p>State of a target: the first page's ETag and the ids of the newest events, some 8 kB,
 * checkpointed with what was emitted.
 */
public final class GithubFeedSource extends WatchSource {

    private static final long serialVersionUID = 1L;

    private GithubFeedSource(
            Collection<String> targets, WatchOptions watch, GithubWatcher.Settings settings) {
        super(GithubWatcher.FEED, targets, watch, settings);
    }

    /**
     * @param repositories {@code owner/name}, or an organization for all of its; none for
     *     everything public
     * @param api address of the API; the repositories of {@code https://api.github.com} are at
     *     {@code https://github.com}, those of another one at its host
     * @param tokenFile file with the token; null for the variable {@value Token#VARIABLE}
     * @param initialEvents how many of a target's newest events the first look takes at most
     * @param privateAddresses whether the API may be on a private network, by plain http too
     */
    public static GithubFeedSource of(
            Collection<String> repositories,
            String api,
            @Nullable String tokenFile,
            boolean privateAddresses,
            int initialEvents,
            WatchOptions watch) {
        if (initialEvents < 1) {
            throw new IllegalArgumentException(
                    "initialEvents must be at least 1, got " + initialEvents);
        }
        URI uri = URI.create(api);
        String host = String.valueOf(uri.getHost());
        String web =
                host.equals("api.github.com")
                        ? "https://github.com"
                        : "%s://%s".formatted(uri.getScheme(), uri.getAuthority());
        GithubWatcher.Settings settings =
                new GithubWatcher.Settings(
                        api.replaceAll("/+$", ""),
                        web,
                        HttpAccess.to(Set.of(host)).withPrivateAddresses(privateAddresses),
                        new Token(tokenFile, Token.VARIABLE),
                        initialEvents,
                        watch.clock());
        List<String> targets =
                repositories.isEmpty()
                        ? List.of("events")
                        : repositories.stream().map(GithubFeedSource::target).toList();
        return new GithubFeedSource(targets, watch, settings);
    }

    /** GitHub asks for one request at a time. */
    @Override
    public boolean oneReader() {
        return true;
    }

    private static String target(String repository) {
        if (!repository.matches("[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)?")) {
            throw new IllegalArgumentException(
                    "a repository is owner/name, or an organization for all of its, got "
                            + repository);
        }
        return repository.contains("/")
                ? "repos/" + repository + "/events"
                : "orgs/" + repository + "/events";
    }
}
