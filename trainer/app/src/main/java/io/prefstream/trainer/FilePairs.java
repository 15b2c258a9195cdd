package io.prefstream.trainer;

import io.prefstream.replay.LogRecord;
import io.prefstream.schemas.ContentId;
import io.prefstream.trainer.pairs.Comparison;
import io.prefstream.trainer.pairs.ComparisonFile;
import io.prefstream.trainer.pairs.Comparisons;
import io.prefstream.trainer.pairs.PairFormat;
import io.prefstream.trainer.pairs.PromptTexts;
import io.prefstream.trainer.pairs.WrongRowException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Pairs of a file in any layout and format that {@link ComparisonFile} reads, with what the columns
 * of {@code export dataset} say of them, as far as they are there: {@code pair_id} (or {@code id}),
 * {@code license} (or {@code licence}), {@code confidence} and so on; and {@code split} ({@code
 * train}, {@code holdout}). One partition, whose offsets are numbers of rows (of JSON Lines: of
 * lines) from 0. A row that is no pair is an undecodable record; behind damage a file can't be read
 * on.
 */
public final class FilePairs implements PairSource {

    private final Path file;
    private final PromptTexts prompts;
    private final FilePair pairs;
    private final Comparisons rows;
    private final @Nullable String beginsWith;
    private long next;
    private boolean atEnd;

    /**
     * Refuses a file that can't be read or whose first row is no pair, for those who want to know
     * before they begin.
     *
     * @throws IllegalArgumentException with one line that names file and key
     */
    static void check(SourceConfig source, Path file) {
        try (Comparisons rows = reading(source).open(file)) {
            Comparison first = rows.next();
            if (first == null) {
                throw new IllegalArgumentException(file + " holds no pair");
            }
            requirePair(rows, first);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("source.pairs=" + e.getMessage(), e);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "source.pairs=%s can't be read: %s".formatted(file, e), e);
        }
    }

    /**
     * @param model whose chat template conversations are read by, null for none
     * @param position number of the first row to read
     * @throws IllegalArgumentException if the file can't be opened
     */
    FilePairs(SourceConfig source, Path file, @Nullable Path model, long position) {
        this.file = file;
        this.pairs = new FilePair(source.holdoutShare(), source.holdoutBy());
        try {
            this.prompts = model == null ? PromptTexts.plain() : PromptTexts.of(model);
            this.beginsWith = beginning(source, file);
            this.rows = reading(source).open(file);
            while (next < position && read() != null) {
                // Rows below the position were taken before.
            }
        } catch (IOException e) {
            throw new IllegalArgumentException("source.pairs=" + file + " can't be read: " + e, e);
        }
    }

    /**
     * @throws WrongRowException if a row isn't one pair to learn from
     */
    private static void requirePair(Comparisons rows, Comparison row) {
        PairFormat format = Objects.requireNonNull(rows.format());
        if (!format.trains()) {
            throw rows.row().wrong("expected a pair, found a row of the benchmark " + format);
        }
        if (row.answers().size() != 2) {
            throw rows.row()
                    .wrong("expected a pair, found %d answers".formatted(row.answers().size()));
        }
    }

    /** A digest of the first row; null if that is no row to learn from. */
    private static @Nullable String beginning(SourceConfig source, Path file) throws IOException {
        try (Comparisons rows = reading(source).open(file)) {
            Comparison first = rows.next();
            return first == null
                    ? null
                    : ContentId.of(first.prompt().toString(), first.answers().toString());
        } catch (WrongRowException e) {
            return null;
        }
    }

    private static ComparisonFile reading(SourceConfig source) {
        String ignored = source.ignoreColumns();
        return new ComparisonFile(
                null,
                ignored == null ? Set.of() : Set.of(ignored.split(",")),
                "source.ignore-columns",
                null);
    }

    @Override
    public List<LogRecord> take(int max) {
        List<LogRecord> taken = new ArrayList<>();
        try {
            while (taken.size() < max) {
                LogRecord record = read();
                if (record == null) {
                    break;
                }
                taken.add(record);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "source.pairs=%s can't be read behind row %,d: %s".formatted(file, next, e), e);
        }
        return taken;
    }

    @Override
    public boolean await(Duration timeout) {
        return !atEnd;
    }

    @Override
    public boolean finished() {
        return atEnd;
    }

    @Override
    public SortedMap<Integer, Long> positions() {
        return new TreeMap<>(Map.of(0, next));
    }

    @Override
    public String name() {
        return file.toString();
    }

    @Override
    public @Nullable String beginsWith() {
        return beginsWith;
    }

    @Override
    public String place(LogRecord record) {
        return "%s, row %,d".formatted(file, record.offset() + 1);
    }

    @Override
    public void close() {
        try {
            rows.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The next row, null at the end. */
    private @Nullable LogRecord read() throws IOException {
        if (atEnd) {
            return null;
        }
        try {
            Comparison row = rows.next();
            if (row == null) {
                atEnd = true;
                return null;
            }
            next = rows.number();
            requirePair(rows, row);
            return new LogRecord.Pair(0, next - 1, pairs.of(rows.row(), row, prompt(row)));
        } catch (WrongRowException e) {
            next = rows.number();
            return new LogRecord.Undecodable(
                    file.toString(),
                    0,
                    next - 1,
                    null,
                    null,
                    String.valueOf(e.getMessage()),
                    FilePair.UNKNOWN_TIME);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("source.pairs=" + e.getMessage(), e);
        }
    }

    private String prompt(Comparison row) {
        try {
            return prompts.of(row);
        } catch (IllegalArgumentException e) {
            throw new WrongRowException("%s: %s".formatted(file, e.getMessage()));
        }
    }
}
