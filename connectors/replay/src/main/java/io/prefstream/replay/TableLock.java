package io.prefstream.replay;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a reshard of a table holds alone, and those share who open one of its buffers, until they
 * have it open and RocksDB's own lock keeps others from it.
 *
 * <p>It is the system's, so it is gone with the process. Its file stays: to delete it would part
 * those who have it open already from those who come.
 *
 * @param file beside the table's folder
 * @param table for messages
 */
record TableLock(Path file, Path table) {

    /**
     * Does something that no other process does, or opens, meanwhile.
     *
     * @throws ReplayException if one does
     */
    <T> T alone(Supplier<T> work) {
        try (FileChannel channel = FileChannel.open(file, CREATE, WRITE)) {
            if (!held(channel, false)) {
                throw new ReplayException(
                        "a reshard of %s is under way, or somebody is opening it".formatted(table));
            }
            return work.get();
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /**
     * Does something that others may do meanwhile, but not {@link #alone}.
     *
     * @throws ReplayException if one does that
     */
    <T> T shared(Supplier<T> work) {
        try (FileChannel channel = sharing()) {
            if (channel != null && !held(channel, true)) {
                throw new ReplayException("a reshard of %s is under way".formatted(table));
            }
            return work.get();
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /** Null where no file can be made: nobody renames anything there either. */
    private @Nullable FileChannel sharing() throws IOException {
        try {
            Files.createFile(file);
        } catch (FileAlreadyExistsException e) {
            // By whoever came first.
        } catch (IOException e) {
            return null;
        }
        return FileChannel.open(file, READ);
    }

    private static boolean held(FileChannel channel, boolean shared) throws IOException {
        try {
            return channel.tryLock(0, Long.MAX_VALUE, shared) != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    private ReplayException failed(IOException e) {
        return new ReplayException("file %s failed: %s".formatted(file, e), e);
    }
}
