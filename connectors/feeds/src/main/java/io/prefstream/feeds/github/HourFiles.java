package io.prefstream.feeds.github;

import io.prefstream.content.http.HttpAnswer;
import io.prefstream.content.http.HttpFetchException;
import io.prefstream.content.http.HttpFetcher;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the hours' files are: in a folder, or on the web. From the web a file is downloaded before
 * it is read, since reading may take hours where what follows is slow, and no server waits so long.
 */
final class HourFiles implements AutoCloseable {

    /** The archive's largest hours are some 200 MB. */
    private static final long MAX_BYTES = 2L << 30;

    /** What says that there is no such file; stores that may not be listed answer 403. */
    private static final Set<Integer> MISSING = Set.of(403, 404, 410);

    private static final Logger LOG = LoggerFactory.getLogger(HourFiles.class);

    private final String archive;
    private final @Nullable HttpFetcher web;

    /**
     * @param archive folder, or address without a slash at its end
     * @param web null for a folder
     */
    HourFiles(String archive, @Nullable HttpFetcher web) {
        this.archive = archive;
        this.web = web;
    }

    /** A file on this machine. */
    record HourFile(Path path, boolean downloaded) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            if (downloaded) {
                Files.deleteIfExists(path);
            }
        }
    }

    /** The address of an hour's file. */
    String address(ArchiveHour hour) {
        return archive + "/" + hour + ".json.gz";
    }

    /**
     * The file of an hour. One whose download breaks off is as good as a truncated one: what came
     * is kept.
     *
     * @return null if there is none (yet)
     * @throws IOException if that cannot be known now
     */
    @Nullable HourFile file(ArchiveHour hour) throws IOException {
        if (web == null) {
            Path file = Path.of(archive).resolve(hour + ".json.gz");
            return Files.isRegularFile(file) ? new HourFile(file, false) : null;
        }
        try (HttpAnswer answer = web.get(URI.create(address(hour)), Map.of(), MAX_BYTES)) {
            if (MISSING.contains(answer.status())) {
                return null;
            }
            if (answer.status() != 200) {
                throw new IOException(address(hour) + " answered " + answer.status());
            }
            return download(hour, answer.body());
        }
    }

    /** Makes sure that the archive is there and has an hour. */
    void check(ArchiveHour hour) throws IOException {
        if (web == null) {
            if (!Files.isDirectory(Path.of(archive))) {
                throw new IOException("no folder " + archive);
            }
            if (!Files.isRegularFile(Path.of(archive).resolve(hour + ".json.gz"))) {
                throw new IOException("no file " + address(hour));
            }
            return;
        }
        try (HttpAnswer answer = web.get(URI.create(address(hour)), Map.of(), MAX_BYTES)) {
            if (answer.status() != 200) {
                throw new IOException(
                        "no file %s: it answered %d".formatted(address(hour), answer.status()));
            }
        }
    }

    @Override
    public void close() {
        if (web != null) {
            web.close();
        }
    }

    private static HourFile download(ArchiveHour hour, InputStream body) throws IOException {
        Path path = Files.createTempFile("prefstream-" + hour + "-", ".json.gz");
        try (OutputStream out = Files.newOutputStream(path)) {
            body.transferTo(out);
        } catch (HttpFetchException e) {
            LOG.warn("{} came in part: {}", hour, e.getMessage());
        } catch (IOException e) {
            Files.deleteIfExists(path);
            throw e;
        }
        return new HourFile(path, true);
    }
}
