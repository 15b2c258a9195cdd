package io.prefstream.ingest;

import io.prefstream.ingest.changes.EarlierText;
import io.prefstream.ingest.licence.LicenceFinding;
import io.prefstream.jobs.common.syntax.Language;
import io.prefstream.schemas.ContentId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A file that passed the filters.
 *
 * @param source where it came from
 * @param path path inside the repository or archive
 * @param language its language
 * @param text its text, without byte order mark
 * @param contentId SHA-256 over the text: the key of exact deduplication
 * @param licence its licence; until it is checked, what is said from outside of the file; null
 *     where nothing is
 * @param redactions kinds of what was replaced in the text, one for each replacement
 * @param before how it stood before its commit, null where that isn't known or it is new
 */
public record SourceText(
        SourceRef source,
        String path,
        Language language,
        String text,
        String contentId,
        @Nullable LicenceFinding licence,
        List<String> redactions,
        @Nullable EarlierText before) {

    /** The file with what the filters know of it. */
    public static SourceText of(
            FetchedFile file, Language language, String text, @Nullable EarlierText before) {
        return new SourceText(
                file.source(),
                file.path(),
                language,
                text,
                contentId(language, text),
                file.licence(),
                List.of(),
                before);
    }

    /** The same file with its licence known. */
    public SourceText withLicence(@Nullable LicenceFinding known) {
        return new SourceText(source, path, language, text, contentId, known, redactions, before);
    }

    /** The same file with other text in the place of secrets. */
    public SourceText withText(String newText, List<String> kinds) {
        return new SourceText(
                source,
                path,
                language,
                newText,
                contentId(language, newText),
                licence,
                kinds,
                before);
    }

    private static String contentId(Language language, String text) {
        return ContentId.of(language.code(), text);
    }

    /** The file's id. */
    public String id() {
        return source.fileId(path);
    }
}
