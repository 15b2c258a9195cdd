package io.prefstream.model.engine;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How fast threads (or a GPU) sum up 512 MB, far more than any cache holds: the best of five
 * passes. What a decoding step of one text does with its weights is hardly anything else, so their
 * size by this rate is the time that it can't undercut.
 */
final class ReadBandwidth {
    private static final int BYTES = 512 << 20;

    private ReadBandwidth() {}

    /** Bytes a second that so many threads read together; takes 512 MB of heap. */
    static double measure(int threads) throws InterruptedException {
        long[][] parts = new long[threads][BYTES / Long.BYTES / threads / 8 * 8];
        long[] sums = new long[threads];
        double best = 0;
        for (int pass = 0; pass < 6; pass++) {
            List<Thread> readers = new ArrayList<>();
            long start = System.nanoTime();
            for (int i = 0; i < threads; i++) {
                int part = i;
                readers.add(new Thread(() -> sums[part] += sum(parts[part])));
            }
            readers.forEach(Thread::start);
            for (Thread reader : readers) {
                reader.join();
            }
            // The first pass compiles the loop.
            if (pass > 0) {
                double bytes = (double) threads * parts[0].length * Long.BYTES;
                best = Math.max(best, bytes * 1e9 / (System.nanoTime() - start));
            }
        }
        // Nothing was written: were it not looked at, the sums need not be made.
        return Arrays.stream(sums).sum() == 0 ? best : Double.NaN;
    }

    /** Bytes a second that a GPU reads: the best of five sums of 512 MB of floats. */
    static double measure(Device device) {
        try (NDManager manager = Engine.getEngine("PyTorch").newBaseManager(device)) {
            NDArray numbers = manager.zeros(new Shape(BYTES / Float.BYTES));
            double best = 0;
            for (int pass = 0; pass < 6; pass++) {
                long start = System.nanoTime();
                numbers.sum().getFloat();
                best = Math.max(best, (double) BYTES * 1e9 / (System.nanoTime() - start));
            }
            return best;
        }
    }

    /** Sums that don't wait for each other: memory, not the adder, sets the pace. */
    private static long sum(long[] values) {
        long a = 0;
        long b = 0;
        long c = 0;
        long d = 0;
        for (int i = 0; i < values.length; i += 8) {
            a += values[i] + values[i + 1];
            b += values[i + 2] + values[i + 3];
            c += values[i + 4] + values[i + 5];
            d += values[i + 6] + values[i + 7];
        }
        return a + b + c + d;
    }
}
