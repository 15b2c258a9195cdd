package io.prefstream.replay;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
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
import org.openjdk.jmh.infra.Blackhole;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.rocksdb.RocksDBException;

/**
 * Prioritized draws of 64 beside plain multi-gets of 64 random keys, and insertions of 64 beside
 * plain puts of 64, each in one write. Ours and theirs take turns, call by call, so that whatever
 * else the machine does falls on both: {@code ours} and {@code plain} are the milliseconds that
 * each took of a second, and {@code plain / ours} is the ratio of our rate to theirs.
 *
 * <p>Usage: {@code ReplayBenchmark FOLDER ITEMS [JMH options]}. The folder is filled with both
 * stores if it doesn't hold them; the stores grow with each run.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(value = 1, jvmArgsAppend = "-Xmx512m")
@Warmup(iterations = 2, time = 5)
@Measurement(iterations = 5, time = 5)
public class ReplayBenchmark {

    /** Both stores. */
    @State(Scope.Benchmark)
    public static class Stores {
        @Param("")
        public String folder = "";

        @Param("1000000")
        public long items;

        private final SplitMix64 random = new SplitMix64(1);
        private ReplayBuffer buffer;
        private BenchmarkPairs.Plain plain;
        private long next = System.nanoTime();

        @Setup
        public void open() throws RocksDBException {
            buffer =
                    ReplayBuffer.open(
                            Path.of(folder, "buffer"), BenchmarkPairs.settings(2 * items));
            plain = new BenchmarkPairs.Plain(Path.of(folder, "plain"));
        }

        @TearDown
        public void close() {
            buffer.close();
            plain.close();
        }
    }

    /** The time that each takes. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.OPERATIONS)
    public static class Millis {
        public double ours;
        public double plain;
        private long last;

        private void begin() {
            last = System.nanoTime();
        }

        private double ended() {
            long before = last;
            last = System.nanoTime();
            return (last - before) / 1e6;
        }
    }

    @Benchmark
    public void draws(Stores stores, Millis millis, Blackhole hole) throws RocksDBException {
        millis.begin();
        try (ReplayUpdate update = stores.buffer.begin()) {
            hole.consume(update.sample(BenchmarkPairs.AT_ONCE, stores.random));
            update.commit();
        }
        millis.ours += millis.ended();
        hole.consume(stores.plain.get(BenchmarkPairs.AT_ONCE, stores.items, stores.random));
        millis.plain += millis.ended();
    }

    @Benchmark
    public void insertions(Stores stores, Millis millis) throws RocksDBException {
        long from = stores.next;
        stores.next += BenchmarkPairs.AT_ONCE;
        millis.begin();
        BenchmarkPairs.insert(stores.buffer, from, stores.next);
        millis.ours += millis.ended();
        stores.plain.put(from, stores.next);
        millis.plain += millis.ended();
    }

    /** Fills and runs. */
    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[0]);
        long items = Long.parseLong(args[1]);
        BenchmarkPairs.fillBuffer(folder.resolve("buffer"), items);
        BenchmarkPairs.fillPlain(folder.resolve("plain"), items);
        ChainedOptionsBuilder run =
                new OptionsBuilder()
                        .parent(new CommandLineOptions(Arrays.copyOfRange(args, 2, args.length)))
                        .include(ReplayBenchmark.class.getName())
                        .param("folder", folder.toString())
                        .param("items", Long.toString(items));
        new Runner(run.build()).run();
    }
}
