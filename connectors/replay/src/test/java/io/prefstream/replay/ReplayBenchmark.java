package io.prefstream.replay;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.rocksdb.RocksDBException;

/**
 * Prioritized draws of 64 beside plain multi-gets of 64 random keys, and insertions of 64 beside
 * plain puts of 64, both in one write.
 *
 * <p>Usage: {@code ReplayBenchmark FOLDER ITEMS [JMH options]}. The folder is filled with both
 * stores if it doesn't hold them; it grows with each run.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(value = 1, jvmArgsAppend = "-Xmx512m")
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 5, time = 4)
public class ReplayBenchmark {

    /** The buffer. */
    @State(Scope.Benchmark)
    public static class Ours {
        @Param("")
        public String folder = "";

        @Param("1000000")
        public long items;

        private final SplitMix64 random = new SplitMix64(1);
        private ReplayBuffer buffer;
        private long next = System.nanoTime();

        @Setup
        public void open() {
            buffer =
                    ReplayBuffer.open(
                            Path.of(folder, "buffer"), BenchmarkPairs.settings(2 * items));
        }

        @TearDown
        public void close() {
            buffer.close();
        }
    }

    /** The plain RocksDB. */
    @State(Scope.Benchmark)
    public static class Theirs {
        @Param("")
        public String folder = "";

        @Param("1000000")
        public long items;

        private final SplitMix64 random = new SplitMix64(1);
        private BenchmarkPairs.Plain plain;
        private long next = System.nanoTime();

        @Setup
        public void open() throws RocksDBException {
            plain = new BenchmarkPairs.Plain(Path.of(folder, "plain"));
        }

        @TearDown
        public void close() {
            plain.close();
        }
    }

    @Benchmark
    public List<Sample> draw(Ours ours) {
        try (ReplayUpdate update = ours.buffer.begin()) {
            List<Sample> samples = update.sample(BenchmarkPairs.AT_ONCE, ours.random);
            update.commit();
            return samples;
        }
    }

    @Benchmark
    public List<byte[]> plainMultiGet(Theirs theirs) throws RocksDBException {
        return theirs.plain.get(BenchmarkPairs.AT_ONCE, theirs.items, theirs.random);
    }

    @Benchmark
    public void insert(Ours ours) {
        BenchmarkPairs.insert(ours.buffer, ours.next, ours.next += BenchmarkPairs.AT_ONCE);
    }

    @Benchmark
    public void plainPut(Theirs theirs) throws RocksDBException {
        theirs.plain.put(theirs.next, theirs.next += BenchmarkPairs.AT_ONCE);
    }

    /** Fills and runs. */
    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[0]);
        long items = Long.parseLong(args[1]);
        BenchmarkPairs.fillBuffer(folder.resolve("buffer"), items);
        BenchmarkPairs.fillPlain(folder.resolve("plain"), items);
        String[] options = java.util.Arrays.copyOfRange(args, 2, args.length);
        ChainedOptionsBuilder run =
                new OptionsBuilder()
                        .parent(new CommandLineOptions(options))
                        .param("folder", folder.toString())
                        .param("items", Long.toString(items));
        if (options.length == 0) {
            run.include(ReplayBenchmark.class.getName());
        }
        new Runner(run.build()).run();
    }
}
