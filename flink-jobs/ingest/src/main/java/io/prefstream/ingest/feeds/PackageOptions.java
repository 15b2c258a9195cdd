package io.prefstream.ingest.feeds;

import io.prefstream.feeds.packages.PackageFeedSource;
import io.prefstream.ingest.HttpOptions;
import io.prefstream.jobs.common.JobOptions;
import java.util.List;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;

/**
 * The options that the feeds of package registries share.
 *
 * @param feed the feed's name, which is in the options' keys
 * @param names which packages
 * @param initialVersions how many old versions
 */
record PackageOptions(
        String feed, ConfigOption<List<String>> names, ConfigOption<Integer> initialVersions) {

    PackageOptions(String feed) {
        this(
                feed,
                ConfigOptions.key("ingest.%s.packages".formatted(feed))
                        .stringType()
                        .asList()
                        .defaultValues()
                        .withDescription(
                                "Packages that the %s feed watches; none for the whole registry."
                                        .formatted(feed)),
                ConfigOptions.key("ingest.%s.initial-versions".formatted(feed))
                        .intType()
                        .defaultValue(1)
                        .withDescription(
                                "Newest versions of a package that its first look announces."));
    }

    PackageFeedSource.Settings settings(Configuration config) {
        return new PackageFeedSource.Settings(
                JobOptions.values(config, names),
                JobOptions.atLeast(config, initialVersions, 1),
                config.get(HttpOptions.ALLOW_PRIVATE_ADDRESSES),
                FeedOptions.watch(config));
    }
}
