package io.prefstream.replay;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
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
 * Prioritized draws of 64 beside plain multi-gets of 64 random keys, and insertions of 64 in one
 * update beside plain puts of the same 64 in one batch: into a table that has room, into a full
 * one, where each lets another item go, and into a full one with a full history, where each lets
 * one go to the history and another go for good.
 *
 * <p>{@code ours} and {@code plain} are the milliseconds that each took; what is printed with each
 * iteration is their ratio, that of our rate to theirs. Before an iteration both stores have
 * nothing left to flush or to merge. Draws and multi-gets take turns call by call. Insertions take
 * turns by rounds of 65,536 items, so that what one store leaves for the background isn't done in
 * the other's time; {@code oursSettled} and {@code plainSettled} count it too. Items are made
 * before the clock starts.
 *
 * <p>Usage: {@code ReplayBenchmark FOLDER ITEMS [JMH options]}. The folder is filled with the
 * stores that it doesn't hold; the stores grow with each run.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(value = 1, jvmArgsAppend = "-Xmx512m")
@Warmup(iterations = 3, time = 4)
@Measurement(iterations = 5, time = 8)
public class ReplayBenchmark {

    private static final int ROUND = 1 << 16;

    /** So many times its items have gone through a history that has as much dead as it ever has. */
    private static final int LONG_USED = 3;

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
            buffer = open(Integer.MAX_VALUE);
            plain = new BenchmarkPairs.Plain(Path.of(folder, "plain"));
        }

        ReplayBuffer open(long capacity) {
            return ReplayBuffer.open(Path.of(folder, "buffer"), BenchmarkPairs.settings(capacity));
        }

        @Setup(Level.Iteration)
        public void settle() throws Exception {
            await(buffer::settled);
            await(plain::settled);
        }

        @TearDown
        public void close() {
            buffer.close();
            plain.close();
        }

        private static void await(Callable<Boolean> condition) throws Exception {
            while (!condition.call()) {
                LockSupport.parkNanos(1_000_000);
            }
        }
    }

    /** Both stores, the table full with what it holds. */
    public static class FullStores extends Stores {
        @Override
        ReplayBuffer open(long capacity) {
            long size;
            try (ReplayBuffer counted = super.open(capacity)) {
                size = counted.stats().size();
            }
            return super.open(size);
        }
    }

    /**
     * Both stores, the table full and with a full history: what leaves the one goes to the other.
     */
    public static class HistoryStores extends Stores {
        @Override
        ReplayBuffer open(long capacity) {
            return ReplayBuffer.open(Path.of(folder, "history"), BenchmarkPairs.withHistory(items));
        }
    }

    /** The time that each takes. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.OPERATIONS)
    public static class Millis {
        public double ours;
        public double plain;

        @TearDown(Level.Iteration)
        public void tell() {
            System.out.printf(Locale.ROOT, "(our rate %.2f of theirs) ", plain / ours);
        }
    }

    /** The time that each takes until nothing is left for the background. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.OPERATIONS)
    public static class SettledMillis {
        public double oursSettled;
        public double plainSettled;

        @TearDown(Level.Iteration)
        public void tell() {
            System.out.printf(
                    Locale.ROOT,
                    "(%.2f until nothing is left to merge) ",
                    plainSettled / oursSettled);
        }
    }

    @Benchmark
    public void draws(Stores stores, Millis millis, Blackhole hole) throws Exception {
        millis.ours +=
                timed(
                        () -> {
                            try (ReplayUpdate update = stores.buffer.begin()) {
                                hole.consume(update.sample(BenchmarkPairs.AT_ONCE, stores.random));
                                update.commit();
                            }
                        });
        millis.plain +=
                timed(
                        () ->
                                hole.consume(
                                        stores.plain.get(
                                                BenchmarkPairs.AT_ONCE,
                                                stores.items,
                                                stores.random)));
    }

    @Benchmark
    public void insertions(Stores stores, Millis millis, SettledMillis settled) throws Exception {
        rounds(stores, millis, settled);
    }

    @Benchmark
    public void insertionsIntoFullTable(FullStores stores, Millis millis, SettledMillis settled)
            throws Exception {
        rounds(stores, millis, settled);
    }

    @Benchmark
    public void insertionsBeforeFullHistory(
            HistoryStores stores, Millis millis, SettledMillis settled) throws Exception {
        rounds(stores, millis, settled);
    }

    private static void rounds(Stores stores, Millis millis, SettledMillis settled)
            throws Exception {
        long from = stores.next;
        stores.next += ROUND;
        double ours = round(from, items -> BenchmarkPairs.insert(stores.buffer, items));
        millis.ours += ours;
        settled.oursSettled += ours + timed(() -> Stores.await(stores.buffer::settled));
        double plain = round(from, stores.plain::put);
        millis.plain += plain;
        settled.plainSettled += plain + timed(() -> Stores.await(stores.plain::settled));
    }

    /** A way to insert items as one. */
    private interface Insert {
        void into(List<ReplayItem> items) throws Exception;
    }

    private static double round(long from, Insert insert) throws Exception {
        double millis = 0;
        for (long next = from; next < from + ROUND; next += BenchmarkPairs.AT_ONCE) {
            List<ReplayItem> items = BenchmarkPairs.items(next, next + BenchmarkPairs.AT_ONCE);
            millis += timed(() -> insert.into(items));
        }
        return millis;
    }

    /** Something that takes time. */
    private interface Work {
        void run() throws Exception;
    }

    private static double timed(Work work) throws Exception {
        long began = System.nanoTime();
        work.run();
        return (System.nanoTime() - began) / 1e6;
    }

    /** Fills and runs. */
    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[0]);
        long items = Long.parseLong(args[1]);
        BenchmarkPairs.fillBuffer(
                folder.resolve("buffer"), BenchmarkPairs.settings(2 * items), items);
        BenchmarkPairs.fillBuffer(
                folder.resolve("history"), BenchmarkPairs.withHistory(items), LONG_USED * items);
        BenchmarkPairs.fillPlain(folder.resolve("plain"), items);
        CommandLineOptions asked = new CommandLineOptions(Arrays.copyOfRange(args, 2, args.length));
        ChainedOptionsBuilder run =
                new OptionsBuilder()
                        .parent(asked)
                        .param("folder", folder.toString())
                        .param("items", Long.toString(items));
        if (asked.getIncludes().isEmpty()) {
            run.include(ReplayBenchmark.class.getName());
        }
        new Runner(run.build()).run();
    }
}
