package io.prefstream.model.weights;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Writes a safetensors file: one tensor in memory at a time, into a temporary file beside the
 * target that is forced to disk and then renamed, so that the target is either the old or the new
 * file.
 */
public final class SafeTensorsWriter {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final SafeTensors.Type type;
    private final Map<String, long[]> shapes = new LinkedHashMap<>();
    private final List<Supplier<ByteBuffer>> values = new ArrayList<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();

    /**
     * @param type F32, or BF16 rounded to nearest even
     */
    public SafeTensorsWriter(SafeTensors.Type type) {
        if (type == SafeTensors.Type.F16) {
            throw new IllegalArgumentException("F16 is read, not written; write F32 or BF16");
        }
        this.type = type;
        metadata.put("format", "pt");
    }

    public SafeTensorsWriter metadata(String key, String value) {
        metadata.put(key, value);
        return this;
    }

    /**
     * Adds a tensor.
     *
     * @param floats its elements as 32-bit floats in the buffer's byte order, taken when written
     */
    public SafeTensorsWriter add(String name, long[] shape, Supplier<ByteBuffer> floats) {
        if (shapes.put(name, shape.clone()) != null) {
            throw new IllegalArgumentException("tensor " + name + " was added twice");
        }
        values.add(floats);
        return this;
    }

    public void write(Path target) throws IOException {
        Path temporary = target.resolveSibling(target.getFileName() + ".writing");
        try (FileChannel out =
                FileChannel.open(
                        temporary,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            writeFully(out, header());
            int i = 0;
            for (Map.Entry<String, long[]> tensor : shapes.entrySet()) {
                ByteBuffer floats = values.get(i++).get();
                if (floats.remaining() / 4 != elements(tensor.getValue())) {
                    throw new IllegalStateException(
                            "tensor %s has %d elements, its shape says %d"
                                    .formatted(
                                            tensor.getKey(),
                                            floats.remaining() / 4,
                                            elements(tensor.getValue())));
                }
                writeFully(out, encoded(floats));
            }
            out.force(true);
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(temporary);
            throw e;
        }
        Files.move(
                temporary,
                target,
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    private ByteBuffer header() {
        ObjectNode json = JSON.createObjectNode();
        metadata.forEach(json.putObject("__metadata__")::put);
        long offset = 0;
        for (Map.Entry<String, long[]> tensor : shapes.entrySet()) {
            ObjectNode entry = json.putObject(tensor.getKey());
            entry.put("dtype", type.name());
            ArrayNode shape = entry.putArray("shape");
            for (long dimension : tensor.getValue()) {
                shape.add(dimension);
            }
            long end = offset + elements(tensor.getValue()) * type.bytes;
            entry.putArray("data_offsets").add(offset).add(end);
            offset = end;
        }
        byte[] text = json.toString().getBytes(StandardCharsets.UTF_8);
        // Spaces up to a multiple of eight keep the data aligned.
        int padded = (text.length + 7) / 8 * 8;
        ByteBuffer buffer = ByteBuffer.allocate(8 + padded).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putLong(padded).put(text);
        while (buffer.hasRemaining()) {
            buffer.put((byte) ' ');
        }
        return buffer.flip();
    }

    private ByteBuffer encoded(ByteBuffer floats) {
        if (type == SafeTensors.Type.F32 && floats.order() == ByteOrder.LITTLE_ENDIAN) {
            return floats;
        }
        int count = floats.remaining() / 4;
        ByteBuffer bytes = ByteBuffer.allocate(count * type.bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            float value = floats.getFloat();
            if (type == SafeTensors.Type.BF16) {
                bytes.putShort(floatToBfloat(value));
            } else {
                bytes.putFloat(value);
            }
        }
        return bytes.flip();
    }

    /** Rounds to nearest, ties to even; NaN stays NaN. */
    static short floatToBfloat(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) ((bits >> 16) | 0x40);
        }
        return (short) ((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
    }

    private static long elements(long[] shape) {
        long count = 1;
        for (long dimension : shape) {
            count *= dimension;
        }
        return count;
    }

    private static void writeFully(FileChannel out, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
    }
}
