package io.prefstream.validate.bias;

import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.windowing.triggers.Trigger;
import org.apache.flink.streaming.api.windowing.triggers.TriggerResult;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;

/**
 * Reports a window when it ends, when its lateness is over, and in between whenever so many more
 * pairs are in it: the newest window gets what is old as well, and must not wait for a newer
 * publication that may be long in coming.
 */
final class EndAndEveryPairs extends Trigger<BiasSample.OfGroup, TimeWindow> {

    private static final long serialVersionUID = 1L;

    private static final ValueStateDescriptor<Long> PAIRS =
            new ValueStateDescriptor<>("pairs", Types.LONG);

    private final int pairs;

    EndAndEveryPairs(int pairs) {
        this.pairs = pairs;
    }

    @Override
    public TriggerResult onElement(
            BiasSample.OfGroup sample, long timestamp, TimeWindow window, TriggerContext context)
            throws Exception {
        if (window.maxTimestamp() > context.getCurrentWatermark()) {
            context.registerEventTimeTimer(window.maxTimestamp());
        }
        ValueState<Long> state = context.getPartitionedState(PAIRS);
        Long before = state.value();
        long now = before == null ? 1 : before + 1;
        state.update(now);
        return now % pairs == 0 ? TriggerResult.FIRE : TriggerResult.CONTINUE;
    }

    /** Also called when the lateness is over: the window's own timer for that. */
    @Override
    public TriggerResult onEventTime(long time, TimeWindow window, TriggerContext context) {
        return TriggerResult.FIRE;
    }

    @Override
    public TriggerResult onProcessingTime(long time, TimeWindow window, TriggerContext context) {
        return TriggerResult.CONTINUE;
    }

    @Override
    public void clear(TimeWindow window, TriggerContext context) throws Exception {
        context.deleteEventTimeTimer(window.maxTimestamp());
        context.getPartitionedState(PAIRS).clear();
    }
}
