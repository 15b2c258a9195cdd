package io.prefstream.content;

import java.util.Objects;

/**
 * A file of a publication, as bytes: whether they are text is for the reader to find out. The array
 * is not copied; treat it as read-only.
 *
 * @param path path inside the repository or archive, with forward slashes, never leaving its root
 */
@SuppressWarnings(
        "ArrayRecordComponent") // compared by identity nowhere; copying would double the memory
public record SourceFile(String path, byte[] bytes) {

    public SourceFile {
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(bytes, "bytes");
    }
}
