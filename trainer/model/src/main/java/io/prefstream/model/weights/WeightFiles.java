package io.prefstream.model.weights;

import com.fasterxml.jackson.databind.JsonNode;
import io.prefstream.model.files.FileDigest;
import io.prefstream.model.files.JsonFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * All tensors of a model folder: one {@code model.safetensors}, or the shards that {@code
 * model.safetensors.index.json} names. Shards are opened and checked at once; a tensor's bytes are
 * read when it is asked for.
 */
public final class WeightFiles implements AutoCloseable {
    public static final String SINGLE = "model.safetensors";
    public static final String INDEX = "model.safetensors.index.json";

    private final Path source;
    private final Map<String, SafeTensors> files = new LinkedHashMap<>();
    private final Map<String, SafeTensors> tensors = new LinkedHashMap<>();

    private WeightFiles(Path source) {
        this.source = source;
    }

    /** Whether {@code folder} has weights that can be opened. */
    public static boolean in(Path folder) {
        return Files.isRegularFile(folder.resolve(SINGLE))
                || Files.isRegularFile(folder.resolve(INDEX));
    }

    /**
     * Opens the weights of a folder.
     *
     * @throws CorruptWeightsException if a file is damaged, or index and shards disagree
     * @throws NoSuchFileException if there are none, or a shard is missing
     */
    public static WeightFiles open(Path folder) throws IOException {
        Path index = folder.resolve(INDEX);
        WeightFiles weights =
                new WeightFiles(Files.isRegularFile(index) ? index : folder.resolve(SINGLE));
        try {
            if (weights.source.equals(index)) {
                weights.openShards(folder);
            } else {
                weights.openSingle(weights.source);
            }
            return weights;
        } catch (IOException | RuntimeException e) {
            weights.close();
            throw e;
        }
    }

    /** Opens one file. */
    public static WeightFiles ofFile(Path file) throws IOException {
        WeightFiles weights = new WeightFiles(file);
        weights.openSingle(file);
        return weights;
    }

    /**
     * SHA-256 over the bytes of a folder's weight files, in order of their names.
     *
     * @return hex digits
     */
    public static String digest(Path folder) throws IOException {
        try (WeightFiles weights = open(folder)) {
            return FileDigest.sha256(
                    new TreeSet<>(weights.files.keySet()).stream().map(folder::resolve).toList());
        }
    }

    /** The file that says which tensors there are, for messages. */
    public Path source() {
        return source;
    }

    public Set<String> names() {
        return Collections.unmodifiableSet(tensors.keySet());
    }

    public long[] shape(String name) throws CorruptWeightsException {
        return get(name).shape(name);
    }

    /** As {@link SafeTensors#readFloats(String)}. */
    public ByteBuffer readFloats(String name) throws IOException {
        return get(name).readFloats(name);
    }

    /** As {@link SafeTensors#readFloats(String, long, ByteBuffer)}. */
    public void readFloats(String name, long first, ByteBuffer into) throws IOException {
        get(name).readFloats(name, first, into);
    }

    @Override
    public void close() throws IOException {
        for (SafeTensors file : files.values()) {
            file.close();
        }
    }

    private SafeTensors get(String name) throws CorruptWeightsException {
        @Nullable SafeTensors file = tensors.get(name);
        if (file == null) {
            throw new CorruptWeightsException("%s: no tensor named %s".formatted(source, name));
        }
        return file;
    }

    private void openSingle(Path file) throws IOException {
        SafeTensors only = SafeTensors.open(file);
        files.put(file.getFileName().toString(), only);
        only.names().forEach(name -> tensors.put(name, only));
    }

    private void openShards(Path folder) throws IOException {
        JsonNode map = JsonFile.read(source).path("weight_map");
        if (!map.isObject() || map.isEmpty()) {
            throw new CorruptWeightsException(
                    source
                            + ": weight_map must name a shard for each tensor, it is missing or"
                            + " empty");
        }
        for (Map.Entry<String, JsonNode> entry : map.properties()) {
            SafeTensors file = shard(folder, entry.getKey(), entry.getValue());
            if (!file.names().contains(entry.getKey())) {
                throw new CorruptWeightsException(
                        "%s: weight_map: %s is not in %s"
                                .formatted(source, entry.getKey(), entry.getValue().asText()));
            }
            tensors.put(entry.getKey(), file);
        }
        for (Map.Entry<String, SafeTensors> shard : files.entrySet()) {
            for (String name : shard.getValue().names()) {
                if (tensors.get(name) != shard.getValue()) {
                    throw new CorruptWeightsException(
                            "%s: weight_map: %s is in %s, the index says %s"
                                    .formatted(
                                            source,
                                            name,
                                            shard.getKey(),
                                            map.path(name).asText("nothing of it")));
                }
            }
        }
    }

    private SafeTensors shard(Path folder, String tensor, JsonNode name) throws IOException {
        String shard = name.asText();
        // A name, not a path: an index must not point out of its folder.
        if (!name.isTextual() || !shard.matches("[^/\\\\\\p{Cntrl}]+")) {
            throw new CorruptWeightsException(
                    "%s: weight_map: %s must be in a file of this folder, not in %s"
                            .formatted(source, tensor, name));
        }
        @Nullable SafeTensors known = files.get(shard);
        if (known != null) {
            return known;
        }
        Path path = folder.resolve(shard);
        if (!Files.isRegularFile(path)) {
            throw new NoSuchFileException(
                    path.toString(), null, "%s names it, it is missing".formatted(INDEX));
        }
        SafeTensors opened = SafeTensors.open(path);
        files.put(shard, opened);
        return opened;
    }
}
