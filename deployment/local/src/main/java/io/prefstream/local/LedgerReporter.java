package io.prefstream.local;

import java.util.Map;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Metric;
import org.apache.flink.metrics.MetricConfig;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.reporter.MetricReporter;
import org.jspecify.annotations.Nullable;

/**
 * Passes the gauges of the stages' ledgers, and nothing else, to the {@link LedgerBook} that the
 * reporter's configuration names.
 */
public final class LedgerReporter implements MetricReporter {

    /** The reporter's option that names the book. */
    static final String BOOK = "book";

    private static final String SCOPE = "prefstream";

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
            book.follow(line, () -> ((Number) gauge.getValue()).longValue());
        }
    }

    @Override
    public void notifyOfRemovedMetric(Metric metric, String name, MetricGroup group) {
        // A count stays readable after its task has ended; the book keeps it until a restarted
        // subtask brings the same line again.
    }

    private static LedgerBook.@Nullable Line line(String name, MetricGroup group) {
        Map<String, String> variables = group.getAllVariables();
        String stage = variables.get("<stage>");
        String unit = variables.get("<unit>");
        if (stage == null || unit == null || !within(group)) {
            return null;
        }
        return new LedgerBook.Line(
                stage,
                unit,
                name,
                variables.getOrDefault("<operator_id>", ""),
                variables.getOrDefault("<subtask_index>", ""));
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
