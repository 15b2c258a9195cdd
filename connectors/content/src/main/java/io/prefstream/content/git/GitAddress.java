package io.prefstream.content.git;

import io.prefstream.content.git.GitUnavailableException.Cause;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;

/**
 * What the address of a git repository means: a folder of this machine (a path or {@code file://}
 * URL) or a remote ({@code https://}, {@code http://}, {@code git://}).
 *
 * <p>Addresses travel on topics, so one that carries a user or password is refused: a lone user
 * name may be a token.
 */
public final class GitAddress {

    private static final Set<String> REMOTE_SCHEMES = Set.of("https", "http", "git");

    private GitAddress() {}

    /** Whether this address names a folder of this machine. */
    public static boolean isLocal(String address) {
        return address.startsWith("file:") || !address.matches("^[A-Za-z][A-Za-z0-9+.-]+://.*");
    }

    /**
     * The name that records carry: one per repository, however it was typed. Local ones become
     * {@code file://} URLs of the absolute path; remote ones lose a trailing {@code .git} or slash.
     *
     * @throws IllegalArgumentException if the address cannot be understood
     */
    public static String canonicalName(String address) {
        if (isLocal(address)) {
            String path = localPath(address).toAbsolutePath().normalize().toString();
            return "file://" + path.replace('\\', '/');
        }
        URI uri = remoteUri(address);
        String path = uri.getPath() == null ? "" : uri.getPath();
        String bare = path.replaceAll("/+$", "").replaceAll("\\.git$", "");
        String host = String.valueOf(uri.getHost()).toLowerCase(Locale.ROOT);
        return uri.getScheme().toLowerCase(Locale.ROOT)
                + "://"
                + host
                + (uri.getPort() < 0 ? "" : ":" + uri.getPort())
                + bare;
    }

    /**
     * The folder of a local address.
     *
     * @throws IllegalArgumentException if it is no path
     */
    static Path localPath(String address) {
        try {
            if (!address.startsWith("file:")) {
                return Path.of(address);
            }
            String path = address.substring("file:".length());
            return Path.of(path.startsWith("//") ? path.substring(2) : path);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("not a path: " + address, e);
        }
    }

    /** Refuses a remote address that cannot or must not be used; says so in one line. */
    static void requireUsableRemote(String address) throws GitUnavailableException {
        URI uri;
        try {
            uri = remoteUri(address);
        } catch (IllegalArgumentException e) {
            throw new GitUnavailableException(Cause.UNSUPPORTED, "not a git URL: " + address, e);
        }
        if (!REMOTE_SCHEMES.contains(uri.getScheme().toLowerCase(Locale.ROOT))) {
            throw new GitUnavailableException(
                    Cause.UNSUPPORTED,
                    "git addresses may be a path, file://, https://, http:// or git://, got "
                            + uri.getScheme()
                            + "://",
                    null);
        }
        if (uri.getUserInfo() != null) {
            throw new GitUnavailableException(
                    Cause.UNSUPPORTED,
                    "the address of "
                            + uri.getHost()
                            + uri.getPath()
                            + " holds a user or password; put both into ~/.netrc",
                    null);
        }
    }

    private static URI remoteUri(String address) {
        try {
            return new URI(address);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("not a URL: " + address, e);
        }
    }
}
