package io.prefstream.jobs.common.optout;

import io.prefstream.jobs.common.ControlFeed;
import io.prefstream.jobs.common.Reason;
import io.prefstream.jobs.common.Rejections;
import io.prefstream.jobs.common.StageLedger;
import io.prefstream.schemas.OptOut;
import io.prefstream.schemas.OptOuts;
import java.io.Serializable;
import java.time.Instant;
import java.util.Optional;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.functions.co.BroadcastProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/** Drops what an opt-out covers, as rejections of reason {@code opted-out}. */
public final class DropOptedOut<T> extends BroadcastProcessFunction<T, OptOut, T>
        implements CheckpointedFunction {

    /** Why a stage drops what an opt-out covers. */
    public static final Reason OPTED_OUT = () -> "opted-out";

    private static final long serialVersionUID = 1L;

    /**
     * What is asked of a unit, and said of it where it is dropped. Its text isn't kept: who opts
     * out doesn't want it on yet another topic.
     *
     * @param repository canonical name
     * @param path of its file, null where it stands for a whole repository
     */
    public record Subject(
            String id, String repository, @Nullable String path, Instant publishedAt) {}

    /** Finds the subject of a unit. */
    @FunctionalInterface
    public interface Subjects<T> extends Serializable {
        /** The subject. */
        Subject of(T unit);
    }

    private final ControlFeed.Known<OptOut> known;
    private final Subjects<T> subjects;
    private final Rejections rejections;
    private final String stage;
    private final String unit;
    private final boolean counts;

    @SuppressWarnings("NullAway.Init") // in open()
    private transient OptOuts optOuts;

    @SuppressWarnings("NullAway.Init") // in initializeState()
    private transient StageLedger ledger;

    private transient StageLedger.@Nullable Count in;

    private DropOptedOut(
            ControlFeed.Known<OptOut> known,
            Subjects<T> subjects,
            Rejections rejections,
            String stage,
            String unit,
            boolean counts) {
        this.known = known;
        this.subjects = subjects;
        this.rejections = rejections;
        this.stage = stage;
        this.unit = unit;
        this.counts = counts;
    }

    /**
     * A stream without what is opted out; its uid is {@code <stage>.drop-opted-out-<unit>s}.
     *
     * @param counts whether this is where the stage counts the units that go in
     */
    public static <T> SingleOutputStreamOperator<T> apply(
            DataStream<T> units,
            ControlFeed<OptOut> feed,
            Subjects<T> subjects,
            Rejections rejections,
            String stage,
            String unit,
            boolean counts) {
        TypeInformation<T> type = units.getType();
        String uid = "%s.drop-opted-out-%ss".formatted(stage, unit);
        return units.connect(feed.broadcast())
                .process(
                        new DropOptedOut<>(feed.known(), subjects, rejections, stage, unit, counts),
                        type)
                .name(uid)
                .uid(uid);
    }

    @Override
    public void open(OpenContext context) {
        optOuts = new OptOuts(known.read());
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        ledger = StageLedger.restore(stage, getRuntimeContext(), context);
        in = counts ? ledger.in(unit) : null;
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        ledger.snapshot(context);
    }

    @Override
    public void processElement(T value, ReadOnlyContext context, Collector<T> out) {
        if (in != null) {
            in.add();
        }
        Subject subject = subjects.of(value);
        Optional<OptOut> covering = optOuts.covering(subject.repository(), subject.path());
        if (covering.isEmpty()) {
            out.collect(value);
            return;
        }
        context.output(
                Rejections.TAG,
                rejections.of(
                        unit,
                        OPTED_OUT,
                        subject.id(),
                        subject.repository(),
                        OptOuts.inWords(covering.get()),
                        null,
                        subject.publishedAt()));
    }

    @Override
    public void processBroadcastElement(OptOut optOut, Context context, Collector<T> out) {
        optOuts.add(optOut);
    }
}
