package io.prefstream.ingest;

import io.prefstream.content.ContentLimits;
import io.prefstream.ingest.filter.CommentLimits;
import io.prefstream.ingest.filter.FileLimits;
import io.prefstream.ingest.filter.FileLimits.Purpose;
import io.prefstream.ingest.filter.PartLimits;
import io.prefstream.jobs.common.JobOptions;
import io.prefstream.jobs.common.UsageException;
import io.prefstream.jobs.common.syntax.Language;
import io.prefstream.schemas.SnippetKind;
import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
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
                    .defaultValues(
                            "java", "python", "javascript", "typescript", "go", "rust", "c", "cpp")
                    .withDescription(
                            "Languages that are taken, by file name and, where that is ambiguous,"
                                    + " by content.");

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

    public static final ConfigOption<Double> MIN_COMMENT_FRACTION =
            ConfigOptions.key("ingest.min-comment-fraction")
                    .doubleType()
                    .defaultValue(0.01)
                    .withDescription(
                            "Least share of comments and docstrings among the characters of a file"
                                    + " in one of ingest.comment-fraction-languages (SantaCoder's"
                                    + " limit).");

    public static final ConfigOption<Double> MAX_COMMENT_FRACTION =
            ConfigOptions.key("ingest.max-comment-fraction")
                    .doubleType()
                    .defaultValue(0.8)
                    .withDescription(
                            "Greatest share of comments and docstrings among the characters of a"
                                    + " file in one of ingest.comment-fraction-languages"
                                    + " (SantaCoder's limit).");

    public static final ConfigOption<List<String>> COMMENT_FRACTION_LANGUAGES =
            ConfigOptions.key("ingest.comment-fraction-languages")
                    .stringType()
                    .asList()
                    .defaultValues("python", "java", "javascript")
                    .withDescription(
                            "Languages that the limits of comments are for; by default those that"
                                    + " SantaCoder used them for.");

    public static final ConfigOption<Boolean> DROP_GENERATED =
            flag(
                    "ingest.drop-generated",
                    "Whether to drop files that a program wrote, and TypeScript's declarations.");

    public static final ConfigOption<Boolean> DROP_VENDORED =
            flag(
                    "ingest.drop-vendored",
                    "Whether to drop files in folders for copies of other projects, such as vendor"
                            + " and node_modules.");

    public static final ConfigOption<Boolean> DROP_TEST_DATA =
            flag(
                    "ingest.drop-test-data",
                    "Whether to drop files in folders for what tests read, such as testdata and"
                            + " fixtures.");

    public static final ConfigOption<List<String>> KINDS =
            list("ingest.kinds")
                    .defaultValues("function")
                    .withDescription(
                            "What is cut out of files: function, class, file. The mutation strategy"
                                    + " makes pairs of functions alone.");

    public static final ConfigOption<Integer> MIN_LINES =
            ConfigOptions.key("ingest.min-lines")
                    .intType()
                    .defaultValue(3)
                    .withDescription("Fewest lines that aren't blank, of what is cut out.");

    public static final ConfigOption<Integer> MAX_FUNCTION_CHARS =
            ConfigOptions.key("ingest.max-function-chars")
                    .intType()
                    .defaultValue(8_192)
                    .withDescription(
                            "Longest function in characters, its documentation comment not"
                                    + " counted.");

    public static final ConfigOption<Integer> MAX_CLASS_CHARS =
            ConfigOptions.key("ingest.max-class-chars")
                    .intType()
                    .defaultValue(16_384)
                    .withDescription(
                            "Longest class in characters, its own documentation comment not"
                                    + " counted.");

    public static final ConfigOption<Integer> MAX_FILE_CHARS =
            ConfigOptions.key("ingest.max-file-chars")
                    .intType()
                    .defaultValue(16_384)
                    .withDescription("Longest file that is taken as a whole, in characters.");

    public static final ConfigOption<Duration> DEDUP_EXPIRY =
            ConfigOptions.key("ingest.dedup-expiry")
                    .durationType()
                    .defaultValue(Duration.ofDays(90))
                    .withDescription(
                            "How long an event, file or snippet is remembered after it was last"
                                    + " seen.");

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
                MIN_COMMENT_FRACTION,
                MAX_COMMENT_FRACTION,
                COMMENT_FRACTION_LANGUAGES,
                DROP_GENERATED,
                DROP_VENDORED,
                DROP_TEST_DATA,
                KINDS,
                MIN_LINES,
                MAX_FUNCTION_CHARS,
                MAX_CLASS_CHARS,
                MAX_FILE_CHARS,
                DEDUP_EXPIRY,
                MAX_ARTIFACT_SIZE,
                MAX_ARTIFACT_FILES,
                MAX_FETCHES_IN_FLIGHT,
                FETCH_TIMEOUT,
                FETCH_ATTEMPTS,
                FETCH_RETRY_DELAY);
    }

    /** The limits of a file. */
    public static FileLimits fileLimits(Configuration config) {
        return new FileLimits(
                languages(config),
                config.get(MAX_FILE_SIZE).getBytes(),
                JobOptions.atLeast(config, MAX_LINE_CHARS, 1),
                JobOptions.atLeast(config, MAX_MEAN_LINE_CHARS, 1),
                JobOptions.fraction(config, MIN_WHITESPACE_FRACTION),
                JobOptions.fraction(config, MIN_ALPHANUMERIC_FRACTION),
                dropped(config));
    }

    /**
     * The share of comments that a file may have.
     *
     * @throws UsageException if a share is no fraction, or the limits exclude each other
     */
    public static CommentLimits commentLimits(Configuration config) {
        double least = JobOptions.fraction(config, MIN_COMMENT_FRACTION);
        double most = JobOptions.fraction(config, MAX_COMMENT_FRACTION);
        if (least > most) {
            throw new UsageException(
                    "option --%s=%s must not exceed --%s=%s"
                            .formatted(
                                    MIN_COMMENT_FRACTION.key(),
                                    least,
                                    MAX_COMMENT_FRACTION.key(),
                                    most));
        }
        return new CommentLimits(least, most, languages(config, COMMENT_FRACTION_LANGUAGES));
    }

    private static Set<Purpose> dropped(Configuration config) {
        Set<Purpose> dropped = EnumSet.noneOf(Purpose.class);
        if (config.get(DROP_GENERATED)) {
            dropped.add(Purpose.GENERATED);
        }
        if (config.get(DROP_VENDORED)) {
            dropped.add(Purpose.VENDORED);
        }
        if (config.get(DROP_TEST_DATA)) {
            dropped.add(Purpose.TEST_DATA);
        }
        return dropped;
    }

    /**
     * What is cut out of a file, and the limits of a part.
     *
     * @throws UsageException if there is no such kind, or none at all
     */
    public static PartLimits partLimits(Configuration config) {
        Map<SnippetKind, Integer> all =
                new EnumMap<>(
                        Map.of(
                                SnippetKind.FUNCTION,
                                JobOptions.atLeast(config, MAX_FUNCTION_CHARS, 1),
                                SnippetKind.CLASS,
                                JobOptions.atLeast(config, MAX_CLASS_CHARS, 1),
                                SnippetKind.FILE,
                                JobOptions.atLeast(config, MAX_FILE_CHARS, 1)));
        List<String> names = all.keySet().stream().map(PartLimits::name).toList();
        List<String> wanted = JobOptions.values(config, KINDS);
        for (String name : wanted) {
            if (!names.contains(name)) {
                throw new UsageException(
                        "option --%s cannot be '%s': there are %s"
                                .formatted(KINDS.key(), name, names));
            }
        }
        if (wanted.isEmpty()) {
            throw new UsageException("option --%s names no kind".formatted(KINDS.key()));
        }
        all.keySet().removeIf(kind -> !wanted.contains(PartLimits.name(kind)));
        return new PartLimits(JobOptions.atLeast(config, MIN_LINES, 1), all);
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
                JobOptions.positive(config, FETCH_TIMEOUT));
    }

    /** How patiently content is fetched. */
    public static FetchSettings fetchSettings(Configuration config) {
        return new FetchSettings(
                JobOptions.atLeast(config, MAX_FETCHES_IN_FLIGHT, 1),
                JobOptions.atLeast(config, FETCH_ATTEMPTS, 1),
                JobOptions.positive(config, FETCH_RETRY_DELAY),
                JobOptions.positive(config, FETCH_TIMEOUT),
                FETCH_GRACE);
    }

    /** How long files and snippets are remembered. */
    public static Duration dedupExpiry(Configuration config) {
        return JobOptions.positive(config, DEDUP_EXPIRY);
    }

    private static Set<Language> languages(Configuration config) {
        Set<Language> languages = languages(config, LANGUAGES);
        if (languages.isEmpty()) {
            throw new UsageException("option --%s names no language".formatted(LANGUAGES.key()));
        }
        return languages;
    }

    private static Set<Language> languages(
            Configuration config, ConfigOption<List<String>> option) {
        Set<Language> languages = EnumSet.noneOf(Language.class);
        for (String code : JobOptions.values(config, option)) {
            languages.add(
                    Language.ofCode(code)
                            .orElseThrow(
                                    () ->
                                            new UsageException(
                                                    "option --%s cannot be '%s': there are %s"
                                                            .formatted(
                                                                    option.key(),
                                                                    code,
                                                                    LANGUAGES.defaultValue()))));
        }
        return languages;
    }

    private static ConfigOptions.ListConfigOptionBuilder<String> list(String key) {
        return ConfigOptions.key(key).stringType().asList();
    }

    private static ConfigOption<Boolean> flag(String key, String description) {
        return ConfigOptions.key(key).booleanType().defaultValue(true).withDescription(description);
    }
}
