package io.prefstream.feeds.github;

import io.prefstream.feeds.github.HourFiles.HourFile;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import org.jspecify.annotations.Nullable;

/**
 * The lines of an hour's file, one after the other. Gzip members in a row are one text; a file that
 * a server has unpacked on the way is read as it is. Memory: the longest line and two buffers.
 */
final class HourReader implements AutoCloseable {

    /** Longer lines are cut off there, and hence no JSON. */
    static final int MAX_LINE_BYTES = 8 << 20;

    private static final int BUFFER = 1 << 16;

    private final HourFile file;
    private final InputStream in;
    private final byte[] buffer = new byte[BUFFER];
    private int position;
    private int filled;
    private long line;

    private HourReader(HourFile file, InputStream in) {
        this.file = file;
        this.in = in;
    }

    /**
     * Opens a file behind its first lines, and closes it if that fails.
     *
     * @throws IOException if there are fewer, or it is damaged before
     */
    static HourReader open(HourFile file, long behind) throws IOException {
        HourReader reader = null;
        try {
            reader = new HourReader(file, unpacked(file));
            while (reader.line < behind) {
                if (reader.next() == null) {
                    throw new IOException(
                            "%s ends at line %d, but %d were read before"
                                    .formatted(file.path().getFileName(), reader.line, behind));
                }
            }
            return reader;
        } catch (IOException e) {
            if (reader == null) {
                file.close();
            } else {
                reader.close();
            }
            throw e;
        }
    }

    /** Lines so far. */
    long line() {
        return line;
    }

    /**
     * The next line; null at the end.
     *
     * @throws IOException if the file is damaged from here on
     */
    byte @Nullable [] next() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(4_096);
        boolean any = false;
        while (fill()) {
            any = true;
            int from = position;
            while (position < filled && buffer[position] != '\n') {
                position++;
            }
            int room = MAX_LINE_BYTES - bytes.size();
            bytes.write(buffer, from, Math.min(room, position - from));
            if (position < filled) {
                position++; // the line's end
                line++;
                return bytes.toByteArray();
            }
        }
        if (!any) {
            return null;
        }
        line++;
        return bytes.toByteArray();
    }

    @Override
    public void close() throws IOException {
        try (file) {
            in.close();
        }
    }

    /** Whether there is a byte to take. */
    private boolean fill() throws IOException {
        if (position < filled) {
            return true;
        }
        position = 0;
        filled = Math.max(0, in.read(buffer, 0, buffer.length));
        return filled > 0;
    }

    private static InputStream unpacked(HourFile file) throws IOException {
        InputStream raw = new BufferedInputStream(Files.newInputStream(file.path()), BUFFER);
        try {
            raw.mark(2);
            boolean plain = raw.read() != 0x1f || raw.read() != 0x8b;
            raw.reset();
            if (plain && Files.size(file.path()) == 0) {
                throw new IOException(file.path().getFileName() + " is empty");
            }
            return plain ? raw : new GzipMembers(raw);
        } catch (IOException e) {
            raw.close();
            throw e;
        }
    }
}
