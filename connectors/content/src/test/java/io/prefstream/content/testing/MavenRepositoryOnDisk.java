package io.prefstream.content.testing;

import io.prefstream.content.maven.MavenSettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.LocalDateTime;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** A Maven repository that a test writes, with a local cache of its own beside it. */
public final class MavenRepositoryOnDisk {

    /** Date of all entries of the archives. */
    public static final LocalDateTime MADE = LocalDateTime.of(2026, 1, 1, 12, 0);

    private final Path remote;
    private final Path cache;
    private final Map<String, List<String>> versions = new LinkedHashMap<>();

    public MavenRepositoryOnDisk(Path folder) {
        this.remote = folder.resolve("remote");
        this.cache = folder.resolve("cache");
        try {
            Files.createDirectories(remote);
            Files.createDirectories(cache);
            // An empty file keeps the settings of whoever runs the test out of it.
            Files.writeString(folder.resolve("settings.xml"), "<settings/>");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String url() {
        return remote.toUri().toString();
    }

    public Path cache() {
        return cache;
    }

    public MavenSettings settings() {
        return new MavenSettings(
                cache.resolveSibling("settings.xml").toString(),
                cache.toString(),
                false,
                List.of("test::" + url()));
    }

    /** Publishes a version with the sources of these files. */
    public MavenRepositoryOnDisk publish(
            String group, String artifact, String version, Map<String, String> sources) {
        Map<String, byte[]> bytes = new TreeMap<>();
        sources.forEach((path, text) -> bytes.put(path, text.getBytes(StandardCharsets.UTF_8)));
        return publishArchive(group, artifact, version, zip(bytes));
    }

    /** Publishes a version with these bytes as its sources archive. */
    public MavenRepositoryOnDisk publishArchive(
            String group, String artifact, String version, byte[] archive) {
        publishWithoutSources(group, artifact, version);
        write(file(group, artifact, version, "-sources.jar"), archive);
        return this;
    }

    public MavenRepositoryOnDisk publishWithoutSources(
            String group, String artifact, String version) {
        String pom =
                """
                <project><modelVersion>4.0.0</modelVersion><groupId>%s</groupId>\
                <artifactId>%s</artifactId><version>%s</version></project>
                """
                        .formatted(group, artifact, version);
        write(file(group, artifact, version, ".pom"), pom.getBytes(StandardCharsets.UTF_8));
        List<String> all =
                versions.merge(
                        group + ":" + artifact,
                        List.of(version),
                        (old, added) -> Stream.concat(old.stream(), added.stream()).toList());
        StringBuilder items = new StringBuilder();
        all.forEach(item -> items.append("<version>").append(item).append("</version>"));
        String metadata =
                """
                <metadata><groupId>%s</groupId><artifactId>%s</artifactId><versioning>\
                <latest>%s</latest><release>%s</release><versions>%s</versions>\
                <lastUpdated>20260101120000</lastUpdated></versioning></metadata>
                """
                        .formatted(group, artifact, version, version, items);
        write(
                remote.resolve(group.replace('.', '/'))
                        .resolve(artifact)
                        .resolve("maven-metadata.xml"),
                metadata.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    /** Makes the repository unreachable; what is cached stays. */
    public MavenRepositoryOnDisk vanish() {
        try (var files = Files.walk(remote)) {
            for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A zip archive of these entries, in their order. */
    public static byte[] zip(Map<String, byte[]> entries) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                ZipEntry header = new ZipEntry(entry.getKey());
                header.setTimeLocal(MADE);
                zip.putNextEntry(header);
                zip.write(entry.getValue());
                zip.closeEntry();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private Path file(String group, String artifact, String version, String suffix) {
        return remote.resolve(group.replace('.', '/'))
                .resolve(artifact)
                .resolve(version)
                .resolve(artifact + "-" + version + suffix);
    }

    private static void write(Path file, byte[] bytes) {
        try {
            Files.createDirectories(file.getParent());
            Files.write(file, bytes);
            byte[] sha1 = MessageDigest.getInstance("SHA-1").digest(bytes);
            Files.writeString(
                    file.resolveSibling(file.getFileName() + ".sha1"),
                    HexFormat.of().formatHex(sha1));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
