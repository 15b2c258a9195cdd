package io.prefstream.content;

import java.util.Objects;

/**
 * An entry of a publication that was not read.
 *
 * @param path name of the entry as it is written there, which may be an unsafe one
 * @param bytes size as far as known, -1 if unknown
 * @param detail the value, the limit and the option that changes it, in one line
 */
public record SkippedFile(String path, long bytes, FileProblem reason, String detail) {

    public SkippedFile {
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(reason, "reason");
        detail = OneLine.of(detail);
    }
}
