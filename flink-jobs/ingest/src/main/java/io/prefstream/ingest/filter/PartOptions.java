package io.prefstream.ingest.filter;

import io.prefstream.jobs.common.JobOptions;
import io.prefstream.jobs.common.UsageException;
import io.prefstream.schemas.SnippetKind;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;

/** The options that say what is cut out of files. */
public final class PartOptions {

    public static final ConfigOption<List<String>> KINDS =
            ConfigOptions.key("ingest.kinds")
                    .stringType()
                    .asList()
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

    private PartOptions() {}

    /** The options of this class. */
    public static List<ConfigOption<?>> all() {
        return List.of(KINDS, MIN_LINES, MAX_FUNCTION_CHARS, MAX_CLASS_CHARS, MAX_FILE_CHARS);
    }

    /**
     * What is cut out of a file, and the limits of a part.
     *
     * @throws UsageException if there is no such kind, or none at all
     */
    public static PartLimits limits(Configuration config) {
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
}
