package io.prefstream.content.git;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One holder at a time over all threads and processes, held until closed. */
record FolderLock(FileChannel channel, FileLock lock) implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(50);

    /**
     * Waits for the lock.
     *
     * @throws IOException if another holds it for longer than the timeout
     */
    static FolderLock take(Path file, Duration timeout) throws IOException {
        long deadline = System.nanoTime() + timeout.toNanos();
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            while (true) {
                FileLock lock = tryLock(channel);
                if (lock != null) {
                    return new FolderLock(channel, lock);
                }
                if (System.nanoTime() - deadline >= 0) {
                    throw new IOException("another process holds " + file);
                }
                Thread.sleep(POLL.toMillis());
            }
        } catch (InterruptedException e) {
            channel.close();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for " + file, e);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null; // held by another thread of this process
        }
    }

    /** Fails if the lock was lost, which only a broken file system does. */
    void requireHeld() throws IOException {
        if (!lock.isValid()) {
            throw new IOException("the lock on the git cache was lost");
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
