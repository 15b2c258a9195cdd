package io.prefstream.content.http;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.function.LongSupplier;

/** A body that gives no more bytes than allowed, and not too slowly. */
final class BoundedBody extends FilterInputStream {

    private static final long NANOS = 1_000_000_000L;

    private final URI uri;
    private final HttpAccess access;
    private final long maxBytes;
    private final LongSupplier nanoTime;
    private final long begin;
    private long bytes;

    BoundedBody(InputStream in, URI uri, HttpAccess access, long maxBytes, LongSupplier nanoTime) {
        super(in);
        this.uri = uri;
        this.access = access;
        this.maxBytes = maxBytes;
        this.nanoTime = nanoTime;
        this.begin = nanoTime.getAsLong();
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        int read = read(one, 0, 1);
        return read < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        // One byte more than allowed, to tell a body that ends there from one that goes on.
        int most = (int) Math.min(length, maxBytes - bytes + 1);
        int read;
        try {
            read = in.read(into, offset, most);
        } catch (HttpFetchException e) {
            throw e;
        } catch (IOException e) {
            throw HttpFetchException.unreachable(uri, e);
        }
        if (read < 0) {
            return -1;
        }
        bytes += read;
        if (bytes > maxBytes) {
            throw HttpFetchException.tooLarge(uri, maxBytes);
        }
        long elapsed = elapsed();
        if (elapsed > access.grace().toNanos()
                && bytes < access.minBytesPerSecond() * (double) elapsed / NANOS) {
            throw HttpFetchException.timeout(
                    uri,
                    "%,d bytes in %d s are below %,d bytes a second"
                            .formatted(bytes, elapsed / NANOS, access.minBytesPerSecond()));
        }
        return read;
    }

    @Override
    public long skip(long count) throws IOException {
        long left = count;
        byte[] dropped = new byte[8_192];
        while (left > 0) {
            int read = read(dropped, 0, (int) Math.min(left, dropped.length));
            if (read < 0) {
                break;
            }
            left -= read;
        }
        return count - left;
    }

    @Override
    public boolean markSupported() {
        return false;
    }

    private long elapsed() {
        return nanoTime.getAsLong() - begin;
    }
}
