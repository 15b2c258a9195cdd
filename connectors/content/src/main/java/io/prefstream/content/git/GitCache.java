package io.prefstream.content.git;

import io.prefstream.content.git.GitUnavailableException.Cause;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;

/**
 * A folder with a bare repository for each remote, holding what was fetched of it, and a lock file
 * beside each. Several processes may share the folder.
 *
 * <p>Before another repository is made, those that were not used longest are removed until the rest
 * fits the limit; what was opened in the last ten minutes stays.
 */
final class GitCache {

    private static final int READABLE_CHARS = 60;

    /** A repository that was opened within this time may still be read. */
    private static final Duration IN_USE = Duration.ofMinutes(10);

    private final Path root;
    private final Duration lockTimeout;
    private final long maxBytes;

    GitCache(Path root, Duration lockTimeout, long maxBytes) {
        this.root = root;
        this.lockTimeout = lockTimeout;
        this.maxBytes = maxBytes;
    }

    /** Opens the repository for a remote, making it on first use. The caller closes it. */
    Repository open(String address) throws GitUnavailableException {
        Path folder = folderOf(address);
        try {
            Repository repository =
                    new FileRepositoryBuilder().setGitDir(folder.toFile()).setBare().build();
            if (!repository.getObjectDatabase().exists()) {
                GitCacheLimit.enforce(root, maxBytes, IN_USE, Instant.now());
                try (FolderLock lock = lock(address)) {
                    if (!repository.getObjectDatabase().exists()) {
                        repository.create(true);
                    }
                    lock.requireHeld();
                }
            }
            Files.setLastModifiedTime(folder, FileTime.from(Instant.now()));
            return repository;
        } catch (GitUnavailableException e) {
            throw e;
        } catch (IOException e) {
            throw unusable(folder, e);
        }
    }

    /** Waits until nobody else fetches from this remote, and keeps others out until closed. */
    FolderLock lock(String address) throws GitUnavailableException {
        Path folder = folderOf(address);
        try {
            Files.createDirectories(root);
            return FolderLock.take(
                    folder.resolveSibling(folder.getFileName() + ".lock"), lockTimeout);
        } catch (IOException e) {
            throw unusable(root, e);
        }
    }

    /** Part of the name for people, and a digest that tells all of them apart. */
    private Path folderOf(String address) throws GitUnavailableException {
        String name;
        try {
            name = GitAddress.canonicalName(address);
        } catch (IllegalArgumentException e) {
            throw new GitUnavailableException(Cause.UNSUPPORTED, "not a git URL: " + address, e);
        }
        String readable = name.replaceAll("[^A-Za-z0-9.]+", "-");
        UUID unique = UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
        return root.resolve(
                readable.substring(Math.max(0, readable.length() - READABLE_CHARS))
                        + "-"
                        + unique
                        + ".git");
    }

    private static GitUnavailableException unusable(Path folder, IOException e) {
        return new GitUnavailableException(
                Cause.UNREACHABLE, "git cache " + folder + " is not usable: " + e.getMessage(), e);
    }
}
