package io.prefstream.local;

import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Metric;
import org.apache.flink.metrics.MetricConfig;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.reporter.MetricReporter;
import org.jspecify.annotations.Nullable;

/**
 * Passes the gauges of the stages' ledgers, what generators have and what waits for them, and
 * nothing else, to the {@link LedgerBook} that the reporter's configuration names.
 */
public final class LedgerReporter implements MetricReporter {

    /** The reporter's option that names the book. */
    static final String BOOK = "book";

    private static final String SCOPE = "prefstream";

    private static final Set<String> OF_GENERATORS = Set.of("inFlight", "waiting", "paused");

    /** What a gauge says; equal to another of the same gauge. */
    private record Count(Gauge<?> gauge) implements LongSupplier {
        @Override
        public long getAsLong() {
            return ((Number) gauge.getValue()).longValue();
        }
    }

    private @Nullable LedgerBook book;

    @Override
    public void open(MetricConfig config) {
        book = LedgerBook.find(config.getString(BOOK, ""));
    }

    @Override
    public void close() {}

    @Override
    public void notifyOfAddedMetric(Metric metric, String name, MetricGroup group) {
        LedgerBook.Line line = line(name, group);
        if (book != null && line != null && metric instanceof Gauge<?> gauge) {
            book.follow(line, new Count(gauge));
        }
    }

    /**
     * A stage's count stays readable after its task has ended; the book keeps it until a restarted
     * subtask brings the same line again. Nobody waits for a generator any more.
     */
    @Override
    public void notifyOfRemovedMetric(Metric metric, String name, MetricGroup group) {
        LedgerBook.Line line = line(name, group);
        if (book != null
                && line != null
                && line.stage().equals(LedgerBook.GENERATOR)
                && metric instanceof Gauge<?> gauge) {
            book.forget(line, new Count(gauge));
        }
    }

    private static LedgerBook.@Nullable Line line(String name, MetricGroup group) {
        Map<String, String> variables = group.getAllVariables();
        String operator = variables.getOrDefault("<operator_id>", "");
        String subtask = variables.getOrDefault("<subtask_index>", "");
        String generator = variables.get("<generator>");
        if (generator != null && OF_GENERATORS.contains(name)) {
            return new LedgerBook.Line(LedgerBook.GENERATOR, generator, name, operator, subtask);
        }
        String stage = variables.get("<stage>");
        String unit = variables.get("<unit>");
        return stage == null || unit == null || !within(group)
                ? null
                : new LedgerBook.Line(stage, unit, name, operator, subtask);
    }

    private static boolean within(MetricGroup group) {
        for (String component : group.getScopeComponents()) {
            if (component.equals(SCOPE)) {
                return true;
            }
        }
        return false;
    }
}
