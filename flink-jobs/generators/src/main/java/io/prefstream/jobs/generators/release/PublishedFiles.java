package io.prefstream.jobs.generators.release;

import io.prefstream.model.ReleaseNote;
import io.prefstream.model.files.FileDigest;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.UnsupportedFileSystemSchemeException;
import org.apache.flink.util.FileUtils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A published model's folder, which holds what was announced: every file, its length and its
 * SHA-256 (some 400 MB a second). A model that isn't on this machine is fetched through Flink's
 * file systems, with the plugins and credentials that the cluster has, and deleted when closed.
 *
 * @param folder where the files are
 * @param fetched whether they were fetched
 */
record PublishedFiles(Path folder, boolean fetched) implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PublishedFiles.class);

    /** Pauses between attempts to fetch: a store may be away for a moment. */
    private static final List<Duration> PAUSES =
            List.of(Duration.ofSeconds(1), Duration.ofSeconds(4), Duration.ofSeconds(16));

    /**
     * The verified folder.
     *
     * @throws CheckpointUnusableException naming the file that is wrong
     */
    static PublishedFiles verify(ReleaseModel model) throws CheckpointUnusableException {
        PublishedFiles files =
                isLocal(model.uri())
                        ? new PublishedFiles(folder(model), false)
                        : new PublishedFiles(fetch(model), true);
        try {
            for (ReleaseModel.File file : model.files()) {
                verify(model, files.folder(), file);
            }
            return files;
        } catch (CheckpointUnusableException e) {
            files.close();
            throw e;
        }
    }

    private static boolean isLocal(String uri) {
        return uri.startsWith("file:") || !uri.contains("://");
    }

    private static Path fetch(ReleaseModel model) throws CheckpointUnusableException {
        for (int attempt = 0; ; attempt++) {
            try {
                return fetchOnce(model);
            } catch (UnsupportedFileSystemSchemeException e) {
                throw unusable(
                        model,
                        "Flink has no file system for its URI %s: put the plugin for it into plugins/"
                                .formatted(model.uri()),
                        e);
            } catch (IOException | IllegalArgumentException e) {
                if (attempt == PAUSES.size() || Thread.currentThread().isInterrupted()) {
                    throw unusable(model, "%s can't be fetched: %s".formatted(model.uri(), e), e);
                }
                LOG.info("{} can't be fetched yet: {}", model.uri(), e.toString());
                try {
                    Thread.sleep(PAUSES.get(attempt).toMillis());
                } catch (InterruptedException interrupt) {
                    Thread.currentThread().interrupt();
                    throw unusable(model, "interrupted while it was fetched", interrupt);
                }
            }
        }
    }

    private static Path fetchOnce(ReleaseModel model)
            throws IOException, CheckpointUnusableException {
        FileSystem system = FileSystem.get(URI.create(model.uri()));
        org.apache.flink.core.fs.Path remote = new org.apache.flink.core.fs.Path(model.uri());
        Path folder = Files.createTempDirectory("prefstream-release-");
        try {
            for (ReleaseModel.File file : model.files()) {
                Path target = within(model, folder, file);
                Files.createDirectories(target.getParent());
                try (InputStream in =
                        system.open(new org.apache.flink.core.fs.Path(remote, file.name()))) {
                    Files.copy(in, target);
                }
            }
            return folder;
        } catch (IOException | CheckpointUnusableException e) {
            delete(folder);
            throw e;
        }
    }

    @Override
    public void close() {
        if (fetched) {
            delete(folder);
        }
    }

    private static void delete(Path folder) {
        try {
            FileUtils.deleteDirectory(folder.toFile());
        } catch (IOException e) {
            LOG.warn("{} can't be deleted: {}", folder, e.toString());
        }
    }

    /**
     * The scale of a release's margins by its lineage; empty where that says nothing.
     *
     * @throws CheckpointUnusableException if the lineage isn't readable or the scale no number from
     *     0 up
     */
    static Optional<Double> marginScale(ReleaseModel model, Path folder)
            throws CheckpointUnusableException {
        if (model.files().stream().noneMatch(file -> file.name().equals(ReleaseNote.FILE))) {
            return Optional.empty();
        }
        try {
            return ReleaseNote.read(folder).marginScale().stream().boxed().findFirst();
        } catch (IOException e) {
            throw unusable(model, String.valueOf(e.getMessage()), e);
        }
    }

    private static Path folder(ReleaseModel model) throws CheckpointUnusableException {
        Path folder;
        try {
            folder =
                    model.uri().startsWith("file:")
                            ? Path.of(URI.create(model.uri()))
                            : Path.of(model.uri());
        } catch (IllegalArgumentException | FileSystemNotFoundException e) {
            throw unusable(model, "its URI " + model.uri() + " is not a folder's", e);
        }
        if (!Files.isDirectory(folder)) {
            throw unusable(model, "folder " + folder + " does not exist", null);
        }
        return folder;
    }

    private static void verify(ReleaseModel model, Path folder, ReleaseModel.File file)
            throws CheckpointUnusableException {
        Path path = within(model, folder, file);
        try {
            long bytes = Files.size(path);
            if (bytes != file.bytes()) {
                throw unusable(
                        model,
                        "file %s has %,d bytes instead of %,d"
                                .formatted(file.name(), bytes, file.bytes()),
                        null);
            }
            String sha256 = FileDigest.sha256(List.of(path));
            if (!sha256.equals(file.sha256())) {
                throw unusable(
                        model,
                        "file %s has SHA-256 %s instead of %s"
                                .formatted(file.name(), sha256, file.sha256()),
                        null);
            }
        } catch (IOException e) {
            throw unusable(model, "file " + file.name() + " cannot be read: " + e, e);
        }
    }

    private static Path within(ReleaseModel model, Path folder, ReleaseModel.File file)
            throws CheckpointUnusableException {
        Path path = folder.resolve(file.name()).normalize();
        if (!path.startsWith(folder.normalize())) {
            throw unusable(model, "file " + file.name() + " is outside its folder", null);
        }
        return path;
    }

    private static CheckpointUnusableException unusable(
            ReleaseModel model, String why, @Nullable Throwable cause) {
        return new CheckpointUnusableException(
                "checkpoint %s is unusable: %s".formatted(model.id(), why), cause);
    }
}
