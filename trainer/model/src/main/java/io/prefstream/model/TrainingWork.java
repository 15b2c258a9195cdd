package io.prefstream.model;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import java.util.List;

/** How much arithmetic a training step is, and how fast this machine can be at it. */
public final class TrainingWork {
    private static final int MATRIX = 2048;

    /** Operations that {@link #measuredRate()} makes: a product to warm up, and one measured. */
    public static final double MEASURED_OPERATIONS = 4.0 * MATRIX * MATRIX * MATRIX;

    private TrainingWork() {}

    /**
     * Floating-point operations of a step as PaLM counts them for its model FLOPs utilisation
     * (arXiv 2204.02311, appendix B): 6 for each weight that a token is multiplied with, forward
     * once and backward twice, and {@link #attentionOperations}. The language head counts at the
     * positions that have a loss, the only ones where it is multiplied. Tokens are real ones; what
     * is computed for padding or computed again doesn't count, nor do the reward head, norms and
     * everything else by elements.
     */
    public static double operations(ModelConfig config, PairBatch batch) {
        double hidden = config.hiddenSize();
        double heads = config.attentionHeads() + config.keyValueHeads();
        double perToken =
                config.layers()
                        * (2 * hidden * heads * config.headSize()
                                + 3 * hidden * config.intermediateSize());
        return 6
                        * (perToken * batch.tokens()
                                + hidden * config.vocabSize() * batch.responseTokens())
                + attentionOperations(config, batch);
    }

    /**
     * Those of scores and of their product with the values: 12·L·H·Q·T for each token of a sequence
     * of T, with L layers of H heads of size Q. As in the paper each token counts as attending to
     * the whole sequence, although attention is causal and the kernels leave out most of what comes
     * later: of 256 tokens the processor's multiplies 5/8 of the square.
     */
    public static double attentionOperations(ModelConfig config, PairBatch batch) {
        double squares = 0;
        for (List<EncodedPair> pairs : batch.microBatches()) {
            for (EncodedPair pair : pairs) {
                squares += Math.pow(pair.chosen().length(), 2);
                squares += Math.pow(pair.rejected().length(), 2);
            }
        }
        return 12.0 * config.layers() * config.attentionHeads() * config.headSize() * squares;
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
