package io.prefstream.ingest;

import io.prefstream.ingest.licence.LicenceFinding;
import org.jspecify.annotations.Nullable;

/**
 * A file as it was fetched.
 *
 * @param source where it came from
 * @param path path inside the repository or archive
 * @param bytes its content; read-only
 * @param licence what is said about its licence from outside of it, null where nothing is
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; a copy would double the memory
public record FetchedFile(
        SourceRef source, String path, byte[] bytes, @Nullable LicenceFinding licence) {

    /** The file's id. */
    public String id() {
        return source.fileId(path);
    }
}
