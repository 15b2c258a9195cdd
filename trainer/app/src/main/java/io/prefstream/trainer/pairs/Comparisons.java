package io.prefstream.trainer.pairs;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The comparisons of a file, one after another. */
public final class Comparisons implements Closeable {
    private final ComparisonFile reading;
    private final Rows rows;
    private @Nullable PairFormat format;
    private @Nullable Row row;

    Comparisons(ComparisonFile reading, Rows rows) {
        this.reading = reading;
        this.rows = rows;
        this.format = reading.given();
    }

    /**
     * The next one, null at the end.
     *
     * @throws WrongRowException if the next row is none; those behind it can be read
     * @throws IllegalArgumentException if the file is damaged and ends here
     * @throws IOException if the file can't be read on
     */
    public @Nullable Comparison next() throws IOException {
        JsonNode json = rows.next();
        if (json == null) {
            return null;
        }
        if (format == null) {
            format = PairFormat.of(json);
        }
        Row read = new Row(rows, json, format, reading.groupBy());
        row = read;
        if (format.trains()) {
            read.requireKnownColumns(reading.ignored(), reading.ignoreOption());
        }
        return format.comparison(read);
    }

    /**
     * The row that was read last.
     *
     * @throws IllegalStateException if none was read
     */
    public Row row() {
        if (row == null) {
            throw new IllegalStateException("no row was read");
        }
        return row;
    }

    /** The layout of all rows; null before the first. */
    public @Nullable PairFormat format() {
        return format;
    }

    /** Number of the row that was read last, from 1; of JSON Lines the line's. */
    public long number() {
        return rows.number();
    }

    @Override
    public void close() throws IOException {
        rows.close();
    }
}
