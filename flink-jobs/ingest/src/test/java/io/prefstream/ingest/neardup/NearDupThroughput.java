package io.prefstream.ingest.neardup;

import com.sun.management.OperatingSystemMXBean;
import io.prefstream.ingest.decontaminate.DropContaminated;
import io.prefstream.jobs.common.ControlFeed;
import io.prefstream.jobs.common.JobEnvironment;
import io.prefstream.jobs.common.JobOptions;
import io.prefstream.jobs.common.decontaminate.ShippedFingerprints;
import io.prefstream.schemas.Benchmark;
import io.prefstream.schemas.CodeSnippet;
import io.prefstream.schemas.Rejection;
import io.prefstream.schemas.Topic;
import io.prefstream.schemas.Topics;
import io.prefstream.topics.flink.AvroType;
import io.prefstream.topics.flink.TopicSink;
import io.prefstream.topics.flink.TopicSource;
import io.prefstream.topics.testing.TestTopics;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.api.common.accumulators.Histogram;
import org.apache.flink.api.common.accumulators.LongMaximum;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Throughput from Kafka to Kafka: a job that passes snippets through, against one that drops
 * near-duplicates with so many signatures in its state already, both exactly once, with the same
 * serdes, from and to the same broker in this process.
 *
 * <p>Usage: {@code NearDupThroughput [MEASURED=200000] [PRELOADED=1000000] [decontaminate]}. The
 * time runs from when both subtasks have read what only fills the state to the end of the job, its
 * last commit included; what is read in that time counts.
 */
final class NearDupThroughput {

    private static final int PARALLELISM = 2;
    private static final int CHUNK = 10_000;
    private static final MemorySize MANAGED = MemorySize.parse("1g");

    private final TestTopics topics;
    private final Path folder;
    private final long preloaded;
    private final boolean decontaminate;

    private NearDupThroughput(
            TestTopics topics, Path folder, long preloaded, boolean decontaminate) {
        this.topics = topics;
        this.folder = folder;
        this.preloaded = preloaded;
        this.decontaminate = decontaminate;
    }

    public static void main(String[] args) throws Exception {
        long measured = args.length > 0 ? Long.parseLong(args[0]) : 200_000;
        long preloaded = args.length > 1 ? Long.parseLong(args[1]) : 1_000_000;
        boolean decontaminate = args.length > 2 && args[2].equals("decontaminate");
        Path folder = Files.createTempDirectory("near-dup-throughput");
        try (TestTopics topics = TestTopics.start()) {
            NearDupThroughput benchmark =
                    new NearDupThroughput(topics, folder, preloaded, decontaminate);
            Topic<CodeSnippet> some = benchmark.fill(preloaded, preloaded + measured);
            Topic<CodeSnippet> all = benchmark.fill(0, preloaded + measured);
            benchmark.passThrough("warm-up", some);
            double plain = benchmark.passThrough("pass-through", some);
            double near = benchmark.dropNearDuplicates(all);
            System.out.printf(
                    "near-duplicates%s with %,d signatures in the state to pass-through: %.3f%n",
                    decontaminate ? " and decontamination" : "", preloaded, near / plain);
        }
    }

    private Topic<CodeSnippet> fill(long from, long to) {
        Topic<CodeSnippet> topic = topics.alone(Topics.CODE_SNIPPETS);
        SyntheticSnippets synthetic = new SyntheticSnippets();
        for (long at = from; at < to; at += CHUNK) {
            List<CodeSnippet> chunk =
                    LongStream.range(at, Math.min(to, at + CHUNK))
                            .parallel()
                            .mapToObj(
                                    number ->
                                            CodeSnippet.newBuilder(synthetic.at(number))
                                                    .setEventId(
                                                            number < preloaded
                                                                    ? "preloaded"
                                                                    : "measured")
                                                    .build())
                            .toList();
            topics.produce(topic, chunk);
        }
        return topic;
    }

    private double passThrough(String name, Topic<CodeSnippet> from) throws Exception {
        StreamExecutionEnvironment env = environment();
        Clock clock = new Clock();
        write(name, read(env, name, from, clock), topics.alone(Topics.CODE_SNIPPETS));
        return rate(env, name, clock);
    }

    private double dropNearDuplicates(Topic<CodeSnippet> from) throws Exception {
        StreamExecutionEnvironment env = environment();
        Clock clock = new Clock();
        DataStream<CodeSnippet> snippets = read(env, "near-dup", from, clock);
        if (decontaminate) {
            DataStream<Benchmark> added =
                    TopicSource.readToEnd(
                                    env,
                                    topics.alone(Topics.BENCHMARKS),
                                    topics.connection(),
                                    "near-dup",
                                    "near-dup")
                            .records();
            snippets =
                    snippets.connect(ControlFeed.broadcast(added))
                            .process(
                                    new DropContaminated(ShippedFingerprints.all(), List::of),
                                    AvroType.forRecord(CodeSnippet.class))
                            .uid("near-dup.drop-contaminated");
        }
        NearDupStage stage =
                NearDupStage.apply(
                        snippets,
                        "near-dup",
                        NearDupOptions.settings(new Configuration()),
                        ArrivalClock.steady());
        write("near-dup", stage.snippets(), topics.alone(Topics.CODE_SNIPPETS));
        Topic<Rejection> rejections = topics.alone(Topics.REJECTIONS);
        write("near-dup.rejections", stage.rejections(), rejections);
        return rate(env, "near-dup", clock);
    }

    private DataStream<CodeSnippet> read(
            StreamExecutionEnvironment env, String name, Topic<CodeSnippet> from, Clock clock) {
        return TopicSource.readToEnd(env, from, topics.connection(), name, name)
                .records()
                .process(clock, AvroType.forRecord(CodeSnippet.class))
                .uid(name + ".clock");
    }

    private <T extends org.apache.avro.specific.SpecificRecordBase> void write(
            String name, DataStream<T> stream, Topic<T> to) {
        stream.sinkTo(TopicSink.exactlyOnce(to, topics.connection(), name + "-" + to.name()))
                .uid(name + ".write");
    }

    private StreamExecutionEnvironment environment() {
        Configuration cluster = new Configuration();
        cluster.set(TaskManagerOptions.BIND_HOST, "localhost");
        cluster.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MANAGED);
        Configuration config =
                JobOptions.of(JobEnvironment.all()).parse("--job.checkpoint-dir=" + folder.toUri());
        return JobEnvironment.configure(
                StreamExecutionEnvironment.createLocalEnvironment(PARALLELISM, cluster), config);
    }

    private static double rate(StreamExecutionEnvironment env, String name, Clock clock)
            throws Exception {
        OperatingSystemMXBean machine =
                ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        long cpuBefore = machine.getProcessCpuTime();
        double rate = clock.rate(env.execute(name));
        System.out.printf(
                "%s: %,.0f snippets a second; processor time of the whole job, broker included:"
                        + " %.1f s%n",
                name, rate, (machine.getProcessCpuTime() - cpuBefore) / 1e9);
        return rate;
    }

    /** Notes from when on all that passes counts, and what passes when. */
    private static final class Clock extends ProcessFunction<CodeSnippet, CodeSnippet> {

        private static final long serialVersionUID = 1L;
        static final String STARTED = "started";
        static final String PASSED = "passed";
        static final int MILLIS = 100;

        private final long zero = System.currentTimeMillis();
        private final LongMaximum started = new LongMaximum();
        private final Histogram passed = new Histogram();
        private boolean seen;

        @Override
        public void open(OpenContext context) {
            getRuntimeContext().addAccumulator(STARTED, started);
            getRuntimeContext().addAccumulator(PASSED, passed);
        }

        @Override
        public void processElement(
                CodeSnippet snippet, Context context, Collector<CodeSnippet> out) {
            int now = (int) ((System.currentTimeMillis() - zero) / MILLIS);
            passed.add(now);
            if (!seen && snippet.getEventId().equals("measured")) {
                seen = true;
                started.add((long) now);
            }
            out.collect(snippet);
        }

        /** Snippets a second from when all subtasks had passed what is not measured. */
        private double rate(JobExecutionResult result) {
            long start = result.getAccumulatorResult(STARTED);
            TreeMap<Integer, Integer> counts = result.getAccumulatorResult(PASSED);
            long snippets =
                    counts.tailMap((int) start).values().stream()
                            .mapToLong(Integer::longValue)
                            .sum();
            return snippets * 1e3 / (System.currentTimeMillis() - zero - start * MILLIS);
        }
    }
}
