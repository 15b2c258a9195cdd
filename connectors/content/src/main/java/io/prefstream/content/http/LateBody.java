package io.prefstream.content.http;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/** Tells a connection that we cut at the deadline from one that the other side broke off. */
final class LateBody extends FilterInputStream {

    private final Supplier<HttpFetchException> timeout;
    private final AtomicBoolean late;

    LateBody(InputStream in, Supplier<HttpFetchException> timeout, AtomicBoolean late) {
        super(in);
        this.timeout = timeout;
        this.late = late;
    }

    @Override
    public int read() throws IOException {
        try {
            return in.read();
        } catch (IOException e) {
            throw late.get() ? timeout.get() : e;
        }
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        try {
            return in.read(into, offset, length);
        } catch (IOException e) {
            throw late.get() ? timeout.get() : e;
        }
    }
}
