package io.prefstream.content.git;

import io.prefstream.content.http.HttpConnections;
import java.io.Serializable;
import java.net.URI;
import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which remotes may be asked, and how much of them is kept.
 *
 * @param anyAddress whether a remote may be on a private network
 * @param trustedHosts hosts that may, since the user has named them
 * @param cacheBytes most bytes of the cache; what was not used longest goes first
 */
public record GitAccess(boolean anyAddress, Set<String> trustedHosts, long cacheBytes)
        implements Serializable {

    /** 10 GiB. */
    public static final long DEFAULT_CACHE_BYTES = 10L << 30;

    /** Whatever the caller names. */
    public static final GitAccess ANY = new GitAccess(true, Set.of(), DEFAULT_CACHE_BYTES);

    public GitAccess {
        trustedHosts = Set.copyOf(trustedHosts);
        if (cacheBytes < 1) {
            throw new IllegalArgumentException("cacheBytes must be positive, got " + cacheBytes);
        }
    }

    /**
     * Remotes on the public internet, and those on the hosts of these addresses.
     *
     * @param named paths and URLs that the user has named
     */
    public static GitAccess toPublicAnd(Collection<String> named, long cacheBytes) {
        Set<String> hosts = new TreeSet<>();
        for (String address : named) {
            if (!GitAddress.isLocal(address)) {
                hosts.add(host(address));
            }
        }
        return new GitAccess(false, hosts, cacheBytes);
    }

    /**
     * Makes sure that a host may be asked.
     *
     * @throws GitUnavailableException if it leads to a private network
     */
    void require(String address, String host) throws GitUnavailableException {
        if (anyAddress || trustedHosts.contains(host.toLowerCase(Locale.ROOT))) {
            return;
        }
        String refusal = HttpConnections.refusal(host);
        if (refusal != null) {
            throw new GitUnavailableException(
                    GitUnavailableException.Cause.UNSUPPORTED,
                    address + " may not be asked: " + refusal,
                    null);
        }
    }

    static String host(String address) {
        try {
            return String.valueOf(URI.create(address).getHost()).toLowerCase(Locale.ROOT);
        } catch (IllegalArgumentException e) {
            return "";
        }
    }
}
