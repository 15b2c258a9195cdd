package io.prefstream.trainer;

import io.prefstream.schemas.ContentId;
import java.io.IOException;
import java.net.URI;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a command's model is: a folder, or the URI of a release, which is fetched first and checked
 * against its manifest. What was fetched stays in {@code ~/.cache/prefstream/models} ({@code
 * $XDG_CACHE_HOME}), by the digest of its manifest, and isn't fetched again.
 */
public final class ModelLocation {

    private static final Logger LOG = LoggerFactory.getLogger(ModelLocation.class);
    private static final String LINEAGE = "lineage.json";
    private static final String FETCHING = ".fetching-";
    private static final Pattern SCHEME = Pattern.compile("[a-zA-Z][a-zA-Z0-9+.-]*:/.*");

    private ModelLocation() {}

    /**
     * The model's folder.
     *
     * @param option the name of the option that gives it, for messages
     * @throws IllegalArgumentException if there is no such folder or release
     * @throws IOException if a release can't be fetched as it was written
     */
    public static Path folder(String option, String given) throws IOException {
        return folder(option, given, cache());
    }

    static Path folder(String option, String given, Path cache) throws IOException {
        if (SCHEME.matcher(given).matches()) {
            return fetched(option + "=" + given, given, cache);
        }
        Path folder = Path.of(given);
        if (!Files.isDirectory(folder)) {
            throw new IllegalArgumentException(option + "=" + given + " is no folder");
        }
        return folder;
    }

    /**
     * What a release came from, {@code lineage.json}, read where the release is.
     *
     * @param uri that it is announced by
     * @throws IOException if it can't be read
     * @throws IllegalArgumentException if there is no such file system
     */
    public static String lineage(String uri) throws IOException {
        if (uri.startsWith("file:")) {
            return Files.readString(Path.of(URI.create(uri)).resolve(LINEAGE));
        }
        try (RemoteFolder remote = RemoteFolder.open(uri, URI.create(uri))) {
            return remote.text("", LINEAGE)
                    .orElseThrow(() -> new IOException(uri + " has no " + LINEAGE));
        }
    }

    private static Path fetched(String what, String given, Path cache) throws IOException {
        URI uri;
        try {
            uri = URI.create(given);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(what + " is no URI: " + e.getMessage(), e);
        }
        Optional<String> problem;
        try (RemoteFolder remote = RemoteFolder.open(what, uri)) {
            String manifest =
                    remote.manifest("")
                            .orElseThrow(
                                    () ->
                                            new IllegalArgumentException(
                                                    "%s is no release: it has no %s"
                                                            .formatted(what, Manifest.NAME)));
            String name = Path.of(uri.getPath()).getFileName().toString();
            Path home = cache.resolve(ContentId.of(manifest).substring(0, 16));
            Path folder = home.resolve(name);
            if (Files.exists(folder) && Manifest.problem(folder).isEmpty()) {
                return folder;
            }
            Path own = ownFolder(home);
            try {
                problem = remote.get("", own);
                if (problem.isEmpty()) {
                    LOG.info("fetched {} to {}", uri, folder);
                    return settled(own, folder);
                }
            } finally {
                CheckpointFolder.delete(own);
            }
        } catch (IOException e) {
            throw new IOException("%s can't be read: %s".formatted(what, RemoteFolder.why(e)), e);
        }
        throw new IOException("%s: %s".formatted(what, problem.get()));
    }

    /** A folder of this fetch alone: another command may fetch the same meanwhile. */
    private static Path ownFolder(Path home) throws IOException {
        Files.createDirectories(home);
        Instant dayBefore = Instant.now().minus(Duration.ofDays(1));
        try (DirectoryStream<Path> left = Files.newDirectoryStream(home, FETCHING + "*")) {
            for (Path path : left) {
                if (Files.getLastModifiedTime(path).toInstant().isBefore(dayBefore)) {
                    CheckpointFolder.delete(path);
                }
            }
        }
        return Files.createDirectory(home.resolve(FETCHING + UUID.randomUUID()));
    }

    /** Gives what was fetched its name, unless another command was quicker. */
    private static Path settled(Path own, Path folder) throws IOException {
        if (Files.exists(folder)) {
            if (Manifest.problem(folder).isEmpty()) {
                return folder;
            }
            CheckpointFolder.delete(folder);
        }
        try {
            return Files.move(own, folder, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            if (Manifest.problem(folder).isEmpty()) {
                return folder;
            }
            throw e;
        }
    }

    private static Path cache() {
        String home = System.getenv("XDG_CACHE_HOME");
        return (home == null || home.isEmpty()
                        ? Path.of(System.getProperty("user.home"), ".cache")
                        : Path.of(home))
                .resolve("prefstream")
                .resolve("models");
    }
}
