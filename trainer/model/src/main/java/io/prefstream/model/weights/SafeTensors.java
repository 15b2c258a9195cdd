package io.prefstream.model.weights;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A safetensors file: eight bytes of header length, a JSON header, raw little-endian data (the
 * format's own description: huggingface/safetensors README).
 *
 * <p>F32, F16 and BF16 tensors are read as floats; F16 and BF16 widen exactly. The header is
 * checked before any data is touched: each name once, known types, shapes that match their bytes,
 * no overlap, no hole, no byte beyond the file.
 */
public final class SafeTensors implements AutoCloseable {
    private static final long MAX_HEADER = 100_000_000;

    /** A name that is there twice would be read as the last one: the file lies about the other. */
    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

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
                throw corrupt(file, "header must be a JSON object, it is " + brief(json));
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
            throw corrupt(
                    file,
                    "header must be a JSON object with each name once: "
                            + e.getOriginalMessage().lines().findFirst().orElse(""));
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

    /**
     * The whole tensor as little-endian 32-bit floats.
     *
     * @throws CorruptWeightsException if they are more than a buffer holds, 2 GiB
     */
    public ByteBuffer readFloats(String name) throws IOException {
        Tensor tensor = get(name);
        long bytes = (tensor.end - tensor.begin) / tensor.type.bytes * Float.BYTES;
        if (bytes > Integer.MAX_VALUE) {
            throw corrupt(file, "tensor %s is over 2 GiB as floats".formatted(name));
        }
        ByteBuffer floats = ByteBuffer.allocateDirect((int) bytes);
        readFloats(name, 0, floats.order(ByteOrder.LITTLE_ENDIAN));
        return floats.flip();
    }

    /**
     * Elements of the tensor as 32-bit floats, as many as {@code into} has room for.
     *
     * @param first the one that it begins with
     * @param into takes them little-endian from its position to its limit
     */
    public void readFloats(String name, long first, ByteBuffer into) throws IOException {
        Tensor tensor = get(name);
        int begin = into.position();
        int count = into.remaining() / Float.BYTES;
        Objects.checkFromIndexSize(first, count, (tensor.end - tensor.begin) / tensor.type.bytes);
        // What is to be widened waits at the end, where no float comes before its bits were read.
        int bits = into.limit() - count * tensor.type.bytes;
        fill(channel, dataStart + tensor.begin + first * tensor.type.bytes, into.position(bits));
        if (tensor.type == Type.F32) {
            return;
        }
        for (int i = 0; i < count; i++) {
            short half = into.getShort(bits + Short.BYTES * i);
            into.putFloat(
                    begin + Float.BYTES * i,
                    tensor.type == Type.BF16 ? HalfFloats.ofBfloat(half) : HalfFloats.ofHalf(half));
        }
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
        Type type = null;
        for (Type known : Type.values()) {
            if (json.path("dtype").asText().equals(known.name())) {
                type = known;
            }
        }
        if (type == null) {
            throw wrong(file, name, "dtype must be F32, F16 or BF16", json.path("dtype"));
        }
        long[] shape = lengths(file, name, "shape", json.path("shape"));
        long[] offsets = lengths(file, name, "data_offsets", json.path("data_offsets"));
        long bytes = type.bytes;
        for (long dimension : shape) {
            if (dimension > 0 && bytes > Long.MAX_VALUE / dimension) {
                throw wrong(file, name, "shape must have fewer elements", json.path("shape"));
            }
            bytes *= dimension;
        }
        if (offsets.length != 2 || offsets[1] - offsets[0] != bytes) {
            throw wrong(
                    file,
                    name,
                    "data_offsets must span the %d bytes of %s %s"
                            .formatted(bytes, type, Arrays.toString(shape)),
                    json.path("data_offsets"));
        }
        return new Tensor(type, shape, offsets[0], offsets[1]);
    }

    private static long[] lengths(Path file, String tensor, String key, JsonNode json)
            throws CorruptWeightsException {
        long[] lengths = new long[json.size()];
        boolean whole = json.isArray();
        for (int i = 0; i < lengths.length && whole; i++) {
            JsonNode length = json.get(i);
            whole = length.canConvertToExactIntegral() && length.canConvertToLong();
            lengths[i] = length.longValue();
            whole &= lengths[i] >= 0;
        }
        if (!whole) {
            throw wrong(file, tensor, key + " must be a list of whole numbers from 0 on", json);
        }
        return lengths;
    }

    private static void checkLayout(Path file, Map<String, Tensor> tensors, long bytes)
            throws CorruptWeightsException {
        List<Map.Entry<String, Tensor>> inOrder = new ArrayList<>(tensors.entrySet());
        inOrder.sort(
                Map.Entry.comparingByValue(
                        Comparator.comparingLong(Tensor::begin).thenComparingLong(Tensor::end)));
        long position = 0;
        for (Map.Entry<String, Tensor> entry : inOrder) {
            Tensor tensor = entry.getValue();
            if (tensor.begin != position) {
                throw corrupt(
                        file,
                        "tensor %s: data_offsets must begin at %d, where the one before ends, not at %d: %s"
                                .formatted(
                                        entry.getKey(),
                                        position,
                                        tensor.begin,
                                        tensor.begin < position ? "overlap" : "hole"));
            }
            position = tensor.end;
        }
        if (position != bytes) {
            throw corrupt(file, "%d bytes of data, tensors cover %d".formatted(bytes, position));
        }
    }

    private static CorruptWeightsException wrong(
            Path file, String tensor, String expected, JsonNode found) {
        return corrupt(file, "tensor %s: %s, not %s".formatted(tensor, expected, brief(found)));
    }

    private static String brief(JsonNode found) {
        String text = found.isMissingNode() ? "missing" : found.toString();
        return text.length() > 80 ? text.substring(0, 80) + "…" : text;
    }

    private static ByteBuffer read(FileChannel channel, long position, int length)
            throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        fill(channel, position, buffer);
        return buffer.flip();
    }

    private static void fill(FileChannel channel, long from, ByteBuffer buffer) throws IOException {
        long position = from;
        while (buffer.hasRemaining()) {
            int read = channel.read(buffer, position);
            if (read < 0) {
                throw new IOException("the file became shorter while it was read");
            }
            position += read;
        }
    }

    private static CorruptWeightsException corrupt(Path file, String what) {
        return new CorruptWeightsException(file + ": " + what);
    }
}
