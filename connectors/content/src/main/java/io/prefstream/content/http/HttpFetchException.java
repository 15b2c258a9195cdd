package io.prefstream.content.http;

import java.io.IOException;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * Why the web gave no answer, or not all of it. Names the URL without user, password and query,
 * which may be secrets.
 */
public final class HttpFetchException extends IOException {

    private static final long serialVersionUID = 1L;

    /** What went wrong. */
    public enum Why {
        /** It must not be asked: scheme, host, address or redirect. */
        REFUSED,
        /** It did not answer, or broke off. */
        UNREACHABLE,
        /** It took too long, or came too slowly. */
        TIMEOUT,
        /** It is larger than allowed. */
        TOO_LARGE
    }

    private final Why why;

    private HttpFetchException(Why why, URI uri, String detail, @Nullable Throwable cause) {
        super(shown(uri) + ": " + detail, cause);
        this.why = why;
    }

    public Why why() {
        return why;
    }

    /** The URL as it may be written down. */
    public static String shown(URI uri) {
        return uri.getScheme()
                + "://"
                + uri.getHost()
                + (uri.getPort() < 0 ? "" : ":" + uri.getPort())
                + (uri.getRawPath() == null ? "" : uri.getRawPath());
    }

    static HttpFetchException refused(URI uri, String detail) {
        return new HttpFetchException(Why.REFUSED, uri, "may not be asked: " + detail, null);
    }

    static HttpFetchException unreachable(URI uri, IOException cause) {
        String message = cause.getMessage();
        return new HttpFetchException(
                Why.UNREACHABLE,
                uri,
                message == null ? cause.getClass().getSimpleName() : message,
                cause);
    }

    static HttpFetchException timeout(URI uri, String detail) {
        return new HttpFetchException(Why.TIMEOUT, uri, detail, null);
    }

    static HttpFetchException tooLarge(URI uri, long maxBytes) {
        return new HttpFetchException(
                Why.TOO_LARGE, uri, "more than %,d bytes".formatted(maxBytes), null);
    }
}
