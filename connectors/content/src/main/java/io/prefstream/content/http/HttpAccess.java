package io.prefstream.content.http;

import java.io.Serializable;
import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * Whom we may ask, and for how long.
 *
 * @param schemes allowed schemes, lower case
 * @param hosts allowed hosts: a name, {@code *.example.org} for all below it, {@code *} for any
 * @param allowPrivateAddresses whether a name may lead to an address that is not on the public
 *     internet: this machine, its network, a cloud's metadata service
 * @param connectTimeout most time to connect
 * @param deadline most time for a whole answer, redirects and body included
 * @param minBytesPerSecond a body that is slower on average, once a grace period is over, is given
 *     up
 * @param grace time before the rate is looked at
 * @param maxRedirects most redirects that are followed
 * @param userAgent what we say we are
 */
public record HttpAccess(
        Set<String> schemes,
        Set<String> hosts,
        boolean allowPrivateAddresses,
        Duration connectTimeout,
        Duration deadline,
        long minBytesPerSecond,
        Duration grace,
        int maxRedirects,
        String userAgent)
        implements Serializable {

    private static final String ANY = "*";

    public HttpAccess {
        schemes = lowerCase(schemes);
        hosts = lowerCase(hosts);
        if (!Set.of("http", "https").containsAll(schemes) || schemes.isEmpty()) {
            throw new IllegalArgumentException("schemes must be of http and https, got " + schemes);
        }
        if (hosts.isEmpty()) {
            throw new IllegalArgumentException("no host may be asked; * allows any");
        }
        requirePositive("connectTimeout", connectTimeout);
        requirePositive("deadline", deadline);
        if (minBytesPerSecond < 0 || grace.isNegative() || maxRedirects < 0) {
            throw new IllegalArgumentException(
                    "minBytesPerSecond=%d, grace=%s and maxRedirects=%d must not be negative"
                            .formatted(minBytesPerSecond, grace, maxRedirects));
        }
    }

    /** Https alone, public addresses, two minutes, 1 kB/s after ten seconds, five redirects. */
    public static HttpAccess to(Collection<String> hosts) {
        return new HttpAccess(
                Set.of("https"),
                Set.copyOf(hosts),
                false,
                Duration.ofSeconds(10),
                Duration.ofMinutes(2),
                1_000,
                Duration.ofSeconds(10),
                5,
                "prefstream");
    }

    public HttpAccess withPrivateAddresses(boolean allowed) {
        return new HttpAccess(
                allowed ? Set.of("http", "https") : schemes,
                hosts,
                allowed,
                connectTimeout,
                deadline,
                minBytesPerSecond,
                grace,
                maxRedirects,
                userAgent);
    }

    public HttpAccess withDeadline(Duration newDeadline) {
        return new HttpAccess(
                schemes,
                hosts,
                allowPrivateAddresses,
                connectTimeout,
                newDeadline,
                minBytesPerSecond,
                grace,
                maxRedirects,
                userAgent);
    }

    /**
     * Makes sure that a URL may be asked, as far as it can be seen without asking.
     *
     * @throws HttpFetchException if not
     */
    void require(URI uri) throws HttpFetchException {
        String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
        if (!schemes.contains(scheme)) {
            throw HttpFetchException.refused(
                    uri, "scheme %s is none of %s".formatted(scheme, schemes));
        }
        if (uri.getUserInfo() != null) {
            throw HttpFetchException.refused(uri, "it holds a user or password");
        }
        String host = uri.getHost();
        if (host == null || !allows(host)) {
            throw HttpFetchException.refused(uri, "host %s is none of %s".formatted(host, hosts));
        }
    }

    private boolean allows(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        return hosts.contains(ANY)
                || hosts.contains(name)
                || hosts.stream()
                        .filter(pattern -> pattern.startsWith("*."))
                        .anyMatch(pattern -> name.endsWith(pattern.substring(1)));
    }

    private static Set<String> lowerCase(Set<String> names) {
        Set<String> lower = new TreeSet<>();
        names.forEach(name -> lower.add(name.toLowerCase(Locale.ROOT)));
        return lower;
    }

    private static void requirePositive(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(name + " must be positive, got " + value);
        }
    }
}
