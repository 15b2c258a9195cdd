package io.prefstream.trainer.pairs;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a file of comparisons is read. A wrong row is said with file, row, column, what was expected
 * and what was found.
 *
 * @param given the layout, null to tell it by the first row's columns
 * @param ignored columns that may be there and are not read
 * @param ignoreOption the option that names them, for messages
 * @param groupBy the column that tells groups apart, null for the layout's own
 */
public record ComparisonFile(
        @Nullable PairFormat given,
        Set<String> ignored,
        String ignoreOption,
        @Nullable String groupBy) {

    /** The group of rows that name none. */
    public static final String ALL = "all";

    public ComparisonFile {
        ignored = Set.copyOf(ignored);
    }

    /**
     * What a file holds.
     *
     * @param format of all rows
     */
    public record Content(PairFormat format, List<Comparison> comparisons) {}

    /**
     * Reads all of a file.
     *
     * @throws IllegalArgumentException if a row is wrong, or there is none
     */
    public Content read(Path file) throws IOException {
        List<Comparison> comparisons = new ArrayList<>();
        try (Comparisons rows = open(file)) {
            for (Comparison row = rows.next(); row != null; row = rows.next()) {
                comparisons.add(row);
            }
            PairFormat format = rows.format();
            if (format == null || comparisons.isEmpty()) {
                throw new IllegalArgumentException(file + " holds no pair");
            }
            return new Content(format, comparisons);
        }
    }

    /**
     * Opens a file to read it row by row.
     *
     * @throws IllegalArgumentException if there is none, or it is not what its name says
     */
    public Comparisons open(Path file) throws IOException {
        return new Comparisons(this, Rows.open(file));
    }
}
