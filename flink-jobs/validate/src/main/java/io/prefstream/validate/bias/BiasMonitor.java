package io.prefstream.validate.bias;

import io.prefstream.schemas.PreferencePair;
import io.prefstream.topics.flink.Tombstone;
import java.time.Clock;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.windowing.assigners.TumblingEventTimeWindows;
import org.apache.flink.types.Either;
import org.apache.flink.util.Collector;

/**
 * Watches whether surface features give the labels of accepted pairs away.
 *
 * <pre>
 *   pairs ──► measure-bias ──► time-bias, split-bias ──► report-bias ──► reports, gauges, warnings
 *                                  (one subtask)     by group, in windows
 *                                                      of event time
 * </pre>
 *
 * <p>Beside the pairs' way: nothing is held up or dropped. A pair that is taken back later stays
 * counted.
 */
public final class BiasMonitor {

    private BiasMonitor() {}

    /**
     * Puts the monitor beside a stream of accepted pairs and ids of those taken back.
     *
     * @param stage whose pairs these are: the begin of all uids
     * @param clock what is published later than this tells counts as published now
     */
    public static DataStream<BiasReport> watch(
            DataStream<Either<PreferencePair, Tombstone>> pairs,
            String stage,
            BiasSettings settings,
            Clock clock) {
        DataStream<BiasSample> samples =
                named(stage + ".measure-bias", pairs.flatMap(BiasMonitor::sample, BiasSample.TYPE));
        DataStream<BiasSample> timed =
                named(
                        stage + ".time-bias",
                        samples.assignTimestampsAndWatermarks(
                                        new PublicationTimes(
                                                settings.window(),
                                                settings.allowedLateness(),
                                                clock))
                                .setParallelism(1));
        DataStream<BiasSample.OfGroup> ofGroups =
                named(
                        stage + ".split-bias",
                        timed.process(new SplitByGroup(stage), BiasSample.OfGroup.TYPE)
                                .setParallelism(1));
        return named(
                stage + ".report-bias",
                ofGroups.keyBy(BiasSample.OfGroup::group, Types.STRING)
                        .window(TumblingEventTimeWindows.of(settings.window()))
                        .allowedLateness(settings.allowedLateness())
                        .trigger(new EndAndEveryPairs(settings.reportEvery()))
                        .aggregate(
                                new AddUp(),
                                new ReportBias(settings, stage),
                                BiasSample.TALLY_TYPE,
                                BiasSample.TALLY_TYPE,
                                BiasReport.TYPE));
    }

    private static void sample(
            Either<PreferencePair, Tombstone> change, Collector<BiasSample> out) {
        if (change.isLeft()) {
            out.collect(BiasSample.of(change.left()));
        }
    }

    private static <T> SingleOutputStreamOperator<T> named(
            String uid, SingleOutputStreamOperator<T> operator) {
        return operator.name(uid).uid(uid);
    }
}
