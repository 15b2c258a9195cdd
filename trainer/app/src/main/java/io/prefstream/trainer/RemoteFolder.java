package io.prefstream.trainer;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder of a Hadoop file system (S3 as {@code s3a}, HDFS, {@code file}) that holds checkpoints,
 * each of which is there as a whole or not at all: object stores can't rename, so the manifest is
 * written last, and what has none is no checkpoint. Settings and credentials are those of Hadoop
 * ({@code core-site.xml} on the class path or in {@code HADOOP_CONF_DIR}) and, for S3, of the AWS
 * environment.
 */
final class RemoteFolder implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RemoteFolder.class);
    private static final String PROBE = ".prefstream-probe";

    private final URI uri;
    private final FileSystem system;
    private final Path root;

    private RemoteFolder(URI uri, FileSystem system) {
        this.uri = uri;
        this.system = system;
        this.root = new Path(uri);
    }

    /**
     * Opens it; nothing is looked at yet.
     *
     * @param what the option and its value, for messages
     * @throws IllegalArgumentException in one line, if there is no such file system
     */
    static RemoteFolder open(String what, URI uri) {
        if (uri.getScheme() == null || uri.isOpaque()) {
            throw new IllegalArgumentException(
                    "%s is no URI of a file system: expected one such as s3a://bucket/prefix, hdfs://host/path or file:///path"
                            .formatted(what));
        }
        try {
            FileSystem system = FileSystem.newInstance(uri, configuration());
            // Its checksums are in the manifest.
            system.setWriteChecksum(false);
            system.setVerifyChecksum(false);
            return new RemoteFolder(uri, system);
        } catch (IOException | RuntimeException e) {
            throw new IllegalArgumentException("%s can't be used: %s".formatted(what, why(e)), e);
        }
    }

    /**
     * Writes a small file and deletes it.
     *
     * @throws IllegalArgumentException in one line, if that fails
     */
    void checkWritable(String what) {
        Path probe = new Path(root, PROBE);
        try {
            try (OutputStream out = system.create(probe, true)) {
                out.write('\n');
            }
            system.delete(probe, false);
        } catch (IOException | RuntimeException e) {
            throw new IllegalArgumentException(
                    "%s can't be written to: %s".formatted(what, why(e)), e);
        }
    }

    /** Where a checkpoint is. */
    String uri(String name) {
        return at(name).toUri().toString();
    }

    /** Names of the checkpoints in a folder that is there or not, in their order. */
    List<String> whole(String folder) throws IOException {
        return named(folder, true);
    }

    private List<String> named(String folder, boolean withManifest) throws IOException {
        FileStatus[] entries;
        try {
            entries = system.listStatus(at(folder));
        } catch (FileNotFoundException e) {
            return List.of();
        }
        List<String> names = new ArrayList<>();
        for (FileStatus entry : entries) {
            String name = entry.getPath().getName();
            if (entry.isDirectory() && manifest(folder + "/" + name).isPresent() == withManifest) {
                names.add(name);
            }
        }
        Collections.sort(names);
        return names;
    }

    /** The manifest's text, empty if there is none. */
    Optional<String> manifest(String name) throws IOException {
        return text(name, Manifest.NAME);
    }

    /** The text of a checkpoint's file, empty if there is none. */
    Optional<String> text(String name, String file) throws IOException {
        try (InputStream in = system.open(new Path(at(name), file))) {
            return Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (FileNotFoundException e) {
            return Optional.empty();
        }
    }

    /**
     * Copies a sealed folder there, unless the same is there already.
     *
     * @throws IOException if it fails: what is there then has no manifest
     */
    void put(String name, java.nio.file.Path sealed) throws IOException {
        String manifest = Files.readString(sealed.resolve(Manifest.NAME));
        Optional<String> there = manifest(name);
        if (there.isPresent() && there.get().equals(manifest)) {
            return;
        }
        Path target = at(name);
        if (there.isPresent()) {
            system.delete(new Path(target, Manifest.NAME), false);
        }
        for (Manifest.Entry file : Manifest.parse(manifest).files()) {
            try (InputStream in = Files.newInputStream(sealed.resolve(file.name()));
                    OutputStream out = system.create(new Path(target, file.name()), true)) {
                in.transferTo(out);
            }
        }
        try (OutputStream out = system.create(new Path(target, Manifest.NAME), true)) {
            out.write(manifest.getBytes(StandardCharsets.UTF_8));
        }
    }

    /**
     * Copies a checkpoint into an empty local folder, its manifest last.
     *
     * @return what isn't as it was written, if something isn't
     * @throws IOException if there is none or it can't be read
     */
    Optional<String> get(String name, java.nio.file.Path into) throws IOException {
        String manifest =
                manifest(name)
                        .orElseThrow(
                                () ->
                                        new FileNotFoundException(
                                                "%s is no checkpoint: it has no %s"
                                                        .formatted(uri(name), Manifest.NAME)));
        Manifest listed;
        try {
            listed = Manifest.parse(manifest);
        } catch (IOException e) {
            return Optional.of(Manifest.NAME + " can't be read: " + e.getMessage());
        }
        for (Manifest.Entry file : listed.files()) {
            java.nio.file.Path target = into.resolve(file.name()).normalize();
            if (!target.startsWith(into)) {
                return Optional.of(file.name() + " is outside its folder");
            }
            Files.createDirectories(target.getParent());
            try (InputStream in = system.open(new Path(at(name), file.name()))) {
                Files.copy(in, target);
            } catch (FileNotFoundException e) {
                return Optional.of(file.name() + " is missing");
            }
        }
        Files.writeString(into.resolve(Manifest.NAME), manifest);
        return Manifest.problem(into);
    }

    /** Deletes the checkpoints of a folder that aren't to be kept. Returns what it deleted. */
    List<String> retain(String folder, Retention retention) throws IOException {
        List<String> old = retention.superfluous(whole(folder));
        for (String name : old) {
            Path path = at(folder + "/" + name);
            // First the manifest: half a checkpoint is none.
            system.delete(new Path(path, Manifest.NAME), false);
            system.delete(path, true);
        }
        return old;
    }

    /**
     * Deletes what is older than the newest checkpoint of a folder and has no manifest: copies and
     * deletions that never ended. Nobody may be copying meanwhile. Returns what it deleted.
     */
    List<String> removeAborted(String folder) throws IOException {
        List<String> whole = whole(folder);
        List<String> removed = new ArrayList<>();
        for (String name : named(folder, false)) {
            if (name.startsWith(Retention.STEP)
                    && !whole.isEmpty()
                    && name.compareTo(whole.get(whole.size() - 1)) < 0) {
                system.delete(at(folder + "/" + name), true);
                removed.add(name);
            }
        }
        return removed;
    }

    @Override
    public void close() {
        try {
            system.close();
        } catch (IOException e) {
            LOG.debug("{} didn't close", uri, e);
        }
    }

    @Override
    public String toString() {
        return uri.toString();
    }

    /** What went wrong, in one line: the innermost cause knows best. */
    static String why(Throwable failure) {
        Throwable innermost = failure;
        while (innermost.getCause() != null) {
            innermost = innermost.getCause();
        }
        String line = String.valueOf(innermost.getMessage()).lines().findFirst().orElse("");
        if (innermost instanceof UnknownHostException) {
            return "unknown host " + line;
        }
        return innermost instanceof ClassNotFoundException ? "no class " + line : line;
    }

    private Path at(String name) {
        return name.isEmpty() ? root : new Path(root, name);
    }

    /** Hadoop's settings; where they are its defaults it tries for seconds, not for minutes. */
    private static Configuration configuration() {
        Configuration configuration = new Configuration();
        String folder = System.getenv("HADOOP_CONF_DIR");
        if (folder != null) {
            configuration.addResource(new Path(folder, "core-site.xml"));
            configuration.addResource(new Path(folder, "hdfs-site.xml"));
        }
        unlessSet(configuration, "fs.s3a.attempts.maximum", "3");
        unlessSet(configuration, "fs.s3a.retry.limit", "2");
        unlessSet(configuration, "fs.s3a.connection.establish.timeout", "5s");
        unlessSet(configuration, "ipc.client.connect.max.retries", "3");
        unlessSet(configuration, "ipc.client.connect.timeout", "5000");
        return configuration;
    }

    private static void unlessSet(Configuration configuration, String name, String value) {
        String[] sources = configuration.getPropertySources(name);
        if (sources == null
                || sources.length == 0
                || sources[sources.length - 1].endsWith("-default.xml")) {
            configuration.set(name, value);
        }
    }
}
