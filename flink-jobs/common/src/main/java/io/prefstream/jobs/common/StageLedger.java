package io.prefstream.jobs.common;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;

/**
 * Counts what goes into and comes out of a stage, exactly once, so that in = out + rejected +
 * dead-lettered can be checked to the last record.
 *
 * <p>Flink's own metrics begin at zero with every attempt; these counts are operator state: they go
 * back with the checkpoint that the records go back with. Each subtask keeps its part; <b>the count
 * is the sum over subtasks</b>. When the parallelism changes, Flink deals the parts out among the
 * new subtasks (even-split): a subtask that gets several adds them up, one that gets none begins at
 * zero, and the sum stays.
 *
 * <p>Each count is a gauge {@code prefstream.stage.<stage>.unit.<unit>.(in|out|rejected)}. A gauge
 * lives as long as its task, and the part of a subtask that <i>finished</i> before a checkpoint
 * isn't in it: count in operators that end with the job.
 *
 * <p>Use it from a {@link CheckpointedFunction} that is a rich function: {@link #restore} in {@code
 * initializeState}, declare the counts there with {@link #in} and {@link #out}, and call {@link
 * #snapshot} from {@code snapshotState}. Counting costs one uncontended atomic addition. Only the
 * task thread may count: another thread's counts can miss the checkpoint they belong to. For the
 * same reason do not count in {@code asyncInvoke}: what is in flight at a checkpoint is invoked
 * again.
 */
public final class StageLedger {

    /** One count of one subtask. */
    public static final class Count {

        private final AtomicLong value;
        private final ListState<Long> state;

        private Count(long value, ListState<Long> state) {
            this.value = new AtomicLong(value);
            this.state = state;
        }

        /** Counts one. */
        public void add() {
            add(1);
        }

        /** Counts several. */
        public void add(long units) {
            value.addAndGet(units);
        }

        /** What this subtask has counted, the parts it got on restore included. */
        public long value() {
            return value.get();
        }

        private void snapshot() throws Exception {
            state.update(List.of(value.get()));
        }
    }

    private final String stage;
    private final RuntimeContext runtime;
    private final FunctionInitializationContext initialization;
    private final List<Count> counts = new ArrayList<>();

    private StageLedger(
            String stage, RuntimeContext runtime, FunctionInitializationContext initialization) {
        this.stage = stage;
        this.runtime = runtime;
        this.initialization = initialization;
    }

    /** A ledger whose counts begin where the restored checkpoint left them. */
    public static StageLedger restore(
            String stage, RuntimeContext runtime, FunctionInitializationContext initialization) {
        return new StageLedger(stage, runtime, initialization);
    }

    /** The count of units that entered the stage. */
    public Count in(String unit) throws Exception {
        return count(unit, "in");
    }

    /** The count of units that left the stage for the next one. */
    public Count out(String unit) throws Exception {
        return count(unit, "out");
    }

    /** The count of units that the stage dropped, each with a rejection. */
    public Count rejected(String unit) throws Exception {
        return count(unit, "rejected");
    }

    /** Writes every count into the checkpoint. */
    public void snapshot(FunctionSnapshotContext checkpoint) throws Exception {
        for (Count count : counts) {
            count.snapshot();
        }
    }

    private Count count(String unit, String direction) throws Exception {
        ListState<Long> state =
                initialization
                        .getOperatorStateStore()
                        .getListState(
                                new ListStateDescriptor<>(
                                        "ledger." + unit + "." + direction,
                                        LongSerializer.INSTANCE));
        long restored = 0;
        for (long part : state.get()) {
            restored += part;
        }
        Count count = new Count(restored, state);
        counts.add(count);
        runtime.getMetricGroup()
                .addGroup("prefstream")
                .addGroup("stage", stage)
                .addGroup("unit", unit)
                .gauge(direction, (Gauge<Long>) count::value);
        return count;
    }
}
