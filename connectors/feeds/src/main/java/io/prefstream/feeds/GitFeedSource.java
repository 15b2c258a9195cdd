package io.prefstream.feeds;

import io.prefstream.content.git.GitAddress;
import io.prefstream.feeds.watch.WatchOptions;
import io.prefstream.feeds.watch.WatchSource;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * New commits of git repositories: folders, {@code file://} and {@code https://}.
 *
 * <p>The first look at a repository follows the first parents of each watched branch for {@code
 * initialDepth} commits and emits them oldest first. The oldest is a <em>snapshot</em>: its locator
 * ends with {@code #snapshot} ({@link io.prefstream.content.git.GitLocator}), which tells the
 * content fetcher to take all files of that commit rather than the changed ones, so that the events
 * add up to the whole tree. Later looks emit every commit that has become reachable from a watched
 * branch, merged side branches included, once and parents first; the event time is the committer's.
 *
 * <p>A rewritten branch yields the commits that are new on it (of a remote one at most {@code
 * initialDepth}); if its old commit is gone, a {@code FeedGap} and a new snapshot. An empty
 * repository and a branch that does not exist (yet, or any more) yield nothing.
 */
public final class GitFeedSource extends WatchSource {

    private static final long serialVersionUID = 1L;

    private GitFeedSource(Builder builder) {
        super(
                GitWatcher.FEED,
                builder.repositories,
                builder.watch,
                new GitWatcher.Opener(
                        builder.cache,
                        builder.branches,
                        builder.initialDepth,
                        builder.watch.clock()));
    }

    /**
     * @param repositories paths or URLs
     */
    public static Builder of(Collection<String> repositories) {
        Set<String> absolute = new TreeSet<>();
        for (String repository : repositories) {
            // Readers may run elsewhere than the one who typed a relative path.
            absolute.add(
                    GitAddress.isLocal(repository)
                            ? GitAddress.canonicalName(repository)
                            : repository);
        }
        return new Builder(absolute);
    }

    /** Settings of the feed. */
    public static final class Builder {

        private final Set<String> repositories;
        private String cache =
                Path.of(System.getProperty("java.io.tmpdir"), "prefstream-git").toString();
        private List<String> branches = List.of();
        private int initialDepth = 1;
        private WatchOptions watch = WatchOptions.DEFAULTS;

        private Builder(Set<String> repositories) {
            this.repositories = repositories;
        }

        /** Folder for what is fetched of remote repositories; local ones are read in place. */
        public Builder cache(Path folder) {
            this.cache = folder.toString();
            return this;
        }

        /** Branches to watch, by their short names; by default the one that HEAD names. */
        public Builder branches(Collection<String> names) {
            this.branches = List.copyOf(names);
            return this;
        }

        /** How many of the newest commits of a branch the first look emits; 1 by default. */
        public Builder initialDepth(int commits) {
            if (commits < 1) {
                throw new IllegalArgumentException(
                        "initialDepth must be at least 1, got " + commits);
            }
            this.initialDepth = commits;
            return this;
        }

        /** When to look; by default {@link WatchOptions#DEFAULTS}. */
        public Builder watch(WatchOptions options) {
            this.watch = options;
            return this;
        }

        public GitFeedSource build() {
            return new GitFeedSource(this);
        }
    }
}
