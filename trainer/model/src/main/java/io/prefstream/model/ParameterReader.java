package io.prefstream.model;

import ai.djl.ndarray.types.Shape;
import io.prefstream.model.weights.CorruptWeightsException;
import io.prefstream.model.weights.WeightFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;

/** A configuration's parameters in files that were found to hold exactly them. */
public final class ParameterReader {
    private final WeightFiles weights;

    private ParameterReader(WeightFiles weights) {
        this.weights = weights;
    }

    /**
     * Compares names and shapes before any weight is read.
     *
     * @throws CorruptWeightsException if a parameter is missing, unknown or of another shape
     */
    public static ParameterReader of(ModelConfig config, WeightFiles weights)
            throws CorruptWeightsException {
        Map<String, Shape> expected = config.parameterShapes();
        Set<String> names = weights.names();
        for (Map.Entry<String, Shape> parameter : expected.entrySet()) {
            String name = parameter.getKey();
            if (!names.contains(name)) {
                throw new CorruptWeightsException(
                        "%s: no tensor named %s, which config.json asks for"
                                .formatted(weights.source(), name));
            }
            long[] shape = weights.shape(name);
            if (!Arrays.equals(shape, parameter.getValue().getShape())) {
                throw new CorruptWeightsException(
                        "%s: %s has shape %s, config.json asks for %s"
                                .formatted(
                                        weights.source(),
                                        name,
                                        Arrays.toString(shape),
                                        parameter.getValue()));
            }
        }
        for (String name : names) {
            if (!expected.containsKey(name) && !derived(config, name)) {
                throw new CorruptWeightsException(
                        "%s: tensor %s is unknown to config.json"
                                .formatted(weights.source(), name));
            }
        }
        return new ParameterReader(weights);
    }

    /**
     * Some of the parameter's elements, as {@link WeightFiles#readFloats(String, long,
     * ByteBuffer)}.
     *
     * @throws CorruptWeightsException if one of them is not finite: every answer would be noise
     */
    public void read(String name, long first, ByteBuffer into) throws IOException {
        FloatBuffer values = into.asFloatBuffer();
        weights.readFloats(name, first, into);
        for (int i = 0; i < values.limit(); i++) {
            if (!Float.isFinite(values.get(i))) {
                throw new CorruptWeightsException(
                        "%s: %s holds %s at %d"
                                .formatted(weights.source(), name, values.get(i), first + i));
            }
        }
    }

    /** What some files repeat: a tied head, and rotary frequencies of old Llama files. */
    private static boolean derived(ModelConfig config, String name) {
        return (config.tieWordEmbeddings() && name.equals("lm_head.weight"))
                || name.endsWith(".rotary_emb.inv_freq");
    }
}
