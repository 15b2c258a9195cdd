package io.prefstream.feeds.github;

import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;

/**
 * Gzip members in a row, up to the last byte: the JDK's stream takes whatever follows a member and
 * is none for the end, so that a damaged member would be lost without a word. Each read gives what
 * there is, so that damage costs none of what is before it.
 */
final class GzipMembers extends GZIPInputStream {

    private static final int BUFFER = 1 << 16;

    /** Checksum and length behind each member. */
    private static final int TRAILER = 8;

    GzipMembers(InputStream raw) throws IOException {
        super(raw, BUFFER);
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        int read = super.read(into, offset, length);
        if (read < 0 && (inf.getRemaining() > TRAILER || in.read() >= 0)) {
            throw new IOException("what follows its last gzip member is none");
        }
        return read;
    }
}
