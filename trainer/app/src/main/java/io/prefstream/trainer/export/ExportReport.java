package io.prefstream.trainer.export;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * What an export did. At its end {@code records = undecodable + superseded + omitted + pairs}.
 *
 * @param out the data set's folder
 * @param records read from the log
 * @param undecodable of them, such as could not be read
 * @param superseded of them, such as a later one of the same pair, or one of higher rules, replaced
 * @param omitted pairs left out by reason
 * @param pairs written by split: {@code train}, {@code test}
 * @param files written by split
 */
public record ExportReport(
        Path out,
        long records,
        long undecodable,
        long superseded,
        SortedMap<Omission, Long> omitted,
        SortedMap<String, Long> pairs,
        SortedMap<String, Integer> files) {

    /** Pairs written. */
    public long written() {
        return pairs.values().stream().mapToLong(Long::longValue).sum();
    }

    /** What was done, in lines for a person. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add("wrote %,d pairs to %s".formatted(written(), out));
        pairs.entrySet().stream()
                .sorted(Map.Entry.comparingByKey(Comparator.reverseOrder()))
                .forEach(
                        split ->
                                lines.add(
                                        "  %s: %,d pairs in %d %s"
                                                .formatted(
                                                        split.getKey(),
                                                        split.getValue(),
                                                        files.getOrDefault(split.getKey(), 0),
                                                        files.getOrDefault(split.getKey(), 0) == 1
                                                                ? "file"
                                                                : "files")));
        lines.add("  of %,d records of the log; %s".formatted(records, leftOut()));
        return lines;
    }

    /** What was left out of the records, in one line. */
    String leftOut() {
        List<String> parts = new ArrayList<>();
        if (superseded > 0) {
            parts.add("superseded %,d".formatted(superseded));
        }
        if (undecodable > 0) {
            parts.add("undecodable %,d".formatted(undecodable));
        }
        omitted.forEach((why, count) -> parts.add("%s %,d".formatted(why.word(), count)));
        return parts.isEmpty() ? "nothing left out" : "left out: " + String.join(", ", parts);
    }
}
