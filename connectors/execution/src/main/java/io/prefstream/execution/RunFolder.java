package io.prefstream.execution;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The folder of one run: the files that a command finds ({@code in}), and what {@code enter.sh}
 * mounts its own /tmp and root on. Gone once it is closed.
 */
final class RunFolder implements AutoCloseable {

    private final Path path;

    private RunFolder(Path path) {
        this.path = path;
    }

    /**
     * @param files by relative path
     * @param owner who it is given to where this process is root; negative for nobody
     * @throws SandboxException if it can't be given away
     */
    static RunFolder create(Map<String, byte[]> files, int owner) throws IOException {
        RunFolder folder = new RunFolder(Files.createTempDirectory("prefstream-sandbox-"));
        try {
            folder.fill(files, owner);
            return folder;
        } catch (IOException | RuntimeException e) {
            folder.close();
            throw e;
        }
    }

    Path path() {
        return path;
    }

    /** Whether {@code enter.sh} came as far as the command. */
    boolean started() {
        return Files.exists(path.resolve("started"));
    }

    @Override
    public void close() throws IOException {
        delete(path);
    }

    private void fill(Map<String, byte[]> files, int owner) throws IOException {
        Path in = Files.createDirectory(path.resolve("in"));
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            Path target = in.resolve(file.getKey());
            Files.createDirectories(target.getParent());
            Files.write(target, file.getValue());
        }
        List<Path> its = new ArrayList<>(List.of(path));
        for (String folder : List.of("tmp", "root")) {
            its.add(Files.createDirectory(path.resolve(folder)));
        }
        if (owner >= 0) {
            giveAway(its, owner);
        }
    }

    private static void giveAway(List<Path> folders, int owner) throws SandboxException {
        try {
            for (Path folder : folders) {
                Files.setAttribute(folder, "unix:uid", owner);
                Files.setAttribute(folder, "unix:gid", owner);
            }
        } catch (IOException e) {
            throw new SandboxException(
                    "root can't act for user %d here: %s".formatted(owner, e.getMessage()), e);
        }
    }

    private static void delete(Path path) throws IOException {
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
            List<Path> children;
            try (Stream<Path> list = Files.list(path)) {
                children = list.sorted(Comparator.naturalOrder()).toList();
            }
            for (Path child : children) {
                delete(child);
            }
        }
        Files.deleteIfExists(path);
    }
}
