package io.prefstream.jobs.generators.release;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Finds a published model's folder and makes sure that it holds what was announced: every file, its
 * length and its SHA-256 (some 400 MB a second).
 */
final class PublishedFiles {

    private PublishedFiles() {}

    /**
     * The verified folder.
     *
     * @throws CheckpointUnusableException naming the file that is wrong
     */
    static Path verify(ReleaseModel model) throws CheckpointUnusableException {
        Path folder = folder(model);
        for (ReleaseModel.File file : model.files()) {
            verify(model, folder, file);
        }
        return folder;
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
        Path path = folder.resolve(file.name()).normalize();
        if (!path.startsWith(folder.normalize())) {
            throw unusable(model, "file " + file.name() + " is outside its folder", null);
        }
        try {
            long bytes = Files.size(path);
            if (bytes != file.bytes()) {
                throw unusable(
                        model,
                        "file %s has %,d bytes instead of %,d"
                                .formatted(file.name(), bytes, file.bytes()),
                        null);
            }
            String sha256 = sha256(path);
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

    private static String sha256(Path path) throws IOException {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
        try (InputStream in = new DigestInputStream(Files.newInputStream(path), digest)) {
            in.transferTo(OutputStream.nullOutputStream());
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static CheckpointUnusableException unusable(
            ReleaseModel model, String why, @Nullable Throwable cause) {
        return new CheckpointUnusableException(
                "checkpoint %s is unusable: %s".formatted(model.id(), why), cause);
    }
}
