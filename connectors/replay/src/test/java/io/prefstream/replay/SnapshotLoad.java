package io.prefstream.replay;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * How long draws take while snapshots are made, beside how long they take while none are; then how
 * long a snapshot takes to be opened, and the heap that the buffer keeps.
 *
 * <p>Usage: {@code SnapshotLoad FOLDER ITEMS [PER_SECOND]}, of the folder that {@link
 * ReplayBenchmark} fills; run with {@code -Xmx512m}. One thread draws 64 and inserts 64 in turns,
 * for periods of five seconds, as fast as it can or so often a second; every other period with
 * snapshots on a second thread, one after another or, where the load is paced, one every half
 * second.
 */
public final class SnapshotLoad {

    private static final int PERIODS = 6;
    private static final long PERIOD_NANOS = Duration.ofSeconds(5).toNanos();

    /** Between two snapshots beside a paced load. */
    private static final long SNAPSHOT_NANOS = Duration.ofMillis(500).toNanos();

    private SnapshotLoad() {}

    /** Measures and prints. */
    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[0]);
        long items = Long.parseLong(args[1]);
        long pace = args.length < 3 ? 0 : Duration.ofSeconds(1).toNanos() / Long.parseLong(args[2]);
        ReplaySettings settings = BenchmarkPairs.settings(2 * items);
        BenchmarkPairs.fillBuffer(folder.resolve("buffer"), settings, items);
        Path snapshots = Files.createTempDirectory(folder, "snapshots");
        ExecutorService beside = Executors.newSingleThreadExecutor();
        Path last = snapshots.resolve("none");
        try (ReplayBuffer buffer = ReplayBuffer.open(folder.resolve("buffer"), settings)) {
            long next = System.nanoTime();
            load(buffer, next, pace, () -> true);
            for (int period = 0; period < PERIODS; period++) {
                boolean snapshot = period % 2 == 1;
                int number = period;
                next += items;
                Future<List<Long>> taken =
                        beside.submit(
                                () ->
                                        snapshot
                                                ? snapshots(
                                                        buffer,
                                                        snapshots,
                                                        number,
                                                        pace == 0 ? 0 : SNAPSHOT_NANOS)
                                                : List.<Long>of());
                long[] nanos = load(buffer, next, pace, taken::isDone);
                last = snapshot ? snapshots.resolve(number + "-0") : last;
                System.out.printf(
                        "%s: %,d draws, median %.2f ms, 99.9 %% %.2f ms, slowest %.2f ms; snapshots"
                                + " took %s ms%n",
                        snapshot ? "with snapshots   " : "without snapshots",
                        nanos.length,
                        millis(nanos[nanos.length / 2]),
                        millis(nanos[(int) (nanos.length * 0.999)]),
                        millis(nanos[nanos.length - 1]),
                        taken.get().stream().map(n -> "%.0f".formatted(millis(n))).toList());
            }
            System.gc();
            Runtime runtime = Runtime.getRuntime();
            System.out.printf(
                    "heap in use with %,d items: %,d MB%n",
                    buffer.stats().size(), (runtime.totalMemory() - runtime.freeMemory()) >> 20);
        } finally {
            beside.shutdownNow();
        }
        long began = System.nanoTime();
        try (ReplayBuffer restored =
                ReplayBuffer.openCheckpoint(last, snapshots.resolve("restored"), settings)) {
            restored.peek(BenchmarkPairs.AT_ONCE, new SplitMix64(1));
            System.out.printf(
                    "opened a snapshot of %,d items and drew from it in %.1f s%n",
                    restored.stats().size(), millis(System.nanoTime() - began) / 1_000);
        }
    }

    private static List<Long> snapshots(ReplayBuffer buffer, Path folder, int period, long pause) {
        List<Long> took = new ArrayList<>();
        long end = System.nanoTime() + PERIOD_NANOS;
        while (System.nanoTime() < end) {
            long began = System.nanoTime();
            buffer.checkpoint(folder.resolve(period + "-" + took.size()));
            took.add(System.nanoTime() - began);
            LockSupport.parkNanos(pause);
        }
        return took;
    }

    /** Draws and inserts for a period, and until something is done. Returns the draws' times. */
    private static long[] load(ReplayBuffer buffer, long from, long pace, BooleanSupplier done) {
        SplitMix64 random = new SplitMix64(from);
        List<Long> nanos = new ArrayList<>();
        long next = from;
        long end = System.nanoTime() + PERIOD_NANOS;
        while (System.nanoTime() < end || !done.getAsBoolean()) {
            long began = System.nanoTime();
            try (ReplayUpdate update = buffer.begin()) {
                update.sample(BenchmarkPairs.AT_ONCE, random);
                update.commit();
            }
            nanos.add(System.nanoTime() - began);
            BenchmarkPairs.insert(
                    buffer, BenchmarkPairs.items(next, next += BenchmarkPairs.AT_ONCE));
            LockSupport.parkNanos(pace - (System.nanoTime() - began));
        }
        long[] sorted = nanos.stream().mapToLong(n -> n).toArray();
        Arrays.sort(sorted);
        return sorted;
    }

    private static double millis(long nanos) {
        return nanos / 1e6;
    }
}
