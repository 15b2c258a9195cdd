package io.prefstream.ingest.feeds;

import io.prefstream.feeds.GitFeedSource;
import io.prefstream.feeds.watch.WatchSource;
import io.prefstream.jobs.common.JobOptions;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;

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

    private GitFeed() {}

    static List<ConfigOption<?>> options() {
        return List.of(REPOSITORIES, BRANCHES, INITIAL_DEPTH, CACHE_DIR);
    }

    /** Folder for what is fetched from remote repositories. */
    public static Path cacheDir(Configuration config) {
        return config.getOptional(CACHE_DIR)
                .map(Path::of)
                .orElseGet(() -> Path.of(System.getProperty("java.io.tmpdir"), "prefstream-git"));
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
