package io.prefstream.ingest.neardup;

import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;

/** Stamps each snippet with its arrival and says from time to time how late it is. */
final class ArrivalTimes {

    private ArrivalTimes() {}

    static <T> WatermarkStrategy<T> by(ArrivalClock clock) {
        return WatermarkStrategy.<T>forGenerator(context -> new Ticks<>(clock))
                .withTimestampAssigner((snippet, none) -> clock.millis());
    }

    /** Whatever arrives from now on is stamped now or later. */
    private record Ticks<T>(ArrivalClock clock) implements WatermarkGenerator<T> {

        @Override
        public void onEvent(T event, long timestamp, WatermarkOutput output) {}

        @Override
        public void onPeriodicEmit(WatermarkOutput output) {
            output.emitWatermark(new Watermark(clock.millis() - 1));
        }
    }
}
