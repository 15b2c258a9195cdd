package io.prefstream.ingest.feeds;

import io.prefstream.feeds.packages.PackageFeedSource;
import io.prefstream.feeds.watch.WatchSource;
import java.util.List;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;

/** Options of the feed of the Python Package Index. */
final class PypiFeed {

    static final PackageOptions PACKAGES = new PackageOptions("pypi");

    static final ConfigOption<String> INDEX =
            ConfigOptions.key("ingest.pypi.index")
                    .stringType()
                    .defaultValue("https://pypi.org")
                    .withDescription("Address of the Python Package Index.");

    private PypiFeed() {}

    static List<ConfigOption<?>> options() {
        return List.of(PACKAGES.names(), PACKAGES.initialVersions(), INDEX);
    }

    static WatchSource source(Configuration config) {
        return PackageFeedSource.pypi(config.get(INDEX), PACKAGES.settings(config));
    }
}
