package io.prefstream.content;

import io.prefstream.content.http.HttpAccess;
import io.prefstream.content.http.HttpAnswer;
import io.prefstream.content.http.HttpFetchException;
import io.prefstream.content.http.HttpFetcher;
import io.prefstream.schemas.Publication;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the archive of a package's version, whose locator is the archive's URL: {@code .tgz},
 * {@code .tar.gz} and {@code .crate} (gzipped tar), {@code .zip} and {@code .whl}.
 *
 * <p>The archive lies in a temporary file while it is read, at most {@code maxTotalBytes} of it; no
 * entry is ever written to disk, and archives inside it are not opened. Where the publisher gives a
 * digest, an archive with another one is refused. The one folder that such archives put around
 * their content ({@code package/}, {@code name-1.0/}) is taken off the paths.
 */
public final class ArchiveContentFetcher implements ContentFetcher {

    private static final Map<String, String> ALGORITHMS =
            Map.of("sha1", "SHA-1", "sha256", "SHA-256", "sha384", "SHA-384", "sha512", "SHA-512");

    private final HttpFetcher web;
    private final ContentLimits limits;
    private final TimedFetches fetches;

    public ArchiveContentFetcher(HttpAccess access, ContentLimits limits) {
        this.web = HttpFetcher.open(access.withDeadline(limits.timeout()));
        this.limits = limits;
        this.fetches = new TimedFetches("fetch-archive", limits.timeout());
    }

    @Override
    public FetchResult fetch(Publication publication) {
        URI uri;
        try {
            uri = URI.create(publication.getLocator());
        } catch (IllegalArgumentException e) {
            return new FetchFailed(FetchFailure.UNSUPPORTED, "the locator is no URL");
        }
        return fetches.run(deadline -> read(uri, publication.getDigest(), deadline));
    }

    @Override
    public void close() {
        fetches.close();
        web.close();
    }

    private FetchResult read(URI uri, @Nullable String digest, Deadline deadline)
            throws FetchException {
        String name = String.valueOf(uri.getPath()).toLowerCase(Locale.ROOT);
        boolean tar = name.endsWith(".tgz") || name.endsWith(".tar.gz") || name.endsWith(".crate");
        if (!tar && !name.endsWith(".zip") && !name.endsWith(".whl")) {
            throw new FetchException(
                    FetchFailure.UNSUPPORTED,
                    "archives end in .tgz, .tar.gz, .crate, .zip or .whl: "
                            + HttpFetchException.shown(uri));
        }
        try {
            Path archive = Files.createTempFile("prefstream-archive", ".tmp");
            try {
                download(uri, digest, archive);
                FileCollector collector = new FileCollector(limits, deadline);
                if (tar) {
                    TarEntries.collect(archive, limits, collector);
                } else {
                    ZipEntries.collect(archive, collector);
                }
                return collector.resultWithoutTopFolder();
            } finally {
                Files.deleteIfExists(archive);
            }
        } catch (HttpFetchException e) {
            throw new FetchException(failure(e), OneLine.of(e));
        } catch (IOException | IllegalArgumentException e) {
            throw new FetchException(
                    FetchFailure.UNREADABLE, HttpFetchException.shown(uri) + ": " + OneLine.of(e));
        }
    }

    private void download(URI uri, @Nullable String digest, Path into)
            throws IOException, FetchException {
        String algorithm = digest == null ? "sha256" : digest.replaceFirst(":.*", "");
        MessageDigest computed = messageDigest(uri, algorithm);
        try (HttpAnswer answer = web.get(uri, Map.of(), limits.maxTotalBytes())) {
            requireFound(uri, answer.status());
            try (InputStream body = new DigestInputStream(answer.body(), computed);
                    OutputStream out = Files.newOutputStream(into)) {
                body.transferTo(out);
            }
        }
        String actual = algorithm + ":" + HexFormat.of().formatHex(computed.digest());
        if (digest != null && !digest.equalsIgnoreCase(actual)) {
            throw new FetchException(
                    FetchFailure.UNREADABLE,
                    "%s is not what was published: its digest is %s, not %s"
                            .formatted(HttpFetchException.shown(uri), actual, digest));
        }
    }

    private static MessageDigest messageDigest(URI uri, String algorithm) throws FetchException {
        String name = ALGORITHMS.get(algorithm.toLowerCase(Locale.ROOT));
        if (name == null) {
            throw new FetchException(
                    FetchFailure.UNSUPPORTED,
                    "%s has a digest of the unknown kind %s"
                            .formatted(HttpFetchException.shown(uri), algorithm));
        }
        try {
            return MessageDigest.getInstance(name);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java has these
        }
    }

    private static void requireFound(URI uri, int status) throws FetchException {
        if (status == 200) {
            return;
        }
        boolean gone = status == 404 || status == 410;
        throw new FetchException(
                gone ? FetchFailure.NOT_FOUND : FetchFailure.UNREACHABLE,
                "%s answered %d".formatted(HttpFetchException.shown(uri), status));
    }

    private static FetchFailure failure(HttpFetchException e) {
        return switch (e.why()) {
            case REFUSED -> FetchFailure.UNSUPPORTED;
            case UNREACHABLE -> FetchFailure.UNREACHABLE;
            case TIMEOUT -> FetchFailure.TIMEOUT;
            case TOO_LARGE -> FetchFailure.TOO_LARGE;
        };
    }
}
