package io.prefstream.trainer.pairs;

import io.prefstream.trainer.KebabConverter;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a command reads files of comparisons. */
public final class PairArguments {
    private static final String IGNORE = "--ignore-columns";

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            converter = FormatConverter.class,
            description =
                    "trl, math-shepherd, reclor, logiqa2, reward-bench-2, rm-bench or judge-bench."
                            + " Default: told by the first row's columns.")
    private @Nullable PairFormat format;

    @Option(
            names = IGNORE,
            split = ",",
            paramLabel = "NAME",
            description = "Columns that are not read; any other unknown one is refused.")
    private Set<String> ignored = new LinkedHashSet<>();

    /**
     * The reader.
     *
     * @param groupBy the column that tells groups apart, null for the layout's own
     */
    public ComparisonFile reader(@Nullable String groupBy) {
        return new ComparisonFile(format, ignored, IGNORE, groupBy);
    }

    /** Formats by the names that they are written with. */
    static final class FormatConverter extends KebabConverter<PairFormat> {
        FormatConverter() {
            super(PairFormat.class);
        }
    }
}
