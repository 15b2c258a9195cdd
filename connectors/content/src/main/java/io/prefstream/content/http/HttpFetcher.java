package io.prefstream.content.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.zip.GZIPInputStream;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.util.Timeout;

/**
 * Gets what a URL names, and no more than allowed.
 *
 * <p>Every hop is checked: scheme and host by {@link HttpAccess}, the address by the very look-up
 * that the connection is made with, so that a name that changes its mind between check and use
 * gains nothing. Redirects are followed here, never from https to http; credentials go to the host
 * they were meant for alone. Proxies of the system are not used. Thread-safe.
 */
public final class HttpFetcher implements AutoCloseable {

    private static final int MAX_HEADERS = 200;
    private static final int MAX_HEADER_LINE = 16 * 1024;
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
    private static final Set<String> CREDENTIALS = Set.of("authorization", "cookie");

    private final HttpAccess access;
    private final LongSupplier nanoTime;
    private final CloseableHttpClient client;
    private final ScheduledThreadPoolExecutor watchdog;

    private HttpFetcher(HttpAccess access, LongSupplier nanoTime) {
        this.access = access;
        this.nanoTime = nanoTime;
        this.client = client(access);
        this.watchdog =
                new ScheduledThreadPoolExecutor(
                        1,
                        task -> {
                            Thread thread = new Thread(task, "http-deadline");
                            thread.setDaemon(true);
                            return thread;
                        });
        watchdog.setRemoveOnCancelPolicy(true);
    }

    public static HttpFetcher open(HttpAccess access) {
        return new HttpFetcher(access, System::nanoTime);
    }

    /** For tests: the clock of the rate limit is theirs. */
    static HttpFetcher open(HttpAccess access, LongSupplier nanoTime) {
        return new HttpFetcher(access, nanoTime);
    }

    /**
     * Asks for a URL.
     *
     * @param headers of the request
     * @param maxBytes most bytes of the body, as it travels and decoded
     * @return the answer, whatever its status but a redirect; to be closed
     * @throws HttpFetchException if there is none, or it must not be asked
     */
    public HttpAnswer get(URI uri, Map<String, String> headers, long maxBytes)
            throws HttpFetchException {
        long deadline = System.nanoTime() + access.deadline().toNanos();
        Map<String, String> sent = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        sent.putAll(headers);
        URI at = uri;
        for (int hop = 0; hop <= access.maxRedirects(); hop++) {
            access.require(at);
            HttpAnswer answer = ask(at, sent, maxBytes, deadline);
            String location = answer.header("Location").orElse(null);
            if (!REDIRECTS.contains(answer.status()) || location == null) {
                return answer;
            }
            answer.close();
            URI next = resolve(at, location);
            if ("https".equalsIgnoreCase(at.getScheme())
                    && !"https".equalsIgnoreCase(next.getScheme())) {
                throw HttpFetchException.refused(next, "a redirect from https to it");
            }
            if (!sameServer(at, next)) {
                sent.keySet().removeIf(name -> CREDENTIALS.contains(name.toLowerCase(Locale.ROOT)));
            }
            at = next;
        }
        throw HttpFetchException.refused(
                uri, "more than maxRedirects=%d redirects".formatted(access.maxRedirects()));
    }

    @Override
    public void close() {
        watchdog.shutdownNow();
        try {
            client.close();
        } catch (IOException e) {
            throw new IllegalStateException("closing a client of the web failed", e);
        }
    }

    private HttpAnswer ask(URI uri, Map<String, String> headers, long maxBytes, long deadline)
            throws HttpFetchException {
        HttpGet request = new HttpGet(uri);
        headers.forEach(request::setHeader);
        request.setHeader("Accept-Encoding", "gzip");
        AtomicBoolean late = new AtomicBoolean();
        ScheduledFuture<?> alarm =
                watchdog.schedule(
                        () -> {
                            late.set(true);
                            request.cancel();
                        },
                        deadline - System.nanoTime(),
                        TimeUnit.NANOSECONDS);
        ClassicHttpResponse response;
        try {
            response = client.executeOpen(null, request, null);
        } catch (RefusedAddressException e) {
            alarm.cancel(false);
            throw HttpFetchException.refused(uri, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            alarm.cancel(false);
            throw late.get() ? tookTooLong(uri) : HttpFetchException.unreachable(uri, e);
        }
        Runnable release =
                () -> {
                    alarm.cancel(false);
                    request.cancel(); // without it, what is left of the body would be read
                    try {
                        response.close();
                    } catch (IOException e) {
                        // The connection is gone, which is what was wanted.
                    }
                };
        try {
            InputStream body = body(response, uri, maxBytes, late);
            return new HttpAnswer(uri, response.getCode(), headersOf(response), body, release);
        } catch (HttpFetchException e) {
            release.run();
            throw e;
        } catch (IOException e) {
            release.run();
            throw late.get() ? tookTooLong(uri) : HttpFetchException.unreachable(uri, e);
        }
    }

    private InputStream body(
            ClassicHttpResponse response, URI uri, long maxBytes, AtomicBoolean late)
            throws IOException {
        HttpEntity entity = response.getEntity();
        if (entity == null) {
            return InputStream.nullInputStream();
        }
        InputStream raw = new LateBody(entity.getContent(), () -> tookTooLong(uri), late);
        InputStream bounded = new BoundedBody(raw, uri, access, maxBytes, nanoTime);
        Header encoding = response.getFirstHeader("Content-Encoding");
        return encoding != null && encoding.getValue().equalsIgnoreCase("gzip")
                ? new BoundedBody(new GZIPInputStream(bounded), uri, access, maxBytes, nanoTime)
                : bounded;
    }

    private HttpFetchException tookTooLong(URI uri) {
        return HttpFetchException.timeout(
                uri, "took longer than deadline=%s".formatted(shown(access.deadline())));
    }

    private static String shown(Duration duration) {
        return duration.toMillis() % 1_000 == 0
                ? duration.toSeconds() + " s"
                : duration.toMillis() + " ms";
    }

    private static Map<String, String> headersOf(ClassicHttpResponse response) {
        Map<String, String> headers = new HashMap<>();
        for (Header header : response.getHeaders()) {
            headers.putIfAbsent(header.getName().toLowerCase(Locale.ROOT), header.getValue());
        }
        return headers;
    }

    private static URI resolve(URI at, String location) throws HttpFetchException {
        try {
            return at.resolve(location);
        } catch (IllegalArgumentException e) {
            throw HttpFetchException.refused(at, "it redirects to what is no URL");
        }
    }

    private static boolean sameServer(URI a, URI b) {
        return Objects.equals(a.getScheme(), b.getScheme())
                && Objects.equals(a.getHost(), b.getHost())
                && a.getPort() == b.getPort();
    }

    private static CloseableHttpClient client(HttpAccess access) {
        Timeout connect = Timeout.of(access.connectTimeout());
        Timeout silence = Timeout.of(access.deadline());
        return HttpClients.custom()
                .setConnectionManager(
                        PoolingHttpClientConnectionManagerBuilder.create()
                                .setDnsResolver(new CheckedAddresses(access))
                                .setDefaultConnectionConfig(
                                        ConnectionConfig.custom()
                                                .setConnectTimeout(connect)
                                                .setSocketTimeout(silence)
                                                .build())
                                .setDefaultSocketConfig(
                                        SocketConfig.custom().setSoTimeout(silence).build())
                                .setConnectionFactory(
                                        ManagedHttpClientConnectionFactory.builder()
                                                .http1Config(
                                                        Http1Config.custom()
                                                                .setMaxHeaderCount(MAX_HEADERS)
                                                                .setMaxLineLength(MAX_HEADER_LINE)
                                                                .build())
                                                .build())
                                .setMaxConnPerRoute(8)
                                .setMaxConnTotal(64)
                                .build())
                .setDefaultRequestConfig(
                        RequestConfig.custom().setConnectionRequestTimeout(silence).build())
                .setUserAgent(access.userAgent())
                .disableRedirectHandling()
                .disableContentCompression()
                .disableCookieManagement()
                .disableAuthCaching()
                .disableAutomaticRetries()
                .build();
    }

    /** A name led to an address that must not be asked. */
    private static final class RefusedAddressException extends UnknownHostException {
        private static final long serialVersionUID = 1L;

        RefusedAddressException(String message) {
            super(message);
        }
    }

    /** Looks up names; the addresses it gives are the ones that are connected to. */
    private record CheckedAddresses(HttpAccess access) implements DnsResolver {

        @Override
        public InetAddress[] resolve(String host) throws UnknownHostException {
            InetAddress[] addresses = SystemDefaultDnsResolver.INSTANCE.resolve(host);
            if (!access.allowPrivateAddresses()) {
                for (InetAddress address : addresses) {
                    if (!PublicAddresses.contains(address)) {
                        throw new RefusedAddressException(
                                "%s leads to %s, which is not on the public internet"
                                        .formatted(host, address.getHostAddress()));
                    }
                }
            }
            return addresses;
        }

        @Override
        public String resolveCanonicalHostname(String host) throws UnknownHostException {
            return SystemDefaultDnsResolver.INSTANCE.resolveCanonicalHostname(host);
        }
    }
}
