package io.prefstream.content.git;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Removes repositories from the cache, the one that was not used longest first. */
final class GitCacheLimit {

    private GitCacheLimit() {}

    /** A repository of the cache. */
    private record Cached(Path folder, Instant usedAt, long bytes) {}

    /**
     * Removes until the rest fits.
     *
     * @param inUse repositories that were opened within this time stay
     */
    static void enforce(Path root, long maxBytes, Duration inUse, Instant now) throws IOException {
        if (!Files.isDirectory(root)) {
            return;
        }
        List<Cached> all = all(root);
        all.sort(Comparator.comparing(Cached::usedAt));
        long total = all.stream().mapToLong(Cached::bytes).sum();
        for (Cached cached : all) {
            if (total <= maxBytes || cached.usedAt().isAfter(now.minus(inUse))) {
                return;
            }
            if (remove(cached.folder())) {
                total -= cached.bytes();
            }
        }
    }

    private static List<Cached> all(Path root) throws IOException {
        List<Cached> all = new ArrayList<>();
        try (Stream<Path> folders = Files.list(root)) {
            for (Path folder : folders.filter(Files::isDirectory).toList()) {
                all.add(
                        new Cached(
                                folder,
                                Files.getLastModifiedTime(folder).toInstant(),
                                bytes(folder)));
            }
        }
        return all;
    }

    private static long bytes(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        } catch (UncheckedIOException e) {
            return 0; // somebody else removes it right now
        }
    }

    /** False if somebody fetches into it. */
    private static boolean remove(Path folder) throws IOException {
        Path lockFile = folder.resolveSibling(folder.getFileName() + ".lock");
        try (FolderLock lock = FolderLock.take(lockFile, Duration.ZERO)) {
            // Renamed first: what is half removed must not look like a repository.
            Path doomed = folder.resolveSibling(folder.getFileName() + ".removed");
            Files.move(folder, doomed);
            try (Stream<Path> files = Files.walk(doomed)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
            lock.requireHeld();
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
