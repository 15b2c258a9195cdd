package io.prefstream.ingest.feeds;

import io.prefstream.feeds.watch.WatchSource;
import io.prefstream.jobs.common.UsageException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;

/** A feed by the name that {@code ingest.feeds} gives it. */
public enum Feed {
    /** New versions of Maven artifacts. */
    MAVEN(MavenFeed.options(), MavenFeed::source),
    /** New commits of git repositories. */
    GIT(GitFeed.options(), GitFeed::source);

    private final List<ConfigOption<?>> options;
    private final Function<Configuration, WatchSource> source;

    Feed(List<ConfigOption<?>> options, Function<Configuration, WatchSource> source) {
        this.options = options;
        this.source = source;
    }

    /**
     * The feed of a name.
     *
     * @throws UsageException if there is none
     */
    public static Feed of(String name) {
        return Arrays.stream(values())
                .filter(feed -> feed.word().equals(name))
                .findFirst()
                .orElseThrow(
                        () ->
                                new UsageException(
                                        "option --%s cannot be '%s': there are %s"
                                                .formatted(
                                                        FeedOptions.FEEDS.key(), name, words())));
    }

    /** All names, parted by commas. */
    static String words() {
        return Arrays.stream(values()).map(Feed::word).collect(Collectors.joining(", "));
    }

    /** The name in options, events and metrics. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    List<ConfigOption<?>> options() {
        return options;
    }

    /**
     * The source that the options describe.
     *
     * @throws UsageException if an option is missing or out of its range
     */
    WatchSource source(Configuration config) {
        try {
            return source.apply(config);
        } catch (UsageException e) {
            throw e;
        } catch (IllegalArgumentException e) {
            throw new UsageException("feed %s: %s".formatted(word(), e.getMessage()));
        }
    }
}
