package io.prefstream.ingest;

import io.prefstream.content.ContentLimits;
import io.prefstream.content.maven.MavenSettings;
import io.prefstream.ingest.filter.FileLimits;
import io.prefstream.ingest.filter.FunctionLimits;
import io.prefstream.jobs.common.JobOptions;
import io.prefstream.jobs.common.UsageException;
import io.prefstream.jobs.common.syntax.Language;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;

/**
 * The options of ingest, and the checked settings that they become. Long because it is a list: all
 * options of a stage stand in one class.
 */
public final class IngestOptions {

    // What is taken.

    public static final ConfigOption<List<String>> LANGUAGES =
            list("ingest.languages")
                    .defaultValues("java", "python")
                    .withDescription("Languages that are taken, by file name.");

    public static final ConfigOption<MemorySize> MAX_FILE_SIZE =
            ConfigOptions.key("ingest.max-file-size")
                    .memoryType()
                    .defaultValue(MemorySize.ofMebiBytes(1))
                    .withDescription("Largest file that is taken (The Stack's limit).");

    public static final ConfigOption<Integer> MAX_LINE_CHARS =
            ConfigOptions.key("ingest.max-line-chars")
                    .intType()
                    .defaultValue(1_000)
                    .withDescription("Longest line of a file, in characters (The Stack's limit).");

    public static final ConfigOption<Integer> MAX_MEAN_LINE_CHARS =
            ConfigOptions.key("ingest.max-mean-line-chars")
                    .intType()
                    .defaultValue(100)
                    .withDescription(
                            "Longest mean line of a file, in characters (The Stack's limit).");

    public static final ConfigOption<Double> MIN_WHITESPACE_FRACTION =
            ConfigOptions.key("ingest.min-whitespace-fraction")
                    .doubleType()
                    .defaultValue(0.05)
                    .withDescription(
                            "Least share of white space among the characters of a file; less is"
                                    + " minified.");

    public static final ConfigOption<Double> MIN_ALPHANUMERIC_FRACTION =
            ConfigOptions.key("ingest.min-alphanumeric-fraction")
                    .doubleType()
                    .defaultValue(0.25)
                    .withDescription(
                            "Least share of letters and digits among the characters of a file (The"
                                    + " Stack's limit).");

    public static final ConfigOption<Integer> MIN_FUNCTION_LINES =
            ConfigOptions.key("ingest.min-function-lines")
                    .intType()
                    .defaultValue(3)
                    .withDescription("Fewest lines of a function that aren't blank.");

    public static final ConfigOption<Integer> MAX_FUNCTION_CHARS =
            ConfigOptions.key("ingest.max-function-chars")
                    .intType()
                    .defaultValue(8_192)
                    .withDescription(
                            "Longest function in characters, its documentation comment not"
                                    + " counted.");

    public static final ConfigOption<Duration> DEDUP_EXPIRY =
            ConfigOptions.key("ingest.dedup-expiry")
                    .durationType()
                    .defaultValue(Duration.ofDays(90))
                    .withDescription(
                            "How long a file or function is remembered after it was last seen.");

    // How it is fetched.

    public static final ConfigOption<MemorySize> MAX_ARTIFACT_SIZE =
            ConfigOptions.key("ingest.max-artifact-size")
                    .memoryType()
                    .defaultValue(MemorySize.ofMebiBytes(64))
                    .withDescription(
                            "Most content of one artifact or commit; files beyond it are"
                                    + " rejected.");

    public static final ConfigOption<Integer> MAX_ARTIFACT_FILES =
            ConfigOptions.key("ingest.max-artifact-files")
                    .intType()
                    .defaultValue(20_000)
                    .withDescription(
                            "Most files of one artifact or commit; files beyond it are rejected.");

    public static final ConfigOption<Integer> MAX_FETCHES_IN_FLIGHT =
            ConfigOptions.key("ingest.max-fetches-in-flight")
                    .intType()
                    .defaultValue(4)
                    .withDescription(
                            "Events that one subtask fetches at once; each may hold"
                                    + " ingest.max-artifact-size of memory.");

    public static final ConfigOption<Duration> FETCH_TIMEOUT =
            ConfigOptions.key("ingest.fetch-timeout")
                    .durationType()
                    .defaultValue(Duration.ofMinutes(5))
                    .withDescription("Longest time of one attempt to fetch an event's content.");

    public static final ConfigOption<Integer> FETCH_ATTEMPTS =
            ConfigOptions.key("ingest.fetch-attempts")
                    .intType()
                    .defaultValue(3)
                    .withDescription("Attempts to fetch an event's content, the first included.");

    public static final ConfigOption<Duration> FETCH_RETRY_DELAY =
            ConfigOptions.key("ingest.fetch-retry-delay")
                    .durationType()
                    .defaultValue(Duration.ofSeconds(2))
                    .withDescription(
                            "Wait before the second attempt; doubles with each further one.");

    // Where it comes from.

    public static final ConfigOption<List<String>> FEEDS =
            list("ingest.feeds")
                    .defaultValues()
                    .withDescription(
                            "Feeds that this job runs besides reading repo-events: maven, git;"
                                    + " none to only read the topic.");

    public static final ConfigOption<Boolean> FEED_BOUNDED =
            ConfigOptions.key("ingest.feed.bounded")
                    .booleanType()
                    .defaultValue(false)
                    .withDescription("Whether the feeds look once and end instead of watching.");

    public static final ConfigOption<Duration> FEED_POLL_INTERVAL =
            ConfigOptions.key("ingest.feed.poll-interval")
                    .durationType()
                    .defaultValue(Duration.ofMinutes(5))
                    .withDescription("Time between two looks of a feed.");

    public static final ConfigOption<List<String>> MAVEN_COORDINATES =
            list("ingest.maven.coordinates")
                    .defaultValues()
                    .withDescription(
                            "Artifacts that the maven feed watches, as group:artifact, or"
                                    + " group:artifact:version for that version alone.");

    public static final ConfigOption<Integer> MAVEN_INITIAL_VERSIONS =
            ConfigOptions.key("ingest.maven.initial-versions")
                    .intType()
                    .defaultValue(1)
                    .withDescription(
                            "Newest releases of an artifact that the maven feed's first look"
                                    + " announces.");

    public static final ConfigOption<List<String>> MAVEN_REPOSITORIES =
            list("ingest.maven.repositories")
                    .defaultValues()
                    .withDescription(
                            "Maven repositories, each a URL or id::URL; none for Maven Central and"
                                    + " those of the settings.");

    public static final ConfigOption<String> MAVEN_SETTINGS_FILE =
            ConfigOptions.key("ingest.maven.settings-file")
                    .stringType()
                    .noDefaultValue()
                    .withDescription("Maven's settings.xml; without it ~/.m2/settings.xml.");

    public static final ConfigOption<String> MAVEN_LOCAL_REPOSITORY =
            ConfigOptions.key("ingest.maven.local-repository")
                    .stringType()
                    .noDefaultValue()
                    .withDescription("Maven's local cache; without it that of the settings.");

    public static final ConfigOption<Boolean> MAVEN_OFFLINE =
            ConfigOptions.key("ingest.maven.offline")
                    .booleanType()
                    .defaultValue(false)
                    .withDescription("Whether Maven artifacts come from the local cache alone.");

    public static final ConfigOption<List<String>> GIT_REPOSITORIES =
            list("ingest.git.repositories")
                    .defaultValues()
                    .withDescription("Repositories that the git feed watches: paths or URLs.");

    public static final ConfigOption<List<String>> GIT_BRANCHES =
            list("ingest.git.branches")
                    .defaultValues()
                    .withDescription("Branches that the git feed watches; none for the default.");

    public static final ConfigOption<Integer> GIT_INITIAL_DEPTH =
            ConfigOptions.key("ingest.git.initial-depth")
                    .intType()
                    .defaultValue(1)
                    .withDescription(
                            "Newest commits of a branch that the git feed's first look announces;"
                                    + " the oldest of them stands for the whole tree.");

    public static final ConfigOption<String> GIT_CACHE_DIR =
            ConfigOptions.key("ingest.git.cache-dir")
                    .stringType()
                    .noDefaultValue()
                    .withDescription(
                            "Folder for what is fetched from remote repositories; without it"
                                    + " prefstream-git in the system's temporary folder.");

    /** For what a fetcher needs beyond its own limit to give up. */
    private static final Duration FETCH_GRACE = Duration.ofSeconds(10);

    private IngestOptions() {}

    /** The options of this class. */
    public static List<ConfigOption<?>> all() {
        return List.of(
                LANGUAGES,
                MAX_FILE_SIZE,
                MAX_LINE_CHARS,
                MAX_MEAN_LINE_CHARS,
                MIN_WHITESPACE_FRACTION,
                MIN_ALPHANUMERIC_FRACTION,
                MIN_FUNCTION_LINES,
                MAX_FUNCTION_CHARS,
                DEDUP_EXPIRY,
                MAX_ARTIFACT_SIZE,
                MAX_ARTIFACT_FILES,
                MAX_FETCHES_IN_FLIGHT,
                FETCH_TIMEOUT,
                FETCH_ATTEMPTS,
                FETCH_RETRY_DELAY,
                FEEDS,
                FEED_BOUNDED,
                FEED_POLL_INTERVAL,
                MAVEN_COORDINATES,
                MAVEN_INITIAL_VERSIONS,
                MAVEN_REPOSITORIES,
                MAVEN_SETTINGS_FILE,
                MAVEN_LOCAL_REPOSITORY,
                MAVEN_OFFLINE,
                GIT_REPOSITORIES,
                GIT_BRANCHES,
                GIT_INITIAL_DEPTH,
                GIT_CACHE_DIR);
    }

    /** The limits of a file. */
    public static FileLimits fileLimits(Configuration config) {
        return new FileLimits(
                languages(config),
                config.get(MAX_FILE_SIZE).getBytes(),
                JobOptions.atLeast(config, MAX_LINE_CHARS, 1),
                JobOptions.atLeast(config, MAX_MEAN_LINE_CHARS, 1),
                fraction(config, MIN_WHITESPACE_FRACTION),
                fraction(config, MIN_ALPHANUMERIC_FRACTION));
    }

    /** The limits of a function. */
    public static FunctionLimits functionLimits(Configuration config) {
        return new FunctionLimits(
                JobOptions.atLeast(config, MIN_FUNCTION_LINES, 1),
                JobOptions.atLeast(config, MAX_FUNCTION_CHARS, 1));
    }

    /** How much of one artifact is read. */
    public static ContentLimits contentLimits(Configuration config) {
        long file = config.get(MAX_FILE_SIZE).getBytes();
        long artifact = config.get(MAX_ARTIFACT_SIZE).getBytes();
        if (file < 1 || file > artifact) {
            throw new UsageException(
                    "option --%s=%s must be from 1 byte to --%s=%s"
                            .formatted(
                                    MAX_FILE_SIZE.key(),
                                    config.get(MAX_FILE_SIZE),
                                    MAX_ARTIFACT_SIZE.key(),
                                    config.get(MAX_ARTIFACT_SIZE)));
        }
        return new ContentLimits(
                file,
                artifact,
                JobOptions.atLeast(config, MAX_ARTIFACT_FILES, 1),
                positive(config, FETCH_TIMEOUT));
    }

    /** How patiently content is fetched. */
    public static FetchSettings fetchSettings(Configuration config) {
        return new FetchSettings(
                JobOptions.atLeast(config, MAX_FETCHES_IN_FLIGHT, 1),
                JobOptions.atLeast(config, FETCH_ATTEMPTS, 1),
                positive(config, FETCH_RETRY_DELAY),
                positive(config, FETCH_TIMEOUT),
                FETCH_GRACE);
    }

    /** How long files and functions are remembered. */
    public static Duration dedupExpiry(Configuration config) {
        return positive(config, DEDUP_EXPIRY);
    }

    /** Which Maven set-up to use. */
    public static MavenSettings mavenSettings(Configuration config) {
        return new MavenSettings(
                config.getOptional(MAVEN_SETTINGS_FILE).orElse(null),
                config.getOptional(MAVEN_LOCAL_REPOSITORY).orElse(null),
                config.get(MAVEN_OFFLINE),
                values(config, MAVEN_REPOSITORIES));
    }

    /** Folder for what is fetched from remote git repositories. */
    public static String gitCacheDir(Configuration config) {
        return config.getOptional(GIT_CACHE_DIR)
                .orElseGet(() -> System.getProperty("java.io.tmpdir") + "/prefstream-git");
    }

    /** The values of a list, which commas or Flink's semicolons part. */
    static List<String> values(Configuration config, ConfigOption<List<String>> option) {
        return config.get(option).stream()
                .flatMap(value -> Arrays.stream(value.split(",", -1)))
                .map(String::strip)
                .filter(value -> !value.isEmpty())
                .distinct()
                .toList();
    }

    /** A list that has to have something in it because of another option. */
    static List<String> valuesFor(
            String feed, Configuration config, ConfigOption<List<String>> option) {
        List<String> values = values(config, option);
        if (values.isEmpty()) {
            throw new UsageException(
                    "option --%s is missing, since --%s names %s: %s"
                            .formatted(
                                    option.key(),
                                    FEEDS.key(),
                                    feed,
                                    JobOptions.description(option)));
        }
        return values;
    }

    static Duration positive(Configuration config, ConfigOption<Duration> option) {
        Duration value = config.get(option);
        if (value.isZero() || value.isNegative()) {
            throw new UsageException(
                    "option --%s=%s must be positive".formatted(option.key(), value));
        }
        return value;
    }

    private static Set<Language> languages(Configuration config) {
        Set<Language> languages = EnumSet.noneOf(Language.class);
        for (String code : values(config, LANGUAGES)) {
            languages.add(
                    Language.ofCode(code)
                            .orElseThrow(
                                    () ->
                                            new UsageException(
                                                    "option --%s cannot be '%s': there are %s"
                                                            .formatted(
                                                                    LANGUAGES.key(),
                                                                    code,
                                                                    LANGUAGES.defaultValue()))));
        }
        if (languages.isEmpty()) {
            throw new UsageException("option --%s names no language".formatted(LANGUAGES.key()));
        }
        return languages;
    }

    private static double fraction(Configuration config, ConfigOption<Double> option) {
        double value = config.get(option);
        if (!(value >= 0 && value <= 1)) {
            throw new UsageException(
                    "option --%s=%s must be from 0 to 1".formatted(option.key(), value));
        }
        return value;
    }

    private static ConfigOptions.ListConfigOptionBuilder<String> list(String key) {
        return ConfigOptions.key(key).stringType().asList();
    }
}
