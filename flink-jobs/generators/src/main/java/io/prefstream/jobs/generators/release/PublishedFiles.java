package io.prefstream.jobs.generators.release;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds a published model's folder and makes sure that it holds what was announced: every file, its
 * length and its SHA-256 (some 400 MB a second).
 */
final class PublishedFiles {

    /** What the trainer writes beside the weights. */
    private static final String LINEAGE = "lineage.json";

    private static final String MARGIN_SCALE = "holdoutMarginScale";
    private static final ObjectMapper JSON = new ObjectMapper();

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

    /**
     * The scale of a release's margins by its lineage; empty where that says nothing.
     *
     * @throws CheckpointUnusableException if the lineage isn't readable or the scale no number from
     *     0 up
     */
    static Optional<Double> marginScale(ReleaseModel model, Path folder)
            throws CheckpointUnusableException {
        Path lineage = folder.resolve(LINEAGE);
        if (model.files().stream().noneMatch(file -> file.name().equals(LINEAGE))) {
            return Optional.empty();
        }
        try {
            JsonNode scale = JSON.readTree(lineage.toFile()).path(MARGIN_SCALE);
            if (scale.isMissingNode() || scale.isNull()) {
                return Optional.empty();
            }
            if (!scale.isNumber() || !(scale.asDouble() >= 0)) {
                throw unusable(
                        model,
                        "%s of %s is %s and no number from 0 up"
                                .formatted(MARGIN_SCALE, LINEAGE, scale),
                        null);
            }
            return Optional.of(scale.asDouble());
        } catch (IOException e) {
            throw unusable(model, "file " + LINEAGE + " cannot be read: " + e, e);
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
