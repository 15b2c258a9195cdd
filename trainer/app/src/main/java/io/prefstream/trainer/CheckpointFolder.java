package io.prefstream.trainer;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder of checkpoints, each of which is there as a whole or not at all: written beside under a
 * name that begins with {@value #UNFINISHED}, forced to disk, renamed. One that takes the place of
 * another of its name finds that renamed to {@value #REPLACED}NAME, which goes once the new one is
 * there and comes back if it never is. What is deleted is an unfinished one first.
 */
public final class CheckpointFolder {

    private static final Logger LOG = LoggerFactory.getLogger(CheckpointFolder.class);
    private static final String UNFINISHED = ".unfinished-";
    private static final String REPLACED = ".replaced-";

    private final Path folder;

    /**
     * Makes the folder, puts back what a killed process was replacing, and removes what it left
     * unfinished.
     */
    public CheckpointFolder(Path folder) throws IOException {
        this.folder = folder;
        Files.createDirectories(folder);
        for (Path path : entries(folder)) {
            String name = nameOf(path);
            if (name.startsWith(REPLACED)) {
                putBack(name.substring(REPLACED.length()));
            } else if (name.startsWith(UNFINISHED)) {
                delete(path);
            }
        }
    }

    /** Ends a replacement that was begun: with the new one if it is there, else with the old. */
    private void putBack(String name) throws IOException {
        Path replaced = folder.resolve(REPLACED + name);
        Path target = folder.resolve(name);
        if (Files.exists(replaced) && !Files.exists(target)) {
            Files.move(replaced, target, StandardCopyOption.ATOMIC_MOVE);
            LOG.warn("put {} back: whoever was to replace it didn't come to it", target);
        } else {
            delete(replaced);
        }
    }

    Path path() {
        return folder;
    }

    /** A folder that is being written. Closed before {@link #publish}, it vanishes. */
    public Unfinished begin(String name) throws IOException {
        Path temporary = folder.resolve(UNFINISHED + name);
        delete(temporary);
        Files.createDirectory(temporary);
        return new Unfinished(temporary);
    }

    /** Finished checkpoints, newest (by name) last. */
    List<Path> finished() throws IOException {
        return finished(folder);
    }

    /** Finished checkpoints of a folder that somebody else writes, newest (by name) last. */
    public static List<Path> finished(Path folder) throws IOException {
        return entries(folder).stream()
                .filter(Files::isDirectory)
                .filter(path -> !nameOf(path).startsWith(UNFINISHED))
                .filter(path -> !nameOf(path).startsWith(REPLACED))
                .sorted()
                .toList();
    }

    /** Deletes the finished checkpoints that aren't to be kept, and says so. */
    void retain(Retention retention) throws IOException {
        for (String old :
                retention.superfluous(finished().stream().map(CheckpointFolder::nameOf).toList())) {
            Path unfinished = folder.resolve(UNFINISHED + old);
            delete(unfinished);
            Files.move(folder.resolve(old), unfinished, StandardCopyOption.ATOMIC_MOVE);
            delete(unfinished);
            LOG.info("deleted {}: newer ones are kept", folder.resolve(old));
        }
    }

    static String nameOf(Path path) {
        return path.getFileName().toString();
    }

    private static List<Path> entries(Path folder) throws IOException {
        try (Stream<Path> paths = Files.list(folder)) {
            return paths.toList();
        }
    }

    public static void delete(Path path) throws IOException {
        if (!Files.exists(path)) {
            return;
        }
        Files.walkFileTree(
                path,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        Files.delete(file);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(
                            Path directory, @Nullable IOException failure) throws IOException {
                        if (failure != null) {
                            throw failure;
                        }
                        Files.delete(directory);
                        return FileVisitResult.CONTINUE;
                    }
                });
    }

    /** A checkpoint in the making. */
    public final class Unfinished implements AutoCloseable {

        private final Path temporary;

        private Unfinished(Path temporary) {
            this.temporary = temporary;
        }

        public Path path() {
            return temporary;
        }

        /** Writes the manifest and waits until the disk has everything. */
        public Manifest seal() throws IOException {
            List<Path> finished = finished();
            return Manifest.seal(
                    temporary, finished.isEmpty() ? folder : finished.get(finished.size() - 1));
        }

        /**
         * Gives the sealed folder its name. A checkpoint of that name that is whole stays, and this
         * one vanishes: it is the same one, made again after a failure.
         */
        Path publish(String name) throws IOException {
            Path target = folder.resolve(name);
            if (Files.exists(target)) {
                if (Manifest.problem(target).isEmpty()) {
                    return target;
                }
                delete(target);
            }
            return move(target);
        }

        /** Gives the sealed folder its name, in place of one that has it. */
        public Path replace(String name) throws IOException {
            putBack(name);
            Path target = folder.resolve(name);
            if (Files.exists(target)) {
                Path replaced = folder.resolve(REPLACED + name);
                Files.move(target, replaced, StandardCopyOption.ATOMIC_MOVE);
            }
            try {
                return move(target);
            } finally {
                putBack(name);
            }
        }

        private Path move(Path target) throws IOException {
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
            Manifest.force(folder);
            return target;
        }

        @Override
        public void close() throws IOException {
            delete(temporary);
        }
    }
}
