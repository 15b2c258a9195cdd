package io.prefstream.local;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The output folder of a run, and what of it must survive a restart: what the run was asked, and
 * for each job where it can be restored from. Held by a lock while a run is going on.
 */
final class RunFolder implements AutoCloseable {

    /** Locked while a run is going on; a file of its own, so that all others can be replaced. */
    private static final String LOCK = ".lock";

    private static final ObjectMapper JSON =
            new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private final Path root;
    private final FileChannel channel;
    private final FileLock lock;

    private RunFolder(Path root, FileChannel channel, FileLock lock) {
        this.root = root;
        this.channel = channel;
        this.lock = lock;
    }

    /**
     * Makes the folder if it is new, and locks it.
     *
     * @throws IOException if another run is going on in it
     */
    static RunFolder open(Path root) throws IOException {
        Files.createDirectories(root);
        FileChannel channel =
                FileChannel.open(
                        root.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            lock = null;
        }
        if (lock == null) {
            channel.close();
            throw new IOException("--out=%s: another run is going on in it".formatted(root));
        }
        return new RunFolder(root, channel, lock);
    }

    void delete(String name) throws IOException {
        Files.deleteIfExists(root.resolve(name));
    }

    Path path(String name) {
        return root.resolve(name);
    }

    Path log(String name) {
        return root.resolve("logs").resolve(name + ".log");
    }

    /** Marks the folder as that of a run and keeps what it was asked. */
    void mark(RunRequest request) throws IOException {
        write(RunRequestFile.NAME, RunRequestFile.of(request));
    }

    /** Replaces a file as a whole: who reads it sees the old or the new content. */
    void write(String name, Object value) throws IOException {
        Path temporary = root.resolve("." + name + ".tmp");
        Files.writeString(temporary, JSON.writeValueAsString(value) + "\n");
        Files.move(
                temporary,
                root.resolve(name),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    /** Keeps where a job's last savepoint is. */
    void savepoint(String job, String location) throws IOException {
        Map<String, String> all = savepoints();
        all.put(job, location);
        write("savepoints.json", all);
    }

    /**
     * Where a job can be restored from: its last savepoint or its newest complete checkpoint,
     * whichever is younger; nothing where it never got that far.
     */
    Optional<String> restorePoint(String job) throws IOException {
        List<Path> found = new ArrayList<>(checkpoints(job));
        String savepoint = savepoints().get(job);
        if (savepoint != null) {
            Path metadata = Path.of(java.net.URI.create(savepoint)).resolve("_metadata");
            if (Files.exists(metadata)) {
                found.add(metadata);
            }
        }
        return found.stream()
                .max(Comparator.comparing(RunFolder::modified))
                .map(metadata -> metadata.resolveSibling("").toUri().toString());
    }

    @Override
    public void close() throws IOException {
        lock.release();
        channel.close();
    }

    private Map<String, String> savepoints() throws IOException {
        Path file = root.resolve("savepoints.json");
        Map<String, String> all = new TreeMap<>();
        if (Files.exists(file)) {
            JSON.readTree(file.toFile())
                    .fields()
                    .forEachRemaining(field -> all.put(field.getKey(), field.getValue().asText()));
        }
        return all;
    }

    private List<Path> checkpoints(String job) throws IOException {
        Path folder = root.resolve("flink").resolve("checkpoints").resolve(job);
        List<Path> found = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            Files.walkFileTree(
                    folder,
                    new SimpleFileVisitor<>() {
                        @Override
                        public FileVisitResult visitFile(Path file, BasicFileAttributes unused) {
                            if (file.getFileName().toString().equals("_metadata")) {
                                found.add(file);
                            }
                            return FileVisitResult.CONTINUE;
                        }
                    });
        }
        return found;
    }

    private static FileTime modified(Path file) {
        try {
            return Files.getLastModifiedTime(file);
        } catch (IOException e) {
            return FileTime.fromMillis(0);
        }
    }
}
