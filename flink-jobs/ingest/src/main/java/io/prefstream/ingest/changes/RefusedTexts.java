package io.prefstream.ingest.changes;

import io.prefstream.ingest.IngestReason;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/**
 * Counts the earlier texts that weren't taken: counters {@code
 * prefstream.earlierTexts.reason.<reason>.refused}, each from its first one on. The files and
 * functions themselves go on, so these are no rejections.
 */
public final class RefusedTexts implements Consumer<IngestReason> {

    private final MetricGroup group;
    private final Map<IngestReason, Counter> counters = new EnumMap<>(IngestReason.class);

    /**
     * @param group of the operator that refuses
     */
    public RefusedTexts(MetricGroup group) {
        this.group = group.addGroup("prefstream").addGroup("earlierTexts");
    }

    @Override
    public void accept(IngestReason reason) {
        counters.computeIfAbsent(
                        reason, code -> group.addGroup("reason", code.code()).counter("refused"))
                .inc();
    }
}
