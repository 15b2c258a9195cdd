package io.prefstream.local;

import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the stages' ledgers say, summed over operators and subtasks, and whom they wait for.
 *
 * <p>Flink makes its metric reporters by itself, so the book and the reporter find each other by
 * name in the one static map of this module; a book is in it from {@link #open} to {@link #close}.
 */
public final class LedgerBook implements AutoCloseable {

    /** In place of a stage: the unit is a generator, the direction one of its gauges. */
    static final String GENERATOR = "generator";

    /** One count of one subtask of one operator. */
    record Line(String stage, String unit, String direction, String operator, String subtask) {}

    private static final Map<String, LedgerBook> OPEN = new ConcurrentHashMap<>();

    private final String name;
    private final Map<Line, LongSupplier> lines = new ConcurrentHashMap<>();

    private LedgerBook(String name) {
        this.name = name;
    }

    /** A new book with a name of its own. */
    public static LedgerBook open() {
        LedgerBook book = new LedgerBook(UUID.randomUUID().toString());
        OPEN.put(book.name, book);
        return book;
    }

    static @Nullable LedgerBook find(String name) {
        return OPEN.get(name);
    }

    /** The name under which reporters find this book. */
    public String name() {
        return name;
    }

    /** From now on this count is what a line says. */
    void follow(Line line, LongSupplier count) {
        lines.put(line, count);
    }

    /** What this count said no longer holds; if another has taken its line, that one stays. */
    void forget(Line line, LongSupplier count) {
        lines.remove(line, count);
    }

    /** Requests that generators have or that wait for one. */
    public long asked() {
        return lines.entrySet().stream()
                .filter(line -> line.getKey().stage().equals(GENERATOR))
                .filter(line -> !line.getKey().direction().equals("paused"))
                .mapToLong(line -> line.getValue().getAsLong())
                .sum();
    }

    /** Generators that nothing is sent to for now, with the requests that wait for each. */
    public Map<String, Long> away() {
        Map<String, Long> away = new TreeMap<>();
        for (Line line : lines.keySet()) {
            if (line.stage().equals(GENERATOR) && sum(GENERATOR, line.unit(), "paused") > 0) {
                away.put(line.unit(), sum(GENERATOR, line.unit(), "waiting"));
            }
        }
        return away;
    }

    /** Units that entered a stage. */
    public long in(String stage, String unit) {
        return sum(stage, unit, "in");
    }

    /** Units that left a stage. */
    public long out(String stage, String unit) {
        return sum(stage, unit, "out");
    }

    /** Whether any subtask keeps this count. */
    public boolean knows(String stage, String unit, String direction) {
        return lines.keySet().stream().anyMatch(line -> is(line, stage, unit, direction));
    }

    @Override
    public void close() {
        OPEN.remove(name);
    }

    private long sum(String stage, String unit, String direction) {
        return lines.entrySet().stream()
                .filter(line -> is(line.getKey(), stage, unit, direction))
                .mapToLong(line -> line.getValue().getAsLong())
                .sum();
    }

    private static boolean is(Line line, String stage, String unit, String direction) {
        return line.stage().equals(stage)
                && line.unit().equals(unit)
                && line.direction().equals(direction);
    }
}
