package io.prefstream.ingest.feeds;

import io.prefstream.feeds.watch.WatchSource;
import io.prefstream.ingest.IngestPipeline;
import io.prefstream.jobs.common.UsageException;
import io.prefstream.schemas.DeadLetter;
import io.prefstream.schemas.FeedOutput;
import io.prefstream.schemas.RepoEvent;
import io.prefstream.topics.flink.AvroType;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.OutputTag;

/** A feed by the name that {@code ingest.feeds} gives it. */
public enum Feed {
    /** New versions of Maven artifacts. */
    MAVEN(MavenFeed.options(), MavenFeed::source),
    /** New commits of git repositories. */
    GIT(GitFeed.options(), GitFeed::source),
    /** New versions of npm packages. */
    NPM(NpmFeed.options(), NpmFeed::source),
    /** New releases of projects on the Python Package Index. */
    PYPI(PypiFeed.options(), PypiFeed::source),
    /** New versions of Rust crates. */
    CRATES(CratesFeed.options(), CratesFeed::source),
    /** Pushes and releases on GitHub, from its Events API. */
    GITHUB(GithubFeed.options(), GithubFeed::source),
    /** What happened on GitHub, from the hourly files of GH Archive. */
    GHARCHIVE(GhArchiveFeed.options(), GhArchiveFeed::source),
    /** What Software Heritage's archive has visited, from its journal. */
    SWH(SwhFeed.options(), SwhFeed::read, SwhFeed::check);

    private final List<ConfigOption<?>> options;
    private final BiFunction<StreamExecutionEnvironment, Configuration, FeedStreams> reader;
    private final Function<Configuration, List<String>> check;

    /** A feed that looks at targets again and again. */
    Feed(List<ConfigOption<?>> options, Function<Configuration, WatchSource> source) {
        this.options = options;
        this.reader = (env, config) -> watched(env, source.apply(config), config);
        this.check = config -> source.apply(config).check();
    }

    Feed(
            List<ConfigOption<?>> options,
            BiFunction<StreamExecutionEnvironment, Configuration, FeedStreams> reader,
            Function<Configuration, List<String>> check) {
        this.options = options;
        this.reader = reader;
        this.check = check;
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

    /** All names, separated by commas. */
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
     * Wires the feed as its options say.
     *
     * @throws UsageException if an option is missing or out of its range
     */
    FeedStreams read(StreamExecutionEnvironment env, Configuration config) {
        return named(() -> reader.apply(env, config));
    }

    /**
     * Looks whether what the feed should read is there.
     *
     * @return one line for each thing that cannot be reached
     * @throws UsageException if an option is missing or out of its range
     */
    List<String> check(Configuration config) {
        return named(() -> check.apply(config));
    }

    String uid() {
        return IngestPipeline.STAGE + ".feed-" + word();
    }

    private FeedStreams watched(
            StreamExecutionEnvironment env, WatchSource source, Configuration config) {
        OutputTag<DeadLetter> unreadable =
                new OutputTag<>(word() + "-dead-letters", AvroType.forRecord(DeadLetter.class));
        SingleOutputStreamOperator<FeedOutput> output =
                env.fromSource(
                                source,
                                FeedOptions.watermarks(config),
                                uid(),
                                AvroType.forRecord(FeedOutput.class))
                        .uid(uid());
        SingleOutputStreamOperator<RepoEvent> events =
                output.process(new SortOutput(unreadable), AvroType.forRecord(RepoEvent.class))
                        .name(IngestPipeline.STAGE + ".sort-" + word())
                        .uid(IngestPipeline.STAGE + ".sort-" + word());
        if (source.oneReader()) {
            output.setParallelism(1);
            events.setParallelism(1);
        }
        return new FeedStreams(events, List.of(events.getSideOutput(unreadable)));
    }

    private <T> T named(Supplier<T> action) {
        try {
            return action.get();
        } catch (UsageException e) {
            throw e;
        } catch (IllegalArgumentException e) {
            throw new UsageException("feed %s: %s".formatted(word(), e.getMessage()));
        }
    }
}
