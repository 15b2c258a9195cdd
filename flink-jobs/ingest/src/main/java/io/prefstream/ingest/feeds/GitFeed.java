package io.prefstream.ingest.feeds;

import io.prefstream.content.git.GitAccess;
import io.prefstream.feeds.GitFeedSource;
import io.prefstream.feeds.watch.WatchSource;
import io.prefstream.ingest.HttpOptions;
import io.prefstream.jobs.common.JobOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;

/** Options of the git feed, and of what fetches commits. */
public final class GitFeed {

    public static final ConfigOption<List<String>> REPOSITORIES =
            ConfigOptions.key("ingest.git.repositories")
                    .stringType()
                    .asList()
                    .defaultValues()
                    .withDescription("Repositories that the git feed watches: paths or URLs.");

    public static final ConfigOption<List<String>> BRANCHES =
            ConfigOptions.key("ingest.git.branches")
                    .stringType()
                    .asList()
                    .defaultValues()
                    .withDescription("Branches that the git feed watches; none for the default.");

    public static final ConfigOption<Integer> INITIAL_DEPTH =
            ConfigOptions.key("ingest.git.initial-depth")
                    .intType()
                    .defaultValue(1)
                    .withDescription(
                            "Newest commits of a branch that the git feed's first look announces;"
                                    + " the oldest of them stands for the whole tree.");

    public static final ConfigOption<String> CACHE_DIR =
            ConfigOptions.key("ingest.git.cache-dir")
                    .stringType()
                    .noDefaultValue()
                    .withDescription(
                            "Folder for what is fetched from remote repositories; without it"
                                    + " prefstream-git in the system's temporary folder.");

    public static final ConfigOption<MemorySize> CACHE_SIZE =
            ConfigOptions.key("ingest.git.cache-size")
                    .memoryType()
                    .defaultValue(new MemorySize(GitAccess.DEFAULT_CACHE_BYTES))
                    .withDescription(
                            "Most of what is kept of remote repositories; what was not used longest"
                                    + " is removed before another one is fetched.");

    private GitFeed() {}

    static List<ConfigOption<?>> options() {
        return List.of(REPOSITORIES, BRANCHES, INITIAL_DEPTH, CACHE_DIR, CACHE_SIZE);
    }

    /** Folder for what is fetched from remote repositories. */
    public static Path cacheDir(Configuration config) {
        return config.getOptional(CACHE_DIR)
                .map(Path::of)
                .orElseGet(() -> Path.of(System.getProperty("java.io.tmpdir"), "prefstream-git"));
    }

    /**
     * Which remotes the content of events may be fetched from: public ones, and the hosts of the
     * repositories that are named here.
     */
    public static GitAccess access(Configuration config) {
        long bytes = config.get(CACHE_SIZE).getBytes();
        return config.get(HttpOptions.ALLOW_PRIVATE_ADDRESSES)
                ? new GitAccess(true, Set.of(), bytes)
                : GitAccess.toPublicAnd(JobOptions.values(config, REPOSITORIES), bytes);
    }

    static WatchSource source(Configuration config) {
        return GitFeedSource.of(FeedOptions.valuesFor("git", config, REPOSITORIES))
                .cache(cacheDir(config))
                .branches(JobOptions.values(config, BRANCHES))
                .initialDepth(JobOptions.atLeast(config, INITIAL_DEPTH, 1))
                .watch(FeedOptions.watch(config))
                .build();
    }
}
