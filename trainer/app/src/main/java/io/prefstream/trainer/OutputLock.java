package io.prefstream.trainer;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An output folder that one trainer works in: another one would delete its table. The lock is the
 * system's, so it is gone with the process, however that ends.
 */
final class OutputLock implements AutoCloseable {

    private static final String NAME = ".lock";

    private final Path out;
    private final boolean made;
    private final FileChannel channel;

    private OutputLock(Path out, boolean made, FileChannel channel) {
        this.out = out;
        this.made = made;
        this.channel = channel;
    }

    /**
     * Makes the folder if it isn't there, and locks it.
     *
     * @throws IOException in one line, if another trainer is at work in it
     */
    static OutputLock hold(Path out) throws IOException {
        while (true) {
            boolean made = !Files.exists(out);
            Files.createDirectories(out);
            Path file = out.resolve(NAME);
            FileChannel channel =
                    FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (lock(channel) == null) {
                channel.close();
                throw new IOException(
                        "out=%s: another trainer is at work in it; wait for it, or give another out"
                                .formatted(out));
            }
            if (Files.exists(file)) {
                return new OutputLock(out, made, channel);
            }
            // Who had it before has just deleted it.
            channel.close();
        }
    }

    private static @Nullable FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    /** Unlocks the folder; one that was made for a run that was refused is gone again. */
    @Override
    public void close() throws IOException {
        try (channel) {
            if (made && holdsNothing()) {
                Files.delete(out.resolve(NAME));
                Files.delete(out);
            }
        }
    }

    private boolean holdsNothing() throws IOException {
        try (Stream<Path> files = Files.list(out)) {
            return files.map(CheckpointFolder::nameOf).toList().equals(List.of(NAME));
        }
    }
}
