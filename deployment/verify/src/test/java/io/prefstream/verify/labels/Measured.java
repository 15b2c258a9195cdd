package io.prefstream.verify.labels;

import io.prefstream.schemas.CandidatePair;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Collectors;

/**
 * What came of one strategy.
 *
 * @param attempts made for the candidates
 * @param kept ids of the candidates that validation kept
 * @param refused candidates that it refused, by reason
 * @param rulings of the candidates that were judged, by id
 */
record Measured(
        String strategy,
        long attempts,
        List<CandidatePair> candidates,
        Set<String> kept,
        SortedMap<String, Long> refused,
        Map<String, Ruling> rulings) {

    /** The row of the table of yields. */
    String yieldRow() {
        return "| `%s` | %,d | %,d | %s | %,d |"
                .formatted(
                        strategy,
                        attempts,
                        candidates.size(),
                        refused.isEmpty() ? "–" : inWords(refused),
                        kept.size());
    }

    /** The rows of the table of labels: of all that were judged, and of those of them kept. */
    String labelRows() {
        Set<String> judgedAndKept = new HashSet<>(rulings.keySet());
        judgedAndKept.retainAll(kept);
        return labelRow("in", rulings.keySet()) + "\n" + labelRow("kept", judgedAndKept);
    }

    private String labelRow(String which, Set<String> ids) {
        Map<Ruling, Long> counts = new EnumMap<>(Ruling.class);
        for (Ruling ruling : Ruling.values()) {
            counts.put(ruling, ids.stream().filter(id -> rulings.get(id) == ruling).count());
        }
        long confirmed = ids.stream().filter(id -> rulings.get(id).confirmed()).count();
        long contradicted = ids.stream().filter(id -> rulings.get(id).contradicted()).count();
        long decided = confirmed + contradicted;
        return "| `%s`, %s | %,d | %,d | %d + %d | %d + %d | %s | %s | %d | %d | %d | %d | %d | %d |"
                .formatted(
                        strategy,
                        which,
                        ids.size(),
                        decided,
                        counts.get(Ruling.CONFIRMED_BY_COMPILER),
                        counts.get(Ruling.CONFIRMED_BY_TESTS),
                        counts.get(Ruling.CONTRADICTED_BY_COMPILER),
                        counts.get(Ruling.CONTRADICTED_BY_TESTS),
                        new Precision(confirmed, decided),
                        ids.isEmpty()
                                ? "–"
                                : Math.round(100.0 * (ids.size() - decided) / ids.size()) + " %",
                        counts.get(Ruling.BOTH_PASS),
                        counts.get(Ruling.BOTH_FAIL),
                        counts.get(Ruling.TESTS_AT_ODDS),
                        counts.get(Ruling.NO_TESTS),
                        counts.get(Ruling.NEITHER_COMPILES),
                        counts.get(Ruling.NOT_PLACED));
    }

    static String inWords(SortedMap<String, Long> counts) {
        return counts.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .map(count -> "%s %,d".formatted(count.getKey(), count.getValue()))
                .collect(Collectors.joining(", "));
    }
}
