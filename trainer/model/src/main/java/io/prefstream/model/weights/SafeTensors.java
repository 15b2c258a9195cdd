package io.prefstream.model.weights;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A safetensors file, memory-mapped: eight bytes of header length, a JSON header, raw little-endian
 * data (the format's own description: huggingface/safetensors README).
 *
 * <p>F32, F16 and BF16 tensors are read as floats; F16 and BF16 widen exactly. The header is
 * checked before any data is touched: known types, shapes that match their bytes, no overlap, no
 * hole, no byte beyond the file.
 */
public final class SafeTensors implements AutoCloseable {
    private static final long MAX_HEADER = 100_000_000;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;
    private final FileChannel channel;
    private final long dataStart;
    private final Map<String, Tensor> tensors;
    private final Map<String, String> metadata;

    private SafeTensors(
            Path file,
            FileChannel channel,
            long dataStart,
            Map<String, Tensor> tensors,
            Map<String, String> metadata) {
        this.file = file;
        this.channel = channel;
        this.dataStart = dataStart;
        this.tensors = tensors;
        this.metadata = metadata;
    }

    /** Type of a tensor's elements in the file. */
    public enum Type {
        F32(4, "float32"),
        F16(2, "float16"),
        BF16(2, "bfloat16");

        final int bytes;
        private final String torchName;

        Type(int bytes, String torchName) {
            this.bytes = bytes;
            this.torchName = torchName;
        }

        /** As {@code config.json} calls it. */
        public String torchName() {
            return torchName;
        }
    }

    private record Tensor(Type type, long[] shape, long begin, long end) {}

    /**
     * Opens and checks a file.
     *
     * @throws CorruptWeightsException if it is not a well-formed safetensors file
     */
    public static SafeTensors open(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        try {
            long size = channel.size();
            if (size < 8) {
                throw corrupt(file, "%d bytes are too few for a header".formatted(size));
            }
            long header = read(channel, 0, 8).getLong();
            if (header < 2 || header > MAX_HEADER || header > size - 8) {
                throw corrupt(
                        file,
                        "header of %d bytes in a file of %d (at most %d)"
                                .formatted(header, size, MAX_HEADER));
            }
            JsonNode json = JSON.readTree(read(channel, 8, (int) header).array());
            if (json == null || !json.isObject()) {
                throw corrupt(file, "the header is not a JSON object");
            }
            Map<String, String> metadata = new LinkedHashMap<>();
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            for (Map.Entry<String, JsonNode> entry : json.properties()) {
                if (entry.getKey().equals("__metadata__")) {
                    entry.getValue()
                            .properties()
                            .forEach(e -> metadata.put(e.getKey(), e.getValue().asText()));
                } else {
                    tensors.put(entry.getKey(), tensor(file, entry.getKey(), entry.getValue()));
                }
            }
            checkLayout(file, tensors, size - 8 - header);
            return new SafeTensors(file, channel, 8 + header, tensors, metadata);
        } catch (JsonProcessingException e) {
            channel.close();
            throw corrupt(file, "the header is not JSON: " + e.getOriginalMessage());
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    public Set<String> names() {
        return Collections.unmodifiableSet(tensors.keySet());
    }

    public Map<String, String> metadata() {
        return Collections.unmodifiableMap(metadata);
    }

    public long[] shape(String name) throws CorruptWeightsException {
        return get(name).shape.clone();
    }

    public Type type(String name) throws CorruptWeightsException {
        return get(name).type;
    }

    /** The tensor as little-endian 32-bit floats in a direct buffer; F32 is not copied. */
    public ByteBuffer readFloats(String name) throws IOException {
        Tensor tensor = get(name);
        return readFloats(name, 0, (tensor.end - tensor.begin) / tensor.type.bytes);
    }

    /**
     * So many of the tensor's elements, as {@link #readFloats(String)}.
     *
     * @throws CorruptWeightsException if they are over 2 GiB as floats
     */
    public ByteBuffer readFloats(String name, long first, long count) throws IOException {
        Tensor tensor = get(name);
        if (count * 4 > Integer.MAX_VALUE) {
            throw corrupt(file, "tensor %s is over 2 GiB as floats".formatted(name));
        }
        MappedByteBuffer raw =
                channel.map(
                        FileChannel.MapMode.READ_ONLY,
                        dataStart + tensor.begin + first * tensor.type.bytes,
                        count * tensor.type.bytes);
        raw.order(ByteOrder.LITTLE_ENDIAN);
        if (tensor.type == Type.F32) {
            return raw;
        }
        ByteBuffer floats =
                ByteBuffer.allocateDirect((int) count * 4).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            short bits = raw.getShort(2 * i);
            floats.putFloat(
                    4 * i, tensor.type == Type.BF16 ? bfloatToFloat(bits) : halfToFloat(bits));
        }
        return floats;
    }

    /** A bfloat16 is the upper half of a float. */
    static float bfloatToFloat(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }

    /** IEEE 754 binary16 to binary32, exact. */
    static float halfToFloat(short bits) {
        int sign = (bits & 0x8000) << 16;
        int exponent = (bits >> 10) & 0x1f;
        int mantissa = bits & 0x3ff;
        if (exponent == 0) {
            float value = mantissa * 0x1p-24f;
            return sign == 0 ? value : -value;
        }
        int wide = exponent == 31 ? 0xff : exponent + 112;
        return Float.intBitsToFloat(sign | (wide << 23) | (mantissa << 13));
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private Tensor get(String name) throws CorruptWeightsException {
        @Nullable Tensor tensor = tensors.get(name);
        if (tensor == null) {
            throw corrupt(file, "no tensor named " + name);
        }
        return tensor;
    }

    private static Tensor tensor(Path file, String name, JsonNode json)
            throws CorruptWeightsException {
        Type type;
        try {
            type = Type.valueOf(json.path("dtype").asText());
        } catch (IllegalArgumentException e) {
            throw corrupt(
                    file,
                    "tensor %s has dtype %s (read are F32, F16, BF16)"
                            .formatted(name, json.path("dtype").asText("missing")));
        }
        JsonNode dimensions = json.path("shape");
        JsonNode offsets = json.path("data_offsets");
        if (!dimensions.isArray() || !offsets.isArray() || offsets.size() != 2) {
            throw corrupt(file, "tensor %s lacks shape or data_offsets".formatted(name));
        }
        long[] shape = new long[dimensions.size()];
        long bytes = type.bytes;
        for (int i = 0; i < shape.length; i++) {
            shape[i] = dimensions.get(i).asLong(-1);
            if (shape[i] < 0 || (shape[i] > 0 && bytes > Long.MAX_VALUE / shape[i])) {
                throw corrupt(file, "tensor %s has shape %s".formatted(name, dimensions));
            }
            bytes *= shape[i];
        }
        long begin = offsets.get(0).asLong(-1);
        long end = offsets.get(1).asLong(-1);
        if (begin < 0 || end < begin || end - begin != bytes) {
            throw corrupt(
                    file,
                    "tensor %s of shape %s needs %d bytes, data_offsets are %s"
                            .formatted(name, Arrays.toString(shape), bytes, offsets));
        }
        return new Tensor(type, shape, begin, end);
    }

    private static void checkLayout(Path file, Map<String, Tensor> tensors, long bytes)
            throws CorruptWeightsException {
        List<Tensor> inOrder = new ArrayList<>(tensors.values());
        inOrder.sort(Comparator.comparingLong(Tensor::begin).thenComparingLong(Tensor::end));
        long position = 0;
        for (Tensor tensor : inOrder) {
            if (tensor.begin != position) {
                throw corrupt(
                        file,
                        "data at %d where %d was expected: overlap or hole"
                                .formatted(tensor.begin, position));
            }
            position = tensor.end;
        }
        if (position != bytes) {
            throw corrupt(file, "%d bytes of data, tensors cover %d".formatted(bytes, position));
        }
    }

    private static ByteBuffer read(FileChannel channel, long position, int length)
            throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, position + buffer.position()) < 0) {
                throw new IOException("the file became shorter while it was read");
            }
        }
        return buffer.flip();
    }

    private static CorruptWeightsException corrupt(Path file, String what) {
        return new CorruptWeightsException(file + ": " + what);
    }
}
