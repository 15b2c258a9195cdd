package io.prefstream.jobs.common;

import io.prefstream.schemas.Rejection;
import io.prefstream.topics.flink.AvroType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Counts the rejections of a stage: by unit in its {@link StageLedger}, so that in = out + rejected
 * can be read from its metrics, and by reason in Flink's counters {@code
 * prefstream.stage.<stage>.unit.<unit>.reason.<reason>.rejections}, which begin at zero with every
 * attempt.
 */
public final class CountRejections extends ProcessFunction<Rejection, Rejection>
        implements CheckpointedFunction {

    private static final long serialVersionUID = 1L;

    private final String stage;
    private final List<String> units;

    @SuppressWarnings("NullAway.Init") // in initializeState()
    private transient StageLedger ledger;

    @SuppressWarnings("NullAway.Init") // in initializeState()
    private transient Map<String, StageLedger.Count> byUnit;

    @SuppressWarnings("NullAway.Init") // in initializeState()
    private transient Map<String, Counter> byReason;

    private CountRejections(String stage, List<String> units) {
        this.stage = stage;
        this.units = units;
    }

    /**
     * Counts what goes by. The uid is {@code <stage>.count-rejections}.
     *
     * @param units all that the stage drops
     */
    public static DataStream<Rejection> apply(
            DataStream<Rejection> rejections, String stage, List<String> units) {
        String uid = stage + ".count-rejections";
        return rejections
                .process(new CountRejections(stage, units), AvroType.forRecord(Rejection.class))
                .name(uid)
                .uid(uid);
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        ledger = StageLedger.restore(stage, getRuntimeContext(), context);
        byReason = new HashMap<>();
        byUnit = new HashMap<>();
        for (String unit : units) {
            byUnit.put(unit, ledger.rejected(unit));
        }
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        ledger.snapshot(context);
    }

    @Override
    public void processElement(Rejection rejection, Context context, Collector<Rejection> out) {
        String unit = rejection.getUnit();
        StageLedger.Count count = byUnit.get(unit);
        if (count == null) {
            throw new IllegalStateException(
                    "stage %s rejects a %s, and counts only %s".formatted(stage, unit, units));
        }
        count.add();
        byReason.computeIfAbsent(unit + "/" + rejection.getReason(), key -> counter(rejection))
                .inc();
        out.collect(rejection);
    }

    private Counter counter(Rejection rejection) {
        return getRuntimeContext()
                .getMetricGroup()
                .addGroup("prefstream")
                .addGroup("stage", stage)
                .addGroup("unit", rejection.getUnit())
                .addGroup("reason", rejection.getReason())
                .counter("rejections");
    }
}
