package io.prefstream.ingest;

import io.prefstream.ingest.changes.FileBefore;
import io.prefstream.ingest.licence.LicenceFinding;
import org.jspecify.annotations.Nullable;

/**
 * A file as it was fetched.
 *
 * @param source where it came from
 * @param path path inside the repository or archive
 * @param bytes its content; read-only
 * @param licence what is said about its licence from outside of it, null where nothing is
 * @param before how it stood before its commit, null where that isn't known or it is new
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; a copy would double the memory
public record FetchedFile(
        SourceRef source,
        String path,
        byte[] bytes,
        @Nullable LicenceFinding licence,
        @Nullable FileBefore before) {

    /** The file's id. */
    public String id() {
        return source.fileId(path);
    }
}
