package io.prefstream.jobs.common;

import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.jobs.common.testing.LedgerReadings;
import io.prefstream.jobs.common.testing.TwoSlots;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.util.Collector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class StageLedgerTest {

    private static final int MAX_PARALLELISM = 8;
    private static final LedgerReadings READINGS = new LedgerReadings();

    @RegisterExtension static final MiniClusterExtension CLUSTER = TwoSlots.cluster(READINGS);

    /** Passes on the even numbers and counts both sides. */
    private static class PassEven extends ProcessFunction<Long, Long>
            implements CheckpointedFunction {

        private transient StageLedger ledger;
        transient StageLedger.Count in;
        transient StageLedger.Count out;

        @Override
        public void initializeState(FunctionInitializationContext context) throws Exception {
            ledger = StageLedger.restore("demo", getRuntimeContext(), context);
            in = ledger.in("number");
            out = ledger.out("number");
        }

        @Override
        public void snapshotState(FunctionSnapshotContext context) throws Exception {
            ledger.snapshot(context);
        }

        @Override
        public void processElement(Long number, Context context, Collector<Long> collector)
                throws Exception {
            in.add();
            if (number % 2 == 0) {
                out.add();
                collector.collect(number);
            }
        }
    }

    @Test
    void goesOnWithTheCountsOfTheCheckpoint() throws Exception {
        OperatorSubtaskState checkpoint;
        try (var before = harness(new PassEven(), 1, 0)) {
            before.open();
            feed(before, 5);
            checkpoint = before.snapshot(1, 1);
            feed(before, 100); // lost with the failure
        }

        PassEven restored = new PassEven();
        try (var after = harness(restored, 1, 0)) {
            after.initializeState(checkpoint);
            after.open();
            assertThat(restored.in.value()).isEqualTo(5);
            assertThat(restored.out.value()).isEqualTo(3);
            feed(after, 2);
            assertThat(restored.in.value()).isEqualTo(7);
        }
    }

    @Test
    void keepsTheSumWhenTheParallelismChanges() throws Exception {
        OperatorSubtaskState threeParts;
        try (var a = harness(new PassEven(), 3, 0);
                var b = harness(new PassEven(), 3, 1);
                var c = harness(new PassEven(), 3, 2)) {
            a.open();
            b.open();
            c.open();
            feed(a, 3);
            feed(b, 5);
            feed(c, 7);
            threeParts =
                    AbstractStreamOperatorTestHarness.repackageState(
                            a.snapshot(1, 1), b.snapshot(1, 1), c.snapshot(1, 1));
        }

        assertThat(LongStream.of(restored(threeParts, 3, 2)).sum()).isEqualTo(15);
        assertThat(LongStream.of(restored(threeParts, 3, 5)).sum()).isEqualTo(15);
        assertThat(restored(threeParts, 3, 1)).containsExactly(15);
    }

    @Test
    void reportsTheRestoredCountsAfterAFailure() throws Exception {
        StreamExecutionEnvironment env =
                JobEnvironment.configure(
                        StreamExecutionEnvironment.getExecutionEnvironment(),
                        new Configuration()
                                .set(JobEnvironment.CHECKPOINT_INTERVAL, Duration.ofMillis(50))
                                .set(JobEnvironment.RESTART_DELAY, Duration.ofMillis(1)));
        env.setParallelism(2);
        DataGeneratorSource<Long> hundredPerCheckpoint =
                new DataGeneratorSource<>(
                        number -> number,
                        1_000,
                        RateLimiterStrategy.perCheckpoint(100),
                        Types.LONG);
        env.fromSource(hundredPerCheckpoint, WatermarkStrategy.noWatermarks(), "numbers")
                .uid("numbers")
                .process(new PassEven())
                .uid("pass-even")
                .process(new FailOnce())
                .uid("fail-once")
                .sinkTo(new DiscardingSink<>())
                .uid("discard");

        env.execute("ledger");

        assertThat(FailOnce.FAILED.get()).isTrue();
        assertThat(READINGS.count("ledger", "demo", "number", "in")).isEqualTo(1_000);
        assertThat(READINGS.count("ledger", "demo", "number", "out")).isEqualTo(500);
    }

    /** Fails once, in the middle of the stream and after several checkpoints. */
    private static class FailOnce extends ProcessFunction<Long, Long> {

        // Of this JVM, not of a subtask: it must outlive the restart.
        static final AtomicBoolean FAILED = new AtomicBoolean();

        @Override
        public void processElement(Long number, Context context, Collector<Long> collector) {
            if (number == 550 && FAILED.compareAndSet(false, true)) {
                throw new IllegalStateException("planned failure");
            }
            collector.collect(number);
        }
    }

    private static long[] restored(OperatorSubtaskState state, int from, int to) throws Exception {
        long[] counts = new long[to];
        for (int subtask = 0; subtask < to; subtask++) {
            PassEven function = new PassEven();
            try (var harness = harness(function, to, subtask)) {
                harness.initializeState(
                        AbstractStreamOperatorTestHarness.repartitionOperatorState(
                                state, MAX_PARALLELISM, from, to, subtask));
                harness.open();
                counts[subtask] = function.in.value();
            }
        }
        return counts;
    }

    private static OneInputStreamOperatorTestHarness<Long, Long> harness(
            PassEven function, int parallelism, int subtask) throws Exception {
        return new OneInputStreamOperatorTestHarness<>(
                new ProcessOperator<>(function), MAX_PARALLELISM, parallelism, subtask);
    }

    private static void feed(OneInputStreamOperatorTestHarness<Long, Long> harness, int numbers)
            throws Exception {
        for (long number = 0; number < numbers; number++) {
            harness.processElement(number, 0);
        }
    }
}
