package io.prefstream.trainer.export;

import static java.util.Objects.requireNonNull;

import io.prefstream.replay.LogRecord;
import io.prefstream.replay.PairLogReader;
import io.prefstream.schemas.OptOut;
import io.prefstream.schemas.OptOuts;
import io.prefstream.schemas.PreferencePair;
import io.prefstream.schemas.Split;
import io.prefstream.trainer.CheckpointFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * Writes the pairs of a log as a data set.
 *
 * <pre>
 *   pair log ──► {@link LatestPairs} ──► {@link ParquetShards} of train and test ──► folder
 *   up to its ends at the start    opt-outs ─┘        {@link DatasetCard} ─┘
 * </pre>
 *
 * <p>The same log and request give the same bytes. The folder is there as a whole or not at all: it
 * is written beside under a hidden name, then renamed. Cost: one pass over the log and one over
 * what is wanted of it; memory for two row groups and RocksDB's buffers, however long the log.
 */
public final class DatasetExport {

    private static final int AT_ONCE = 1_000;

    private final ExportRequest request;
    private final Selection selection;
    private final SortedSet<String> languages = new TreeSet<>();
    private final SortedMap<Omission, Long> omitted = new TreeMap<>();
    private final Census census = new Census();
    private long records;
    private long undecodable;
    private long distinct;

    private DatasetExport(ExportRequest request) {
        this.request = request;
        this.selection = new Selection(request);
    }

    /**
     * Makes the data set.
     *
     * @param log read from where it stands up to its ends as of now
     * @param optOuts asked after the log was read
     * @throws ExportException if nothing is left to write, a language is not on the log, or the
     *     folder is not an empty one
     * @throws IllegalStateException if the log can't be read
     * @throws IOException if the folder can't be written
     */
    public static ExportReport run(
            ExportRequest request, PairLogReader log, Supplier<List<OptOut>> optOuts)
            throws IOException {
        checkEmpty(request.out());
        return new DatasetExport(request).export(log, optOuts);
    }

    /**
     * Refuses a folder that holds something, for those who want to know before they begin.
     *
     * @throws ExportException with one line
     */
    public static void checkEmpty(Path out) throws IOException {
        if (!Files.exists(out)) {
            return;
        }
        if (!Files.isDirectory(out)) {
            throw new ExportException("--out=%s is a file".formatted(out));
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(out)) {
            if (entries.iterator().hasNext()) {
                throw new ExportException(
                        "--out=%s is not empty: a data set gets a folder of its own"
                                .formatted(out));
            }
        }
    }

    private ExportReport export(PairLogReader log, Supplier<List<OptOut>> optOuts)
            throws IOException {
        Path target = request.out().toAbsolutePath().normalize();
        Path parent = target.getParent() == null ? target : target.getParent();
        Files.createDirectories(parent);
        Path beside =
                Files.createTempDirectory(parent, "." + target.getFileName() + ".unfinished-");
        try {
            Path dataset = Files.createDirectories(beside.resolve("dataset").resolve("data"));
            ExportReport report;
            try (LatestPairs pairs = new LatestPairs(beside.resolve("pairs"))) {
                SortedMap<Integer, Long> ends = read(log, pairs);
                report = write(pairs, new OptOuts(optOuts.get()), dataset);
                Files.writeString(
                        dataset.resolveSibling("README.md"),
                        new DatasetCard(request, report, census, ends, sizes(dataset)).text(),
                        StandardCharsets.UTF_8);
            }
            Files.deleteIfExists(target);
            Files.move(dataset.getParent(), target, StandardCopyOption.ATOMIC_MOVE);
            return report;
        } finally {
            CheckpointFolder.delete(beside);
        }
    }

    /** Reads the log up to where it ends now. Returns these ends. */
    private SortedMap<Integer, Long> read(PairLogReader log, LatestPairs pairs) throws IOException {
        SortedMap<Integer, Long> ends = log.ends();
        List<LogRecord> taken;
        do {
            taken = log.take(AT_ONCE);
            for (LogRecord record : taken) {
                // What came since then is there for some partitions only.
                if (record.offset() < ends.getOrDefault(record.partition(), 0L)) {
                    records++;
                    note(record, pairs);
                }
            }
        } while (taken.size() == AT_ONCE && before(log.positions(), ends));
        for (String language : request.languages()) {
            if (!languages.contains(language)) {
                throw new ExportException(
                        "--language=%s: no pair of the log is in it; there are %s"
                                .formatted(language, languages.isEmpty() ? "none" : languages));
            }
        }
        return ends;
    }

    private void note(LogRecord record, LatestPairs pairs) throws IOException {
        if (record instanceof LogRecord.Undecodable) {
            undecodable++;
        } else if (record instanceof LogRecord.Removal removal) {
            pairs.remove(removal.pairId(), removal.rulesVersion());
        } else if (record instanceof LogRecord.Pair one) {
            PreferencePair pair = one.pair();
            languages.add(pair.getCandidate().getLanguage());
            var omission = selection.omission(pair);
            if (omission.isPresent()) {
                pairs.omit(pair, omission.get());
            } else {
                pairs.keep(new LoggedPair(one.partition(), one.offset(), pair));
            }
        }
    }

    private static boolean before(
            SortedMap<Integer, Long> positions, SortedMap<Integer, Long> ends) {
        return ends.entrySet().stream()
                .anyMatch(end -> positions.getOrDefault(end.getKey(), 0L) < end.getValue());
    }

    private ExportReport write(LatestPairs pairs, OptOuts optOuts, Path folder) throws IOException {
        List<Column> columns = Columns.of(request.layout(), request.form());
        EnumMap<Split, ParquetShards> shards = new EnumMap<>(Split.class);
        for (Split split : request.splits()) {
            shards.put(
                    split, new ParquetShards(folder, word(split), columns, request.maxFileBytes()));
        }
        SortedMap<String, Long> rows = new TreeMap<>();
        SortedMap<String, Integer> files = new TreeMap<>();
        try {
            pairs.forEach(
                    new LatestPairs.Visitor() {
                        @Override
                        public void pair(LoggedPair logged) throws IOException {
                            distinct++;
                            PreferencePair pair = logged.pair();
                            if (Selection.optedOut(pair, optOuts)) {
                                omitted.merge(Omission.OPTED_OUT, 1L, Long::sum);
                            } else {
                                requireNonNull(shards.get(pair.getSplit())).write(logged);
                                census.add(pair);
                            }
                        }

                        @Override
                        public void omitted(Omission why) {
                            distinct++;
                            omitted.merge(why, 1L, Long::sum);
                        }
                    });
            for (ParquetShards shard : shards.values()) {
                int count = shard.finish().size();
                if (count > 0) {
                    rows.put(shard.split(), shard.rows());
                    files.put(shard.split(), count);
                }
            }
        } finally {
            for (ParquetShards shard : shards.values()) {
                shard.close();
            }
        }
        ExportReport report =
                new ExportReport(
                        request.out(),
                        records,
                        undecodable,
                        records - undecodable - distinct,
                        omitted,
                        rows,
                        files);
        if (report.written() == 0) {
            throw new ExportException(
                    "no pair to export: the log holds %,d records; %s"
                            .formatted(records, report.leftOut()));
        }
        return report;
    }

    /** Hugging Face calls what is only for evaluation {@code test}. */
    static String word(Split split) {
        return split == Split.HOLDOUT ? "test" : "train";
    }

    private static long sizes(Path folder) throws IOException {
        long bytes = 0;
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            entries.forEach(files::add);
        }
        for (Path file : files) {
            bytes += Files.size(file);
        }
        return bytes;
    }
}
