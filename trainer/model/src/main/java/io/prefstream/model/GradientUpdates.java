package io.prefstream.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import io.prefstream.model.weights.CorruptWeightsException;
import io.prefstream.model.weights.SafeTensors;
import io.prefstream.model.weights.SafeTensorsWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Gradients that are added up and then applied: clipped by their global norm, then fused AdamW.
 *
 * <p>Moments and step count can be saved; a run that is resumed from them is bitwise the run that
 * was not interrupted.
 */
final class GradientUpdates implements AutoCloseable {
    private static final String FIRST_MOMENT = "exp_avg.";
    private static final String SECOND_MOMENT = "exp_avg_sq.";
    private static final String STEP = "step";

    private final DecoderModel model;
    private final AdamW optimizer;
    private final NDManager manager;

    /** Parameter names, those with weight decay first. */
    private final List<String> updateOrder = new ArrayList<>();

    private final int decayed;
    private final Gradients gradients;
    private final Map<String, NDArray> firstMoments = new LinkedHashMap<>();
    private final Map<String, NDArray> secondMoments = new LinkedHashMap<>();
    private final Map<String, NDArray> stepCounts = new LinkedHashMap<>();
    private long step;

    GradientUpdates(DecoderModel model, AdamW optimizer) {
        this.model = model;
        this.optimizer = optimizer;
        this.manager = model.manager().newSubManager();
        this.gradients = new Gradients(model);
        model.parameters()
                .forEach(
                        (name, array) -> {
                            firstMoments.put(name, zeros("m[]", array.getShape()));
                            secondMoments.put(name, zeros("v[]", array.getShape()));
                            stepCounts.put(name, zeros("t[]", new Shape()));
                            if (array.getShape().dimension() > 1) {
                                updateOrder.add(name);
                            }
                        });
        decayed = updateOrder.size();
        for (String name : model.parameters().keySet()) {
            if (!updateOrder.contains(name)) {
                updateOrder.add(name);
            }
        }
    }

    /** For the arrays of a micro-batch. */
    NDManager scope() {
        return manager.newSubManager();
    }

    /** What is applied next. */
    Gradients gradients() {
        return gradients;
    }

    long step() {
        return step;
    }

    /** Zeroes the gradients of a loss that is not finite; their norm is as little a number. */
    double discard() {
        gradients.zero();
        return Double.NaN;
    }

    /**
     * Applies and zeroes the gradients.
     *
     * @return their global norm before clipping; when it is not finite nothing was applied
     */
    double apply(float learningRate) {
        if (!(learningRate >= 0) || Float.isInfinite(learningRate)) {
            throw new IllegalArgumentException(
                    "learning rate %s must be at least 0".formatted(learningRate));
        }
        boolean before = JniUtils.isGradMode();
        JniUtils.setGradMode(false);
        try (NDManager scope = manager.newSubManager()) {
            NDList all = new NDList(gradients.arrays().values());
            all.add(scope.create(optimizer.maxGradientNorm()));
            double norm;
            try (NDList output = model.kernels().run("clip", all, true)) {
                norm = HostCopy.floats(output.singletonOrThrow())[0];
            }
            if (Double.isFinite(norm)) {
                // A call per group: a write to a slice of a list is dead code to TorchScript.
                adamw(scope, updateOrder.subList(0, decayed), learningRate, true);
                adamw(scope, updateOrder.subList(decayed, updateOrder.size()), learningRate, false);
                step++;
            }
            gradients.zero();
            return norm;
        } finally {
            JniUtils.setGradMode(before);
        }
    }

    private void adamw(NDManager scope, List<String> names, float learningRate, boolean decay) {
        NDList inputs = new NDList();
        names.forEach(name -> inputs.add(model.parameters().get(name)));
        names.forEach(name -> inputs.add(gradients.arrays().get(name)));
        names.forEach(name -> inputs.add(firstMoments.get(name)));
        names.forEach(name -> inputs.add(secondMoments.get(name)));
        names.forEach(name -> inputs.add(stepCounts.get(name)));
        inputs.add(
                scope.create(
                        new double[] {
                            learningRate,
                            optimizer.beta1(),
                            optimizer.beta2(),
                            optimizer.epsilon(),
                            decay ? optimizer.weightDecay() : 0
                        }));
        model.kernels().run("adamw", inputs, true).close();
    }

    /** Writes moments and step count. */
    void save(Path file) throws IOException {
        SafeTensorsWriter writer =
                new SafeTensorsWriter(SafeTensors.Type.F32).metadata(STEP, Long.toString(step));
        firstMoments.forEach((name, array) -> add(writer, FIRST_MOMENT + name, array));
        secondMoments.forEach((name, array) -> add(writer, SECOND_MOMENT + name, array));
        writer.write(file);
    }

    /**
     * Continues from saved moments and step count.
     *
     * @throws CorruptWeightsException if the file is not this model's state
     */
    void load(Path file) throws IOException {
        try (SafeTensors tensors = SafeTensors.open(file)) {
            long saved;
            try {
                saved = Long.parseLong(tensors.metadata().getOrDefault(STEP, "missing"));
            } catch (NumberFormatException e) {
                throw new CorruptWeightsException(
                        "%s: step=%s is no number".formatted(file, tensors.metadata().get(STEP)));
            }
            RowSlices slices = model.slices();
            for (String name : model.parameters().keySet()) {
                fill(firstMoments, name, tensors, FIRST_MOMENT, file, slices);
                fill(secondMoments, name, tensors, SECOND_MOMENT, file, slices);
            }
            stepCounts.values().forEach(count -> count.muli(0).addi(saved));
            step = saved;
        }
    }

    @Override
    public void close() {
        gradients.close();
        manager.close();
    }

    private static void fill(
            Map<String, NDArray> moments,
            String name,
            SafeTensors tensors,
            String prefix,
            Path file,
            RowSlices slices)
            throws IOException {
        NDArray target = Objects.requireNonNull(moments.get(name));
        long[] found = tensors.shape(prefix + name);
        long[] expected = target.getShape().getShape();
        if (!Arrays.equals(found, expected)) {
            throw new CorruptWeightsException(
                    "%s: %s%s has shape %s, expected %s, the shape of the model's %s"
                            .formatted(
                                    file,
                                    prefix,
                                    name,
                                    Arrays.toString(found),
                                    Arrays.toString(expected),
                                    name));
        }
        slices.fill(target, (first, into) -> tensors.readFloats(prefix + name, first, into));
    }

    private NDArray zeros(String name, Shape shape) {
        NDArray array = manager.zeros(shape, DataType.FLOAT32);
        array.setName(name);
        return array;
    }

    private void add(SafeTensorsWriter writer, String name, NDArray array) {
        writer.add(name, array.getShape().getShape(), model.slices().elementsOf(array));
    }
}
