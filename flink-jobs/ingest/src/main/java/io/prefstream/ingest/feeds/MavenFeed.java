package io.prefstream.ingest.feeds;

import io.prefstream.content.maven.MavenSettings;
import io.prefstream.feeds.MavenFeedSource;
import io.prefstream.feeds.watch.WatchSource;
import io.prefstream.jobs.common.JobOptions;
import java.util.List;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;

/** Options of the Maven feed, and of what fetches Maven content. */
public final class MavenFeed {

    public static final ConfigOption<List<String>> COORDINATES =
            ConfigOptions.key("ingest.maven.coordinates")
                    .stringType()
                    .asList()
                    .defaultValues()
                    .withDescription(
                            "Artifacts that the maven feed watches, as group:artifact, or"
                                    + " group:artifact:version for that version alone.");

    public static final ConfigOption<Integer> INITIAL_VERSIONS =
            ConfigOptions.key("ingest.maven.initial-versions")
                    .intType()
                    .defaultValue(1)
                    .withDescription(
                            "Newest releases of an artifact that the maven feed's first look"
                                    + " announces.");

    public static final ConfigOption<List<String>> REPOSITORIES =
            ConfigOptions.key("ingest.maven.repositories")
                    .stringType()
                    .asList()
                    .defaultValues()
                    .withDescription(
                            "Maven repositories, each a URL or id::URL; none for Maven Central and"
                                    + " those of the settings.");

    public static final ConfigOption<String> SETTINGS_FILE =
            ConfigOptions.key("ingest.maven.settings-file")
                    .stringType()
                    .noDefaultValue()
                    .withDescription("Maven's settings.xml; without it ~/.m2/settings.xml.");

    public static final ConfigOption<String> LOCAL_REPOSITORY =
            ConfigOptions.key("ingest.maven.local-repository")
                    .stringType()
                    .noDefaultValue()
                    .withDescription("Maven's local cache; without it that of the settings.");

    public static final ConfigOption<Boolean> OFFLINE =
            ConfigOptions.key("ingest.maven.offline")
                    .booleanType()
                    .defaultValue(false)
                    .withDescription("Whether Maven artifacts come from the local cache alone.");

    private MavenFeed() {}

    static List<ConfigOption<?>> options() {
        return List.of(
                COORDINATES,
                INITIAL_VERSIONS,
                REPOSITORIES,
                SETTINGS_FILE,
                LOCAL_REPOSITORY,
                OFFLINE);
    }

    /** Which Maven set-up to use. */
    public static MavenSettings settings(Configuration config) {
        return new MavenSettings(
                config.getOptional(SETTINGS_FILE).orElse(null),
                config.getOptional(LOCAL_REPOSITORY).orElse(null),
                config.get(OFFLINE),
                JobOptions.values(config, REPOSITORIES));
    }

    static WatchSource source(Configuration config) {
        return MavenFeedSource.of(FeedOptions.valuesFor("maven", config, COORDINATES))
                .settings(settings(config))
                .initialVersions(JobOptions.atLeast(config, INITIAL_VERSIONS, 1))
                .watch(FeedOptions.watch(config))
                .build();
    }
}
