package io.prefstream.validate;

import io.prefstream.jobs.common.JobEnvironment;
import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.CheckOutcome;
import io.prefstream.schemas.PreferencePair;
import io.prefstream.schemas.Verdict;
import io.prefstream.topics.flink.AvroType;
import io.prefstream.topics.flink.Tombstone;
import io.prefstream.validate.admission.AdmissionOptions;
import io.prefstream.validate.admission.PairForm;
import io.prefstream.validate.bias.BiasMonitor;
import io.prefstream.validate.bias.BiasOptions;
import io.prefstream.validate.bias.BiasTally;
import java.nio.file.Files;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.stream.LongStream;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.typeutils.EitherTypeInfo;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.types.Either;

/**
 * What admission and the bias monitor cost for each pair: sides of some 1,000 characters, RocksDB
 * state, parallelism 1. Argument: the number of pairs. Times of the jobs include the making of the
 * pairs, which the first line is to be subtracted for.
 */
public final class MeasureMonitors {

    private static final AvroType<PreferencePair> PAIR = AvroType.forRecord(PreferencePair.class);

    private static final String BODY =
            "        total += a * %d; // adds\n        if (total > b) { total -= b; }\n".repeat(16);

    private static final PairAssembly ASSEMBLY =
            new PairAssembly(
                    "test/1",
                    1,
                    new HoldoutSplit(0, HoldoutSplit.Unit.FILE),
                    new LabelConfidence(0, 0.7));

    private MeasureMonitors() {}

    public static void main(String[] args) throws Exception {
        long pairs = Long.parseLong(args[0]);
        for (int round = 0; round < 3; round++) {
            List<PreferencePair> some =
                    LongStream.range(0, 5_000).mapToObj(MeasureMonitors::pair).toList();
            long start = System.nanoTime();
            some.forEach(pair -> PairForm.id(pair.getCandidate()));
            say("form", start, some.size());
            start = System.nanoTime();
            some.forEach(BiasTally::of);
            say("tally of a pair", start, some.size());

            run("pairs alone", pairs, MeasureMonitors::alone);
            run("admission", pairs, MeasureMonitors::admitted);
            run("bias monitor", pairs, MeasureMonitors::watched);
        }
    }

    @FunctionalInterface
    private interface Job {
        DataStream<?> behind(DataStream<PreferencePair> pairs);
    }

    private static DataStream<?> alone(DataStream<PreferencePair> pairs) {
        return pairs;
    }

    private static DataStream<?> admitted(DataStream<PreferencePair> pairs) {
        return pairs.map(FormedPair::of, FormedPair.TYPE)
                .uid("form")
                .keyBy(FormedPair::form, Types.STRING)
                .process(new AdmitPairs(AdmissionOptions.settings(new Configuration())), PAIR)
                .uid("admit");
    }

    private static DataStream<?> watched(DataStream<PreferencePair> pairs) {
        return BiasMonitor.watch(
                pairs.map(
                                pair -> Either.<PreferencePair, Tombstone>Left(pair),
                                new EitherTypeInfo<>(PAIR, Tombstone.TYPE))
                        .uid("changes"),
                "test",
                BiasOptions.settings(new Configuration()),
                Clock.systemUTC());
    }

    private static void run(String what, long pairs, Job job) throws Exception {
        Configuration config = new Configuration();
        config.set(
                JobEnvironment.CHECKPOINT_DIR,
                Files.createTempDirectory("monitors").toUri().toString());
        StreamExecutionEnvironment env =
                JobEnvironment.configure(
                        StreamExecutionEnvironment.getExecutionEnvironment(), config);
        env.setParallelism(1);
        DataStream<PreferencePair> source =
                env.fromSequence(0, pairs - 1)
                        .uid("numbers")
                        .map(MeasureMonitors::pair, PAIR)
                        .uid("pairs");
        job.behind(source).sinkTo(new DiscardingSink<>()).uid("nothing");
        long start = System.nanoTime();
        env.execute(what);
        say(what, start, pairs);
    }

    private static void say(String what, long start, long pairs) {
        System.out.printf(
                Locale.ROOT,
                "%-16s %6.1f µs a pair%n",
                what,
                (System.nanoTime() - start) / 1e3 / pairs);
    }

    private static PreferencePair pair(long number) {
        String chosen =
                "int f" + number + "(int a, int b) {\n" + BODY.formatted(args(number)) + "}";
        CandidatePair candidate =
                Candidates.of("java", "src/F" + number, chosen, chosen.replace("-=", "+="));
        return ASSEMBLY.draft(
                candidate, List.of(measured("length-balance"), measured("compression-balance")));
    }

    private static Object[] args(long number) {
        return LongStream.range(number, number + 16).boxed().toArray();
    }

    private static CheckOutcome measured(String check) {
        return CheckOutcome.newBuilder()
                .setCheck(check)
                .setVerdict(Verdict.PASS)
                .setValue(0.0)
                .build();
    }
}
