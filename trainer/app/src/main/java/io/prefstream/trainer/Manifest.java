package io.prefstream.trainer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.prefstream.model.files.FileDigest;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The files of a checkpoint folder with their lengths and SHA-256; kept in the folder as {@code
 * manifest.json}, written last. A folder without one, or that differs from it, is not a checkpoint.
 */
public record Manifest(int version, List<Entry> files) {

    static final String NAME = "manifest.json";

    private static final int VERSION = 1;
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * A file.
     *
     * @param name relative to the folder, with forward slashes
     */
    public record Entry(String name, long bytes, String sha256) {}

    /**
     * Lists a folder's files, writes the manifest, and waits until the disk has all of it. A file
     * that is the same one (a hard link) in a folder that was sealed before isn't read again: most
     * files of a replay table are those of the trunk before.
     *
     * @param before that folder; it may not be there
     */
    static Manifest seal(Path folder, Path before) throws IOException {
        Manifest manifest = of(folder, before);
        Path file = folder.resolve(NAME);
        JSON.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), manifest);
        for (Path path : tree(folder)) {
            force(path);
        }
        return manifest;
    }

    /**
     * Reads a manifest's text.
     *
     * @throws IOException if it is none
     */
    static Manifest parse(String manifest) throws IOException {
        JsonNode tree = JSON.readTree(manifest);
        boolean listed = tree.path("version").isInt() && tree.path("files").isArray();
        for (JsonNode file : tree.path("files")) {
            listed &=
                    file.path("name").isTextual()
                            && isPath(file.path("name").textValue())
                            && file.path("bytes").isIntegralNumber()
                            && file.path("sha256").isTextual();
        }
        if (!listed) {
            throw new IOException(NAME + " lists no files");
        }
        return JSON.treeToValue(tree, Manifest.class);
    }

    private static boolean isPath(String name) {
        try {
            return !Path.of(name).isAbsolute();
        } catch (InvalidPathException e) {
            return false;
        }
    }

    /** What is wrong with a sealed folder, in one line; empty if nothing. */
    public static Optional<String> problem(Path folder) {
        try {
            Path file = folder.resolve(NAME);
            if (!Files.isRegularFile(file)) {
                return Optional.of("it has no " + NAME);
            }
            Manifest sealed = parse(Files.readString(file));
            if (sealed.version() != VERSION) {
                return Optional.of(
                        "its layout is %d, this program reads %d"
                                .formatted(sealed.version(), VERSION));
            }
            for (Entry entry : sealed.files()) {
                Path path = folder.resolve(entry.name());
                if (!Files.isRegularFile(path)) {
                    return Optional.of(entry.name() + " is missing");
                }
                if (Files.size(path) != entry.bytes()
                        || !FileDigest.sha256(List.of(path)).equals(entry.sha256())) {
                    return Optional.of(entry.name() + " is not what was written");
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of("it can't be read: " + e.getMessage());
        }
    }

    /** Waits until the disk has a file's bytes or a folder's entries. */
    static void force(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static Manifest of(Path folder, Path before) throws IOException {
        Map<String, Entry> known = known(before);
        List<Path> files = tree(folder).stream().filter(Files::isRegularFile).sorted().toList();
        Entry[] entries = new Entry[files.size()];
        for (int i = 0; i < entries.length; i++) {
            Path file = files.get(i);
            String name = folder.relativize(file).toString().replace('\\', '/');
            @Nullable Entry same = known.get(name);
            entries[i] =
                    same != null && Files.isSameFile(file, before.resolve(name))
                            ? same
                            : new Entry(name, Files.size(file), FileDigest.sha256(List.of(file)));
        }
        return new Manifest(VERSION, List.of(entries));
    }

    /** The files of a sealed folder that are there, by their names; none if it is damaged. */
    private static Map<String, Entry> known(Path sealed) {
        try {
            return parse(Files.readString(sealed.resolve(NAME))).files().stream()
                    .filter(entry -> Files.isRegularFile(sealed.resolve(entry.name())))
                    .collect(Collectors.toMap(Entry::name, entry -> entry));
        } catch (IOException e) {
            return Map.of();
        }
    }

    private static List<Path> tree(Path folder) throws IOException {
        try (Stream<Path> paths = Files.walk(folder)) {
            return paths.toList();
        }
    }
}
