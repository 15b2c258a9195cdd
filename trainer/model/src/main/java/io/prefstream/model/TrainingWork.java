package io.prefstream.model;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;

/** How much arithmetic a training step is, and how fast this machine can be at it. */
public final class TrainingWork {
    private static final int MATRIX = 2048;

    /** Operations that {@link #measuredRate()} makes: a product to warm up, and one measured. */
    public static final double MEASURED_OPERATIONS = 4.0 * MATRIX * MATRIX * MATRIX;

    private TrainingWork() {}

    /**
     * Floating-point operations of a step: those of the matrix products over real tokens, forward
     * once and backward twice. Attention, norms and what is computed for padding or computed again
     * don't count.
     */
    public static double operations(ModelConfig config, PairBatch batch) {
        double hidden = config.hiddenSize();
        double kv = (double) config.keyValueHeads() * config.headSize();
        double perToken =
                config.layers()
                        * (2 * hidden * hidden
                                + 2 * hidden * kv
                                + 3 * hidden * config.intermediateSize());
        return 6
                * (perToken * batch.tokens()
                        + hidden * config.vocabSize() * batch.responseTokens());
    }

    /**
     * Operations per second of one product of two square matrices of {@value #MATRIX} rows in
     * 32-bit floats, measured now: about 0.3 s on two cores.
     */
    public static double measuredRate() {
        return measuredRate(Devices.usual());
    }

    /** As {@link #measuredRate()}, on a device. */
    public static double measuredRate(Device device) {
        boolean before = JniUtils.isGradMode();
        JniUtils.setGradMode(false);
        try (NDManager manager = NDManager.newBaseManager(device)) {
            NDArray a = manager.ones(new Shape(MATRIX, MATRIX));
            read(a.matMul(a));
            long start = System.nanoTime();
            read(a.matMul(a));
            return 2e9 * MATRIX * MATRIX * MATRIX / (System.nanoTime() - start);
        } finally {
            JniUtils.setGradMode(before);
        }
    }

    /** Waits for a product: a GPU has only been told of it. */
    private static void read(NDArray product) {
        try (product;
                NDArray corner = product.get("0, 0")) {
            corner.toFloatArray();
        }
    }
}
