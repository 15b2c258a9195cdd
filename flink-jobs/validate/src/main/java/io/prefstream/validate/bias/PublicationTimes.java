package io.prefstream.validate.bias;

import java.time.Clock;
import java.time.Duration;
import org.apache.flink.api.common.eventtime.TimestampAssigner;
import org.apache.flink.api.common.eventtime.TimestampAssignerSupplier;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkGeneratorSupplier;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;

/**
 * Event time of accepted pairs, which were published years apart and come in any order.
 *
 * <p>The watermark follows the newest publication. Waiting for older ones would be waiting for
 * ever: a feed may take up a library of 2009 at any time. So a pair whose window is over, lateness
 * included, gets the time of the newest publication instead and counts in that one's window: each
 * pair is in exactly one window, and none is late for it. Publishers set these times themselves, so
 * a time that is still to come counts as now.
 *
 * <p>Use it on one subtask. Several would each have a newest publication of their own, and what one
 * of them lets in could be late for the windows.
 *
 * @param window size of the windows
 * @param allowedLateness how long a window stays open behind its end
 */
record PublicationTimes(Duration window, Duration allowedLateness, Clock clock)
        implements WatermarkStrategy<BiasSample> {

    @Override
    public TimestampAssigner<BiasSample> createTimestampAssigner(
            TimestampAssignerSupplier.Context context) {
        return new Stamps(window.toMillis(), allowedLateness.toMillis(), clock);
    }

    @Override
    public WatermarkGenerator<BiasSample> createWatermarkGenerator(
            WatermarkGeneratorSupplier.Context context) {
        return new Newest();
    }

    private static final class Stamps implements TimestampAssigner<BiasSample> {

        private final long window;
        private final long lateness;
        private final Clock clock;
        private long newest = Long.MIN_VALUE;

        Stamps(long window, long lateness, Clock clock) {
            this.window = window;
            this.lateness = lateness;
            this.clock = clock;
        }

        @Override
        public long extractTimestamp(BiasSample sample, long none) {
            long published = Math.min(sample.publishedAt(), clock.millis());
            newest = Math.max(newest, published);
            long end = TimeWindow.getWindowStartWithOffset(published, 0, window) + window;
            return end + lateness <= newest ? newest : published;
        }
    }

    private static final class Newest implements WatermarkGenerator<BiasSample> {

        private long newest = Long.MIN_VALUE + 1;

        @Override
        public void onEvent(BiasSample sample, long timestamp, WatermarkOutput output) {
            newest = Math.max(newest, timestamp);
        }

        @Override
        public void onPeriodicEmit(WatermarkOutput output) {
            output.emitWatermark(new Watermark(newest - 1));
        }
    }
}
