package io.prefstream.ingest.feeds;

import io.prefstream.feeds.packages.PackageFeedSource;
import io.prefstream.feeds.watch.WatchSource;
import java.util.List;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;

/** Options of the feed of crates.io. */
final class CratesFeed {

    static final PackageOptions PACKAGES = new PackageOptions("crates");

    static final ConfigOption<String> INDEX =
            ConfigOptions.key("ingest.crates.index")
                    .stringType()
                    .defaultValue("https://index.crates.io")
                    .withDescription("Address of the sparse index.");

    static final ConfigOption<String> FILES =
            ConfigOptions.key("ingest.crates.files")
                    .stringType()
                    .defaultValue("https://static.crates.io")
                    .withDescription("Address of archives and RSS pages.");

    private CratesFeed() {}

    static List<ConfigOption<?>> options() {
        return List.of(PACKAGES.names(), PACKAGES.initialVersions(), INDEX, FILES);
    }

    static WatchSource source(Configuration config) {
        return PackageFeedSource.crates(
                config.get(INDEX), config.get(FILES), PACKAGES.settings(config));
    }
}
