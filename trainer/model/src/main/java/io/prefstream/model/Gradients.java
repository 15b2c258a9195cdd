package io.prefstream.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.jni.JniUtils;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Sums of gradients of a model's parameters, which kernels add to; on the model's device, zero at
 * first.
 *
 * <p>They are plain arrays of this object; nothing is attached to the parameters, so nothing
 * accumulates behind the caller's back.
 */
final class Gradients implements AutoCloseable {
    private final DecoderModel model;
    private final NDManager manager;
    private final Map<String, NDArray> arrays = new LinkedHashMap<>();

    Gradients(DecoderModel model) {
        this.model = model;
        this.manager = model.manager().newSubManager();
        model.parameters()
                .forEach(
                        (name, parameter) -> {
                            NDArray zeros = manager.zeros(parameter.getShape(), DataType.FLOAT32);
                            zeros.setName("g[]");
                            arrays.put(name, zeros);
                        });
    }

    /** By parameter. */
    Map<String, NDArray> arrays() {
        return arrays;
    }

    /** Kernel inputs: parameters, then gradients. */
    NDList inputs() {
        NDList inputs = model.inputs();
        inputs.addAll(arrays.values());
        return inputs;
    }

    /** Adds those of a copy of the model, on whichever device, and zeroes them. */
    void take(Gradients other) {
        boolean before = JniUtils.isGradMode();
        JniUtils.setGradMode(false);
        try {
            NDList both = new NDList(arrays.values());
            both.addAll(other.arrays.values());
            model.kernels().run("add_second_half", both, true).close();
            other.zero();
        } finally {
            JniUtils.setGradMode(before);
        }
    }

    void zero() {
        boolean before = JniUtils.isGradMode();
        JniUtils.setGradMode(false);
        try {
            model.kernels().run("zero", new NDList(arrays.values()), true).close();
        } finally {
            JniUtils.setGradMode(before);
        }
    }

    /** Copies of them, by parameter; they are zeroed. */
    Map<String, float[]> drain() {
        Map<String, float[]> copies = new LinkedHashMap<>();
        arrays.forEach((name, array) -> copies.put(name, HostCopy.floats(array)));
        zero();
        return copies;
    }

    @Override
    public void close() {
        manager.close();
    }
}
