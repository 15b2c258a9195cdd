package io.prefstream.ingest;

import io.prefstream.jobs.common.syntax.Language;

/**
 * A file that passed the filters.
 *
 * @param source where it came from
 * @param path path inside the repository or archive
 * @param language its language
 * @param text its text, without byte order mark
 * @param contentId SHA-256 over the text: the key of exact deduplication
 */
public record SourceText(
        SourceRef source, String path, Language language, String text, String contentId) {

    /** The file's id. */
    public String id() {
        return source.fileId(path);
    }
}
