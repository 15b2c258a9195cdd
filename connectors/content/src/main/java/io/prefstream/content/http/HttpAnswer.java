package io.prefstream.content.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * An answer, its body yet to be read. Closing it drops what was not read.
 *
 * <p>The body throws {@link HttpFetchException} when it is too large, too slow or breaks off.
 */
public final class HttpAnswer implements AutoCloseable {

    private final URI uri;
    private final int status;
    private final Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    private final InputStream body;
    private final Runnable release;

    HttpAnswer(
            URI uri, int status, Map<String, String> headers, InputStream body, Runnable release) {
        this.uri = uri;
        this.status = status;
        this.headers.putAll(headers);
        this.body = body;
        this.release = release;
    }

    /** Where it came from, after redirects. */
    public URI uri() {
        return uri;
    }

    public int status() {
        return status;
    }

    /** The first header of this name, upper or lower case. */
    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name));
    }

    /** The decoded body; empty where the status allows none. */
    public InputStream body() {
        return body;
    }

    /** All of the body, which its limit bounds. */
    public byte[] bytes() throws IOException {
        return body.readAllBytes();
    }

    @Override
    public void close() {
        release.run();
    }
}
