package io.prefstream.ingest;

/**
 * A file as it was fetched.
 *
 * @param source where it came from
 * @param path path inside the repository or archive
 * @param bytes its content; read-only
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; a copy would double the memory
public record FetchedFile(SourceRef source, String path, byte[] bytes) {

    /** The file's id. */
    public String id() {
        return source.fileId(path);
    }
}
