package io.prefstream.ingest.feeds;

import io.prefstream.feeds.github.GithubFeedSource;
import io.prefstream.feeds.watch.WatchSource;
import io.prefstream.ingest.HttpOptions;
import io.prefstream.jobs.common.JobOptions;
import java.util.List;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;

/** Options of the feed of GitHub's Events API. */
final class GithubFeed {

    static final ConfigOption<List<String>> REPOSITORIES =
            ConfigOptions.key("ingest.github.repositories")
                    .stringType()
                    .asList()
                    .defaultValues()
                    .withDescription(
                            "Repositories that the github feed watches, as owner/name, or an"
                                    + " organization for all of its; none for everything public.");

    static final ConfigOption<String> API =
            ConfigOptions.key("ingest.github.api")
                    .stringType()
                    .defaultValue("https://api.github.com")
                    .withDescription("Address of GitHub's API.");

    static final ConfigOption<String> TOKEN_FILE =
            ConfigOptions.key("ingest.github.token-file")
                    .stringType()
                    .noDefaultValue()
                    .withDescription(
                            "File with a token of GitHub's API and nothing else; without it the"
                                    + " environment variable GITHUB_TOKEN.");

    static final ConfigOption<Integer> INITIAL_EVENTS =
            ConfigOptions.key("ingest.github.initial-events")
                    .intType()
                    .defaultValue(300)
                    .withDescription(
                            "Newest events of a repository that the github feed's first look takes"
                                    + " at most; GitHub shows 300.");

    private GithubFeed() {}

    static List<ConfigOption<?>> options() {
        return List.of(REPOSITORIES, API, TOKEN_FILE, INITIAL_EVENTS);
    }

    static WatchSource source(Configuration config) {
        return GithubFeedSource.of(
                JobOptions.values(config, REPOSITORIES),
                config.get(API),
                config.getOptional(TOKEN_FILE).orElse(null),
                config.get(HttpOptions.ALLOW_PRIVATE_ADDRESSES),
                JobOptions.atLeast(config, INITIAL_EVENTS, 1),
                FeedOptions.watch(config));
    }
}
