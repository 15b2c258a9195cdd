package io.prefstream.feeds.github;

import io.prefstream.content.http.HttpAnswer;
import io.prefstream.content.http.HttpFetcher;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where an hour's file is: in a folder, or downloaded into a temporary one. */
final class HourFiles implements AutoCloseable {

    /** The archive's largest hours are some 200 MB. */
    private static final long MAX_BYTES = 2L << 30;

    private final String archive;
    private final @Nullable HttpFetcher web;
    private @Nullable Path downloaded;

    HourFiles(String archive, @Nullable HttpFetcher web) {
        this.archive = archive;
        this.web = web;
    }

    /** The address of an hour, for messages. */
    String address(ArchiveHour hour) {
        return archive + "/" + hour + ".json.gz";
    }

    /**
     * The file of an hour, to be read now: another hour's download goes.
     *
     * @return null if there is none (yet)
     */
    @Nullable Path file(ArchiveHour hour) throws IOException {
        drop();
        if (web == null) {
            Path file = Path.of(archive).resolve(hour + ".json.gz");
            return Files.isRegularFile(file) ? file : null;
        }
        try (HttpAnswer answer = web.get(URI.create(address(hour)), Map.of(), MAX_BYTES)) {
            if (answer.status() == 404) {
                return null;
            }
            if (answer.status() != 200) {
                throw new IOException(address(hour) + " answered " + answer.status());
            }
            Path file = Files.createTempFile("prefstream-hour", ".json.gz");
            downloaded = file;
            try (OutputStream out = Files.newOutputStream(file)) {
                answer.body().transferTo(out);
            }
            return file;
        } catch (IOException e) {
            drop();
            throw e;
        }
    }

    /** Makes sure that the archive is there. */
    void check() throws IOException {
        if (web == null && !Files.isDirectory(Path.of(archive))) {
            throw new IOException("no folder " + archive);
        }
    }

    /** Removes a download. */
    void drop() throws IOException {
        if (downloaded != null) {
            Files.deleteIfExists(downloaded);
            downloaded = null;
        }
    }

    @Override
    public void close() throws IOException {
        drop();
        if (web != null) {
            web.close();
        }
    }
}
