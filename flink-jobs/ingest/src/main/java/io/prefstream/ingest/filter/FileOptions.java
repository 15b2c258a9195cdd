package io.prefstream.ingest.filter;

import io.prefstream.ingest.filter.FileLimits.Purpose;
import io.prefstream.jobs.common.JobOptions;
import io.prefstream.jobs.common.UsageException;
import io.prefstream.jobs.common.syntax.Language;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;

/** The options that say which files are taken. */
public final class FileOptions {

    public static final ConfigOption<List<String>> LANGUAGES =
            ConfigOptions.key("ingest.languages")
                    .stringType()
                    .asList()
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

    private FileOptions() {}

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
                DROP_TEST_DATA);
    }

    /** The limits of a file. */
    public static FileLimits limits(Configuration config) {
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

    private static ConfigOption<Boolean> flag(String key, String description) {
        return ConfigOptions.key(key).booleanType().defaultValue(true).withDescription(description);
    }
}
