package io.prefstream.ingest.feeds;

import io.prefstream.feeds.packages.PackageFeedSource;
import io.prefstream.feeds.watch.WatchSource;
import java.util.List;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;

/** Options of the feed of the npm registry. */
final class NpmFeed {

    static final PackageOptions PACKAGES = new PackageOptions("npm");

    static final ConfigOption<String> REGISTRY =
            ConfigOptions.key("ingest.npm.registry")
                    .stringType()
                    .defaultValue("https://registry.npmjs.org")
                    .withDescription("Address of the npm registry.");

    static final ConfigOption<String> REPLICATION =
            ConfigOptions.key("ingest.npm.replication")
                    .stringType()
                    .defaultValue("https://replicate.npmjs.com/registry")
                    .withDescription("Address of the registry's changes.");

    private NpmFeed() {}

    static List<ConfigOption<?>> options() {
        return List.of(PACKAGES.names(), PACKAGES.initialVersions(), REGISTRY, REPLICATION);
    }

    static WatchSource source(Configuration config) {
        return PackageFeedSource.npm(
                config.get(REGISTRY), config.get(REPLICATION), PACKAGES.settings(config));
    }
}
