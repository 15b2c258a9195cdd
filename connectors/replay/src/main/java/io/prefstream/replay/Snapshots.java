package io.prefstream.replay;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.rocksdb.LogFile;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/** Copies of a RocksDB's folder: written beside its reads and writes, and laid out again. */
final class Snapshots {

    private Snapshots() {}

    /**
     * Writes a consistent copy of what was written to a folder that must not exist. Reads and
     * writes go on meanwhile; nothing is flushed for it, as RocksDB's own checkpoints do, which
     * costs draws their share of the disk and writes their memory. Files that don't change any more
     * are linked, the log that is being written (about a write buffer long) is copied as far as it
     * was: opened, the copy reads it again. In the order of {@code CheckpointImpl}: the logs are
     * listed behind the tables, so that what moves from one to the other is in both.
     *
     * @throws ReplayException if it can't be written
     */
    static void write(RocksDB db, Path folder, Path target) {
        try {
            Files.createDirectories(target.toAbsolutePath().getParent());
            Files.createDirectory(target);
            db.disableFileDeletions();
            try {
                copyLive(db, folder, target);
            } finally {
                db.enableFileDeletions(false);
            }
        } catch (IOException | RocksDBException e) {
            throw new ReplayException(
                    "replay checkpoint can't be written to %s: %s"
                            .formatted(target, e.getMessage()),
                    e);
        }
    }

    /**
     * Lays a snapshot into another folder. Files that never change are linked where the file system
     * can, else copied; the snapshot stays as it is.
     *
     * @throws ReplayException if the folder isn't empty or the snapshot can't be read
     */
    static void layOut(Path checkpoint, Path folder) {
        try {
            refuseUnlessEmpty(folder);
            try (Stream<Path> files = Files.list(checkpoint)) {
                for (Path file : files.toList()) {
                    Path target = folder.resolve(file.getFileName());
                    if (file.toString().endsWith(".sst")) {
                        linkOrCopy(file, target);
                    } else {
                        Files.copy(file, target);
                    }
                }
            }
        } catch (IOException e) {
            throw new ReplayException(
                    "replay checkpoint %s can't be restored to %s: %s"
                            .formatted(checkpoint, folder, e),
                    e);
        }
    }

    /** Refuses a folder that holds something; makes it if it is missing. */
    static void refuseUnlessEmpty(Path folder) throws IOException {
        Files.createDirectories(folder);
        try (Stream<Path> present = Files.list(folder)) {
            if (present.findAny().isPresent()) {
                throw new ReplayException(
                        "folder %s isn't empty: a table can't be restored into it"
                                .formatted(folder));
            }
        }
    }

    private static void linkOrCopy(Path file, Path target) throws IOException {
        try {
            Files.createLink(target, file);
        } catch (UnsupportedOperationException | IOException e) {
            Files.copy(file, target);
        }
    }

    private static void copyLive(RocksDB db, Path folder, Path target)
            throws IOException, RocksDBException {
        RocksDB.LiveFiles live = db.getLiveFiles(false);
        List<LogFile> logs = db.getSortedWalFiles();
        for (String listed : live.files) {
            String name = listed.substring(listed.lastIndexOf('/') + 1);
            Path file = folder.resolve(name);
            if (name.endsWith(".sst")) {
                linkOrCopy(file, target.resolve(name));
            } else if (name.startsWith("MANIFEST-")) {
                copy(file, target.resolve(name), live.manifestFileSize);
                Files.writeString(target.resolve("CURRENT"), name + "\n");
            } else if (!name.equals("CURRENT")) {
                copy(file, target.resolve(name), Files.size(file));
            }
        }
        for (int i = 0; i < logs.size(); i++) {
            LogFile log = logs.get(i);
            String name = log.pathName().substring(log.pathName().lastIndexOf('/') + 1);
            Path file = folder.resolve(name);
            if (i + 1 < logs.size()) {
                linkOrCopy(file, target.resolve(name));
            } else {
                copy(file, target.resolve(name), log.sizeFileBytes());
            }
        }
    }

    private static void copy(Path file, Path target, long bytes) throws IOException {
        try (FileChannel from = FileChannel.open(file, StandardOpenOption.READ);
                FileChannel to =
                        FileChannel.open(
                                target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            long done = 0;
            while (done < bytes) {
                long some = from.transferTo(done, bytes - done, to);
                if (some == 0) {
                    throw new IOException(
                            "%s ends at %,d of %,d bytes".formatted(file, done, bytes));
                }
                done += some;
            }
            to.force(true);
        }
    }
}
