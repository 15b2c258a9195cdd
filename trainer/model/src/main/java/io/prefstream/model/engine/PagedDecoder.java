package io.prefstream.model.engine;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import io.prefstream.model.ModelConfig;
import io.prefstream.model.ParameterReader;
import io.prefstream.model.RowSlices;
import io.prefstream.model.kernels.EngineKernels;
import io.prefstream.model.kernels.ScriptModule;
import io.prefstream.model.weights.CorruptWeightsException;
import io.prefstream.model.weights.WeightFiles;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A model's weights and key-value cache inside the engine, and one call that runs a step of all
 * sequences.
 *
 * <p>The cache has one array for each layer, [blocks × block tokens · 2 · kv heads · head size]: a
 * token's keys, then its values. A step writes the new tokens', gathers each group's blocks (but
 * those of a lone sequence that lie in a row, which it reads where they are) and attends to them
 * under a mask of positions; what lies behind a sequence's end is masked, so any block may hold
 * anything there.
 */
final class PagedDecoder implements StepDecoder {
    private final ModelConfig config;
    private final NDManager manager;
    private final ScriptModule kernels;
    private final int blocks;

    private PagedDecoder(ModelConfig config, NDManager manager, ScriptModule kernels, int blocks) {
        this.config = config;
        this.manager = manager;
        this.kernels = kernels;
        this.blocks = blocks;
    }

    /**
     * Reads a folder's weights and allocates the cache.
     *
     * @throws CorruptWeightsException if the weights are not the configuration's
     */
    static PagedDecoder load(ModelConfig config, Path folder, EngineOptions options)
            throws IOException {
        return load(config, folder, options, RowSlices.USUAL_BYTES);
    }

    /**
     * As {@link #load(ModelConfig, Path, EngineOptions)}.
     *
     * @param sliceBytes of matrices on their way into the engine
     */
    static PagedDecoder load(ModelConfig config, Path folder, EngineOptions options, int sliceBytes)
            throws IOException {
        boolean low = options.weights() == EngineKernels.Weights.BFLOAT16;
        long block =
                2L
                        * config.layers()
                        * config.keyValueHeads()
                        * config.headSize()
                        * options.blockTokens()
                        * (low ? 2 : 4);
        int blocks = (int) Math.min(1 << 24, options.cacheBytes() / block);
        if ((long) blocks * options.blockTokens() < 2L * options.blockTokens()) {
            throw new IllegalArgumentException(
                    "cache-bytes=%,d must hold at least two blocks of %,d bytes"
                            .formatted(options.cacheBytes(), block));
        }
        NDManager manager = manager(options);
        boolean gradients = JniUtils.isGradMode();
        JniUtils.setGradMode(false);
        try (WeightFiles weights = WeightFiles.open(folder)) {
            ScriptModule kernels =
                    EngineKernels.compile(
                            manager, config, options.weights(), options.blockTokens());
            ParameterReader reader = ParameterReader.of(config, weights);
            RowSlices slices = new RowSlices(sliceBytes);
            new Loader(config, manager, kernels, reader, slices).load();
            try (NDManager scope = manager.newSubManager()) {
                kernels.run("allocate", new NDList(scope.create((long) blocks)), false);
            }
            return new PagedDecoder(config, manager, kernels, blocks);
        } catch (IOException | RuntimeException e) {
            manager.close();
            throw e;
        } finally {
            JniUtils.setGradMode(gradients);
        }
    }

    private static NDManager manager(EngineOptions options) {
        Engine engine = Engine.getEngine("PyTorch");
        Device device = options.toDevice();
        if (device.isGpu() && device.getDeviceId() >= engine.getGpuCount()) {
            throw new IllegalArgumentException(
                    "device=%s: %s %s sees %d GPUs here (they need a driver and a libtorch with CUDA)"
                            .formatted(
                                    options.device(),
                                    engine.getEngineName(),
                                    engine.getVersion(),
                                    engine.getGpuCount()));
        }
        return engine.newBaseManager(device);
    }

    @Override
    public ModelConfig config() {
        return config;
    }

    @Override
    public int liveArrays() {
        return manager.getManagedArrays().size();
    }

    @Override
    public int blocks() {
        return blocks;
    }

    @Override
    public StepOutput step(StepBatch batch) {
        return new StepOutput(batch, kernels.run("step", batch.plan(), batch.numbers(), manager));
    }

    @Override
    public void close() {
        kernels.close();
        manager.close();
    }

    /** Hands the parameters over in the order in which the kernels look for them. */
    private record Loader(
            ModelConfig config,
            NDManager manager,
            ScriptModule kernels,
            ParameterReader reader,
            RowSlices slices) {
        private static final float[] NONE = {};

        void load() throws IOException {
            run("add_embedding", ModelConfig.EMBEDDING);
            for (int layer = 0; layer < config.layers(); layer++) {
                String p = ModelConfig.layerPrefix(layer);
                if (config.layerShapes().containsKey("self_attn.q_norm.weight")) {
                    run(
                            "add_head_norms",
                            p + "self_attn.q_norm.weight",
                            p + "self_attn.k_norm.weight");
                }
                run(
                        "add_attention",
                        p + "input_layernorm.weight",
                        p + "self_attn.q_proj.weight",
                        p + "self_attn.k_proj.weight",
                        p + "self_attn.v_proj.weight",
                        p + "self_attn.q_proj.bias",
                        p + "self_attn.k_proj.bias",
                        p + "self_attn.v_proj.bias");
                run("add_linear", p + "self_attn.o_proj.weight", p + "self_attn.o_proj.bias");
                run(
                        "add_gate_and_up",
                        p + "post_attention_layernorm.weight",
                        p + "mlp.gate_proj.weight",
                        p + "mlp.up_proj.weight",
                        p + "mlp.gate_proj.bias",
                        p + "mlp.up_proj.bias");
                run("add_linear", p + "mlp.down_proj.weight", p + "mlp.down_proj.bias");
            }
            if (config.heads().reward()) {
                run("add_score", ModelConfig.FINAL_NORM, ModelConfig.SCORE);
            }
            if (config.hasLanguageHead()) {
                run(
                        "add_language_head",
                        ModelConfig.FINAL_NORM,
                        config.languageHead(),
                        "lm_head.bias");
            }
        }

        /** A parameter that the configuration lacks is passed as an empty array. */
        private void run(String method, String... names) throws IOException {
            try (NDManager scope = manager.newSubManager()) {
                NDList inputs = new NDList();
                for (String name : names) {
                    Shape shape = config.parameterShapes().get(name);
                    inputs.add(
                            shape == null
                                    ? scope.create(NONE)
                                    : slices.read(
                                            scope,
                                            shape,
                                            (first, into) -> reader.read(name, first, into)));
                }
                kernels.run(method, inputs, true);
            }
        }
    }
}
