package io.prefstream.ingest.neardup;

import io.prefstream.jobs.common.JobEnvironment;
import io.prefstream.jobs.common.JobOptions;
import io.prefstream.schemas.CodeSnippet;
import io.prefstream.topics.flink.AvroType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.connector.datagen.source.GeneratorFunction;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.state.rocksdb.RocksDBOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.util.Collector;

/**
 * Memory over a long run: prints, along the way, how many snippets were seen, the heap in use after
 * a collection, and what the state takes on disk.
 *
 * <p>Usage: {@code NearDupMemory [SNIPPETS=10000000] [SECONDS-BETWEEN-LINES=30]}
 */
final class NearDupMemory {

    private static final int PARALLELISM = 2;
    private static final String SEEN = "seen";

    private NearDupMemory() {}

    public static void main(String[] args) throws Exception {
        long count = args.length > 0 ? Long.parseLong(args[0]) : 10_000_000;
        long pause = args.length > 1 ? Long.parseLong(args[1]) : 30;
        Path folder = Files.createTempDirectory("near-dup-memory");
        Path state = Files.createDirectory(folder.resolve("state"));
        StreamExecutionEnvironment env = environment(folder, state);
        SyntheticSnippets synthetic = new SyntheticSnippets();
        GeneratorFunction<Long, CodeSnippet> generator = synthetic::at;
        NearDupStage stage =
                NearDupStage.apply(
                        env.fromSource(
                                        new DataGeneratorSource<>(
                                                generator,
                                                count,
                                                AvroType.forRecord(CodeSnippet.class)),
                                        WatermarkStrategy.noWatermarks(),
                                        "synthetic")
                                .uid("synthetic")
                                .process(new Count(), AvroType.forRecord(CodeSnippet.class))
                                .uid("count"),
                        "near-dup",
                        NearDupOptions.settings(new Configuration()),
                        ArrivalClock.steady());
        stage.snippets().sinkTo(new DiscardingSink<>()).uid("snippets");
        stage.rejections().sinkTo(new DiscardingSink<>()).uid("rejections");
        JobClient job = env.executeAsync("memory");
        CompletableFuture<JobExecutionResult> end = job.getJobExecutionResult();
        long start = System.nanoTime();
        while (!end.isDone()) {
            try {
                end.get(pause, TimeUnit.SECONDS);
            } catch (TimeoutException e) {
                Object seen = job.getAccumulators().get().getOrDefault(SEEN, 0L);
                System.out.printf(
                        "%,6d s: %,12d snippets, heap after GC %,5d MB, state on disk %,7d MB%n",
                        TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start),
                        (Long) seen,
                        heapAfterCollection() >> 20,
                        size(state) >> 20);
            }
        }
        System.out.println("done: " + end.get().getAllAccumulatorResults());
    }

    private static StreamExecutionEnvironment environment(Path folder, Path state) {
        Configuration cluster = new Configuration();
        cluster.set(TaskManagerOptions.BIND_HOST, "localhost");
        cluster.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.parse("1g"));
        cluster.set(RocksDBOptions.LOCAL_DIRECTORIES, state.toString());
        cluster.set(CheckpointingOptions.INCREMENTAL_CHECKPOINTS, true);
        Configuration config =
                JobOptions.of(JobEnvironment.all())
                        .parse(
                                "--job.checkpoint-interval=60 s",
                                "--job.checkpoint-dir=" + folder.resolve("checkpoints").toUri());
        return JobEnvironment.configure(
                StreamExecutionEnvironment.createLocalEnvironment(PARALLELISM, cluster), config);
    }

    private static long heapAfterCollection() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static long size(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.mapToLong(NearDupMemory::sizeOfFile).sum();
        } catch (UncheckedIOException e) {
            // A file went while we walked.
            return -1;
        }
    }

    private static long sizeOfFile(Path file) {
        try {
            return Files.isRegularFile(file) ? Files.size(file) : 0;
        } catch (IOException e) {
            return 0;
        }
    }

    private static final class Count extends ProcessFunction<CodeSnippet, CodeSnippet> {

        private static final long serialVersionUID = 1L;
        private final LongCounter seen = new LongCounter();

        @Override
        public void open(OpenContext context) {
            getRuntimeContext().addAccumulator(SEEN, seen);
        }

        @Override
        public void processElement(
                CodeSnippet snippet, Context context, Collector<CodeSnippet> out) {
            seen.add(1);
            out.collect(snippet);
        }
    }
}
