package io.prefstream.feeds.github;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** The lines of an hour's file, one after the other; gzip members in a row are one text. */
final class HourReader implements AutoCloseable {

    /** Longer lines are cut off there, and hence no JSON. */
    private static final int MAX_LINE_BYTES = 8 << 20;

    private final InputStream in;
    private long line;

    private HourReader(InputStream in) {
        this.in = in;
    }

    /**
     * Opens a file behind its first lines.
     *
     * @throws IOException if there are fewer, or it is no gzip
     */
    static HourReader open(Path file, long behind) throws IOException {
        InputStream raw = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
        try {
            HourReader reader =
                    new HourReader(new BufferedInputStream(new GZIPInputStream(raw, 1 << 16)));
            while (reader.line < behind) {
                if (reader.next() == null) {
                    throw new IOException(
                            "%s ends at line %d, but %d were read before"
                                    .formatted(file.getFileName(), reader.line, behind));
                }
            }
            return reader;
        } catch (IOException e) {
            raw.close();
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
    @Nullable String next() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(4_096);
        int next = in.read();
        if (next < 0) {
            return null;
        }
        while (next >= 0 && next != '\n') {
            if (bytes.size() < MAX_LINE_BYTES) {
                bytes.write(next);
            }
            next = in.read();
        }
        line++;
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
