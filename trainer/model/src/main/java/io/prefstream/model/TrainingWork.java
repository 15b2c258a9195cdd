package io.prefstream.model;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import io.prefstream.model.kernels.ScriptModule;
import java.util.List;

/** How much arithmetic a training step is, and how fast this machine can be at it. */
public final class TrainingWork {
    private static final int MATRIX = 2048;
    private static final int GPU_MATRIX = 8192;

    /** Operations that {@link #measuredRate} makes on a processor: to warm up, and measured. */
    public static final double MEASURED_OPERATIONS = 4.0 * MATRIX * MATRIX * MATRIX;

    /** Products that {@code rounded} makes: the rounding counts for little beside them. */
    private static final int ROUNDED = 4;

    private static final String PRODUCT =
            """
              def forward(self, x: Tensor) -> Tensor:
                return torch.sum(torch.slice(torch.matmul(x, x), 0, 0, 1))
              def rounded(self, x: Tensor) -> Tensor:
                y = torch.to(x, 15)
                z = torch.matmul(y, torch.matmul(y, torch.matmul(y, y)))
                return torch.to(torch.sum(torch.slice(torch.matmul(y, z), 0, 0, 1)), 6)
            """;

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
     * Operations per second of one product of two square matrices, measured now: of {@value
     * #MATRIX} rows in 32-bit floats on a processor (about 0.3 s on two cores), of {@value
     * #GPU_MATRIX} in the precision of the model's products on a GPU.
     */
    public static double measuredRate(Device device, Precision precision) {
        boolean before = JniUtils.isGradMode();
        JniUtils.setGradMode(false);
        int rows = device.isGpu() ? GPU_MATRIX : MATRIX;
        boolean rounds = device.isGpu() && precision == Precision.BF16;
        try (NDManager manager = NDManager.newBaseManager(device);
                ScriptModule products = ScriptModule.compile(manager, PRODUCT)) {
            NDArray a = manager.randomNormal(new Shape(rows, rows));
            String method = rounds ? "rounded" : "forward";
            int count = rounds ? ROUNDED : 1;
            await(products, method, a);
            long start = System.nanoTime();
            await(products, method, a);
            return count * 2e9 * rows * rows * rows / (System.nanoTime() - start);
        } finally {
            JniUtils.setGradMode(before);
        }
    }

    /** Reads a sum of what comes out: until then a GPU may only have been told of it. */
    private static void await(ScriptModule products, String method, NDArray a) {
        products.run(method, new NDList(a), false).singletonOrThrow().toFloatArray();
    }
}
