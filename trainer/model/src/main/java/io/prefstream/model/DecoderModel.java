package io.prefstream.model;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import io.prefstream.model.kernels.DecoderKernels;
import io.prefstream.model.kernels.ScriptModule;
import io.prefstream.model.weights.CorruptWeightsException;
import io.prefstream.model.weights.SafeTensors;
import io.prefstream.model.weights.SafeTensorsWriter;
import io.prefstream.model.weights.WeightFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;

/**
 * A decoder with a language head, a reward head or both. Weights are plain float arrays in an
 * ordered map; the maths is TorchScript (see {@code decoder.torchscript}).
 *
 * <p>Sequences are padded on the right. Attention is causal and every output is read at a real
 * token, so padding comes after all that is read and changes nothing: no mask is needed.
 *
 * <p>One thread at a time. Memory: 4 bytes per parameter, 16 while a {@link TrainingStep} exists.
 */
public final class DecoderModel implements AutoCloseable {
    private final ModelConfig config;
    private final NDManager manager;
    private final Map<String, NDArray> parameters;
    private final Precision precision;
    private final int sliceBytes;
    private final ScriptModule kernels;

    private DecoderModel(
            ModelConfig config,
            NDManager manager,
            Map<String, NDArray> parameters,
            Precision precision,
            int sliceBytes) {
        this.config = config;
        this.manager = manager;
        this.parameters = parameters;
        this.precision = precision;
        this.sliceBytes = sliceBytes;
        this.kernels = DecoderKernels.compile(manager, config, precision);
    }

    private interface Weights {
        /** As {@link RowSlices.Source}, which asks for a parameter's elements in their order. */
        void read(String name, Shape shape, long first, ByteBuffer into) throws IOException;
    }

    /**
     * Draws fresh weights: normal for matrices, one for norms, zero for biases. The draw depends on
     * the seed alone, not on the engine.
     */
    public static DecoderModel initialize(ModelConfig config, long seed) {
        return initialize(config, seed, Precision.F32);
    }

    /** As {@link #initialize(ModelConfig, long)}, to compute with another precision. */
    public static DecoderModel initialize(ModelConfig config, long seed, Precision precision) {
        return initialize(config, seed, precision, RowSlices.USUAL_BYTES);
    }

    /**
     * As {@link #initialize(ModelConfig, long, Precision)}.
     *
     * @param sliceBytes of parameters and moments on their way into the engine and out of it
     */
    static DecoderModel initialize(
            ModelConfig config, long seed, Precision precision, int sliceBytes) {
        Random random = new Random(seed);
        try {
            return create(
                    config,
                    (name, shape, first, into) -> draw(random, config, name, shape, into),
                    precision,
                    Devices.usual(),
                    sliceBytes);
        } catch (IOException e) {
            throw new IllegalStateException("drawing weights reads no file", e);
        }
    }

    /** Reads the weights of one file, as {@link #load(ModelConfig, WeightFiles, Precision)}. */
    public static DecoderModel load(ModelConfig config, Path file) throws IOException {
        try (WeightFiles weights = WeightFiles.ofFile(file)) {
            return load(config, weights, Precision.F32, Devices.usual());
        }
    }

    /**
     * Reads weights, which must be exactly the configuration's, to a device.
     *
     * @throws CorruptWeightsException if a parameter is missing, unknown or of another shape
     */
    public static DecoderModel load(
            ModelConfig config, WeightFiles weights, Precision precision, Device device)
            throws IOException {
        return load(config, weights, precision, device, RowSlices.USUAL_BYTES);
    }

    /**
     * As {@link #load(ModelConfig, WeightFiles, Precision, Device)}.
     *
     * @param sliceBytes of parameters and moments on their way into the engine and out of it
     */
    static DecoderModel load(
            ModelConfig config,
            WeightFiles weights,
            Precision precision,
            Device device,
            int sliceBytes)
            throws IOException {
        ParameterReader reader = ParameterReader.of(config, weights);
        return create(
                config,
                (name, shape, first, into) -> reader.read(name, first, into),
                precision,
                device,
                sliceBytes);
    }

    /** A model of the same weights on a device, which may be this one's. */
    DecoderModel copyTo(Device device) {
        NDManager other = Engine.getEngine("PyTorch").newBaseManager(device);
        try {
            Map<String, NDArray> copies = new LinkedHashMap<>();
            parameters.forEach(
                    (name, parameter) -> {
                        NDArray copy = other.zeros(parameter.getShape(), DataType.FLOAT32);
                        copy.setName(parameter.getName());
                        copies.put(name, copy);
                    });
            DecoderModel model = new DecoderModel(config, other, copies, precision, sliceBytes);
            model.copyFrom(this);
            return model;
        } catch (RuntimeException e) {
            other.close();
            throw e;
        }
    }

    /** Takes the weights of a model of the same configuration, on whichever device. */
    void copyFrom(DecoderModel other) {
        boolean before = JniUtils.isGradMode();
        JniUtils.setGradMode(false);
        try {
            NDList both = inputs();
            both.addAll(other.parameters.values());
            kernels.run("copy_second_half", both, true).close();
        } finally {
            JniUtils.setGradMode(before);
        }
    }

    /**
     * Reads the weights of a model that has no reward head, and draws one, as {@link #initialize}
     * does.
     *
     * @param config as it is to be, with both heads
     * @throws CorruptWeightsException as {@link #load(ModelConfig, WeightFiles, Precision)}
     */
    public static DecoderModel loadWithNewRewardHead(
            ModelConfig config, WeightFiles weights, Precision precision, Device device, long seed)
            throws IOException {
        ParameterReader reader = ParameterReader.of(config.withHeads(Heads.LANGUAGE), weights);
        Random random = new Random(seed);
        return create(
                config,
                (name, shape, first, into) -> {
                    if (name.equals(ModelConfig.SCORE)) {
                        draw(random, config, name, shape, into);
                    } else {
                        reader.read(name, first, into);
                    }
                },
                precision,
                device,
                RowSlices.USUAL_BYTES);
    }

    public ModelConfig config() {
        return config;
    }

    /** Parameters by name, in kernel order. Owned by the model. */
    public Map<String, NDArray> parameters() {
        return Collections.unmodifiableMap(parameters);
    }

    /** Writes all parameters into one file. */
    public void save(Path file, SafeTensors.Type type) throws IOException {
        writer(type, config.heads()).write(file);
    }

    /** The parameters of a model with these heads, which this one must have. */
    SafeTensorsWriter writer(SafeTensors.Type type, Heads heads) {
        SafeTensorsWriter writer = new SafeTensorsWriter(type);
        for (String name : config.withHeads(heads).parameterShapes().keySet()) {
            NDArray array = Objects.requireNonNull(parameters.get(name), name);
            writer.add(name, array.getShape().getShape(), slices().elementsOf(array));
        }
        return writer;
    }

    /**
     * Reward of each text, in order. Texts are sorted by length and run in groups.
     *
     * @param tokensAtOnce upper bound of a group's padded tokens; a single longer text runs alone
     * @throws IllegalArgumentException if a text is longer than the context
     */
    public float[] rewards(List<EncodedText> texts, int tokensAtOnce) {
        for (EncodedText text : texts) {
            requireFits(text.ids());
        }
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            order.add(i);
        }
        order.sort(Comparator.comparingInt(i -> texts.get(i).length()));
        float[] rewards = new float[texts.size()];
        int start = 0;
        for (int i = 1; i <= order.size(); i++) {
            if (i == order.size()
                    || (long) (i + 1 - start) * PairBatch.padded(texts.get(order.get(i)).length())
                            > tokensAtOnce) {
                List<Integer> group = order.subList(start, i);
                float[] some = rewards(group.stream().map(texts::get).toList());
                for (int j = 0; j < some.length; j++) {
                    rewards[group.get(j)] = some[j];
                }
                start = i;
            }
        }
        return rewards;
    }

    /** Reward of each text, run at once. */
    public float[] rewards(List<EncodedText> texts) {
        Sequences sequences = Sequences.of(texts.stream().map(EncodedText::ids).toList(), this);
        try (NDManager scope = manager.newSubManager()) {
            return infer("rewards", sequences.ids(scope), scope.create(sequences.lastPositions()));
        }
    }

    /**
     * Hidden states after the final norm, [sequences × longest length padded to a multiple of 16 ×
     * hidden], row-major; those of padding are meaningless.
     */
    public float[] forwardHidden(List<int[]> sequences) {
        try (NDManager scope = manager.newSubManager()) {
            return infer("hidden", Sequences.of(sequences, this).ids(scope));
        }
    }

    /** Logits of the token after each of {@code positions} of one sequence: [positions × vocab]. */
    public float[] lmLogits(int[] sequence, int[] positions) {
        long[] flat = new long[positions.length];
        for (int i = 0; i < flat.length; i++) {
            if (positions[i] < 0 || positions[i] >= sequence.length) {
                throw new IllegalArgumentException(
                        "position %d of a sequence of %d".formatted(positions[i], sequence.length));
            }
            flat[i] = positions[i];
        }
        try (NDManager scope = manager.newSubManager()) {
            return infer(
                    "lm_logits",
                    Sequences.of(List.of(sequence), this).ids(scope),
                    scope.create(flat));
        }
    }

    /** Starts training: gradients and moments as large as the model are allocated three times. */
    public TrainingStep trainingStep(PreferenceLoss loss, AdamW optimizer) {
        return trainingStep(loss, optimizer, false);
    }

    /**
     * As {@link #trainingStep(PreferenceLoss, AdamW)}.
     *
     * @param recomputeLayers whether only the inputs of layers are kept on the way forward and the
     *     rest is computed again on the way back: one layer's intermediates in memory instead of
     *     all, for one more forward pass (a third more arithmetic)
     */
    public TrainingStep trainingStep(
            PreferenceLoss loss, AdamW optimizer, boolean recomputeLayers) {
        return trainingStep(loss, optimizer, recomputeLayers, List.of());
    }

    /**
     * As {@link #trainingStep(PreferenceLoss, AdamW, boolean)}, with a copy of the model on each of
     * {@code others} that does its share of the work.
     */
    public TrainingStep trainingStep(
            PreferenceLoss loss, AdamW optimizer, boolean recomputeLayers, List<Device> others) {
        return new TrainingStep(this, new PairLoss(loss, recomputeLayers), optimizer, others);
    }

    /**
     * Starts next-token training; memory as {@link #trainingStep}.
     *
     * @param tokensAtOnce upper bound of a micro-batch's tokens; a single longer window runs alone
     */
    public LanguageTraining languageTraining(AdamW optimizer, int tokensAtOnce) {
        return new LanguageTraining(this, optimizer, tokensAtOnce);
    }

    @Override
    public void close() {
        kernels.close();
        manager.close();
    }

    NDManager manager() {
        return manager;
    }

    /** To move what belongs to the model between files and its device. */
    RowSlices slices() {
        return new RowSlices(sliceBytes);
    }

    ScriptModule kernels() {
        return kernels;
    }

    /** The parameters followed by {@code others}, as kernel inputs. */
    NDList inputs(NDArray... others) {
        NDList inputs = new NDList(parameters.size() + others.length);
        inputs.addAll(parameters.values());
        Collections.addAll(inputs, others);
        return inputs;
    }

    void requireFits(int[] ids) {
        if (ids.length > config.maxPositionEmbeddings()) {
            throw new IllegalArgumentException(
                    "sequence of %d tokens exceeds the context of max_position_embeddings=%d"
                            .formatted(ids.length, config.maxPositionEmbeddings()));
        }
        for (int id : ids) {
            if (id < 0 || id >= config.vocabSize()) {
                throw new IllegalArgumentException(
                        "token %d is not below vocab_size=%d".formatted(id, config.vocabSize()));
            }
        }
    }

    private float[] infer(String method, NDArray... others) {
        boolean gradients = JniUtils.isGradMode();
        JniUtils.setGradMode(false);
        try (NDList output = kernels.run(method, inputs(others), false)) {
            return HostCopy.floats(output.singletonOrThrow());
        } finally {
            JniUtils.setGradMode(gradients);
        }
    }

    private static DecoderModel create(
            ModelConfig config, Weights weights, Precision precision, Device device, int sliceBytes)
            throws IOException {
        NDManager manager = Engine.getEngine("PyTorch").newBaseManager(device);
        try {
            RowSlices slices = new RowSlices(sliceBytes);
            Map<String, NDArray> parameters = new LinkedHashMap<>();
            for (Map.Entry<String, Shape> entry : config.parameterShapes().entrySet()) {
                String name = entry.getKey();
                Shape shape = entry.getValue();
                NDArray parameter =
                        slices.read(
                                manager,
                                shape,
                                (first, into) -> weights.read(name, shape, first, into));
                parameter.setName("w[]");
                parameters.put(name, parameter);
            }
            return new DecoderModel(config, manager, parameters, precision, sliceBytes);
        } catch (IOException | RuntimeException e) {
            manager.close();
            throw e;
        }
    }

    private static void draw(
            Random random, ModelConfig config, String name, Shape shape, ByteBuffer into) {
        while (into.hasRemaining()) {
            if (shape.dimension() > 1) {
                into.putFloat((float) (random.nextGaussian() * config.initializerRange()));
            } else {
                into.putFloat(name.endsWith("bias") ? 0 : 1);
            }
        }
    }
}
