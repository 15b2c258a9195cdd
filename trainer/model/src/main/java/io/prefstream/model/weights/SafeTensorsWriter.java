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
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Writes safetensors, tensor by tensor as they are handed over, into a temporary file beside the
 * target that is forced to disk and then renamed, so that the target is either the old or the new
 * file.
 */
public final class SafeTensorsWriter {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Bytes of tensors in one file, as the default of transformers' {@code max_shard_size}. */
    public static final long SHARD_BYTES = 5_000_000_000L;

    private static final int ENCODED_BYTES = 1 << 20;

    private static final Pattern SHARD = Pattern.compile("model-\\d{5}-of-\\d{5}\\.safetensors");

    private final SafeTensors.Type type;
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();

    /** Hands over a tensor's elements. */
    public interface Elements {
        /** All of them in their order, in as many buffers as it takes. */
        void writeTo(Target target) throws IOException;
    }

    /** Takes elements of a tensor. */
    public interface Target {
        /**
         * Takes some.
         *
         * @param floats 32-bit floats in the buffer's byte order; the buffer is free afterwards
         * @throws IllegalArgumentException if a finite one is beyond what F16 can hold
         */
        void put(ByteBuffer floats) throws IOException;
    }

    private record Tensor(String name, long[] shape, Elements floats) {
        long elements() {
            long count = 1;
            for (long dimension : shape) {
                count *= dimension;
            }
            return count;
        }
    }

    /**
     * @param type F16 and BF16 are rounded to nearest even
     */
    public SafeTensorsWriter(SafeTensors.Type type) {
        this.type = type;
        metadata.put("format", "pt");
    }

    public SafeTensorsWriter metadata(String key, String value) {
        metadata.put(key, value);
        return this;
    }

    /**
     * Adds a tensor that one buffer holds.
     *
     * @param floats its elements as 32-bit floats in the buffer's byte order, taken when written
     */
    public SafeTensorsWriter add(String name, long[] shape, Supplier<ByteBuffer> floats) {
        return add(name, shape, target -> target.put(floats.get()));
    }

    /**
     * Adds a tensor.
     *
     * @param floats its elements, taken when written
     */
    public SafeTensorsWriter add(String name, long[] shape, Elements floats) {
        if (tensors.put(name, new Tensor(name, shape.clone(), floats)) != null) {
            throw new IllegalArgumentException("tensor " + name + " was added twice");
        }
        return this;
    }

    /**
     * Writes one file.
     *
     * @throws IllegalArgumentException if a finite element is beyond what F16 can hold
     */
    public void write(Path target) throws IOException {
        write(target, tensors.values());
    }

    /**
     * Writes a model folder's weights: {@code model.safetensors} if they fit, else shards in the
     * order of the tensors and {@code model.safetensors.index.json}, named and filled as
     * transformers does. Weights of other names that were there before are deleted; a folder is
     * without an index until all shards are there.
     *
     * @param shardBytes bytes of tensors in one file at most; a single larger tensor has its own
     */
    public void writeTo(Path folder, long shardBytes) throws IOException {
        if (shardBytes < 1) {
            throw new IllegalArgumentException(
                    "bytes of a shard must be above 0, not %d".formatted(shardBytes));
        }
        List<List<Tensor>> shards = shards(shardBytes);
        Path index = folder.resolve(WeightFiles.INDEX);
        Files.deleteIfExists(index);
        Set<String> written = new HashSet<>();
        ObjectNode json = JSON.createObjectNode();
        json.putObject("metadata").put("total_size", bytes(tensors.values()));
        ObjectNode map = json.putObject("weight_map");
        for (List<Tensor> shard : shards) {
            String name =
                    shards.size() == 1
                            ? WeightFiles.SINGLE
                            : "model-%05d-of-%05d.safetensors"
                                    .formatted(written.size() + 1, shards.size());
            write(folder.resolve(name), shard);
            written.add(name);
            shard.forEach(tensor -> map.put(tensor.name, name));
        }
        if (shards.size() > 1) {
            replace(index, out -> writeFully(out, utf8(json.toPrettyString() + "\n")));
        }
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                boolean weights = name.equals(WeightFiles.SINGLE) || SHARD.matcher(name).matches();
                if (weights && !written.contains(name)) {
                    Files.delete(file);
                }
            }
        }
    }

    private List<List<Tensor>> shards(long shardBytes) {
        List<List<Tensor>> shards = new ArrayList<>();
        List<Tensor> shard = new ArrayList<>();
        for (Tensor tensor : tensors.values()) {
            if (!shard.isEmpty() && bytes(shard) + tensor.elements() * type.bytes > shardBytes) {
                shards.add(shard);
                shard = new ArrayList<>();
            }
            shard.add(tensor);
        }
        shards.add(shard);
        return shards;
    }

    private long bytes(Collection<Tensor> some) {
        return some.stream().mapToLong(Tensor::elements).sum() * type.bytes;
    }

    private void write(Path target, Collection<Tensor> some) throws IOException {
        replace(
                target,
                out -> {
                    writeFully(out, header(some));
                    for (Tensor tensor : some) {
                        write(out, tensor);
                    }
                });
    }

    private void write(FileChannel out, Tensor tensor) throws IOException {
        long begin = out.position();
        tensor.floats.writeTo(floats -> encode(tensor.name, floats, out));
        long elements = (out.position() - begin) / type.bytes;
        if (elements != tensor.elements()) {
            throw new IllegalStateException(
                    "tensor %s has %d elements, its shape says %d"
                            .formatted(tensor.name, elements, tensor.elements()));
        }
    }

    /** What fills a file. */
    private interface Content {
        void writeTo(FileChannel out) throws IOException;
    }

    private static void replace(Path target, Content content) throws IOException {
        Path temporary = target.resolveSibling(target.getFileName() + ".writing");
        try (FileChannel out =
                FileChannel.open(
                        temporary,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            content.writeTo(out);
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

    private ByteBuffer header(Collection<Tensor> some) {
        ObjectNode json = JSON.createObjectNode();
        metadata.forEach(json.putObject("__metadata__")::put);
        long offset = 0;
        for (Tensor tensor : some) {
            ObjectNode entry = json.putObject(tensor.name);
            entry.put("dtype", type.name());
            ArrayNode shape = entry.putArray("shape");
            for (long dimension : tensor.shape) {
                shape.add(dimension);
            }
            long end = offset + tensor.elements() * type.bytes;
            entry.putArray("data_offsets").add(offset).add(end);
            offset = end;
        }
        ByteBuffer text = utf8(json.toString());
        // Spaces up to a multiple of eight keep the data aligned.
        int padded = (text.remaining() + 7) / 8 * 8;
        ByteBuffer buffer = ByteBuffer.allocate(8 + padded).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putLong(padded).put(text);
        while (buffer.hasRemaining()) {
            buffer.put((byte) ' ');
        }
        return buffer.flip();
    }

    private void encode(String name, ByteBuffer floats, FileChannel out) throws IOException {
        if (type == SafeTensors.Type.F32 && floats.order() == ByteOrder.LITTLE_ENDIAN) {
            writeFully(out, floats);
            return;
        }
        ByteBuffer bytes = ByteBuffer.allocate(ENCODED_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        while (floats.hasRemaining()) {
            while (floats.hasRemaining() && bytes.hasRemaining()) {
                put(name, floats.getFloat(), bytes);
            }
            writeFully(out, bytes.flip());
            bytes.clear();
        }
    }

    private void put(String name, float value, ByteBuffer bytes) {
        switch (type) {
            case F32 -> bytes.putFloat(value);
            case BF16 -> bytes.putShort(HalfFloats.toBfloat(value));
            case F16 -> {
                short half = HalfFloats.toHalf(value);
                if (Float.isFinite(value) && !Float.isFinite(HalfFloats.ofHalf(half))) {
                    throw new IllegalArgumentException(
                            "tensor %s holds %s, F16 ends at 65504; write BF16 or F32"
                                    .formatted(name, value));
                }
                bytes.putShort(half);
            }
        }
    }

    private static ByteBuffer utf8(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static void writeFully(FileChannel out, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
    }
}
