package io.prefstream.ingest;

import io.prefstream.ingest.licence.LicenceFinding;
import io.prefstream.ingest.redact.Placeholders;
import io.prefstream.jobs.common.syntax.FunctionSource;
import io.prefstream.jobs.common.syntax.Language;
import io.prefstream.schemas.CodeSnippet;
import io.prefstream.schemas.ContentId;
import io.prefstream.schemas.Licence;
import io.prefstream.schemas.SnippetKind;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A function that was cut out of a file and passed the limits.
 *
 * @param source where the file came from
 * @param path path of the file
 * @param language its language
 * @param ordinal which of the file's functions it is, from 0
 * @param function what was cut out
 * @param licence the file's licence, null where it is not known
 * @param redactions kinds of what was replaced in it, one for each replacement
 * @param snippetId id of the snippet it becomes: the key of deduplication
 */
public record CutFunction(
        SourceRef source,
        String path,
        Language language,
        int ordinal,
        FunctionSource function,
        @Nullable LicenceFinding licence,
        List<String> redactions,
        String snippetId) {

    /** A function of a file. */
    public static CutFunction of(SourceText file, int ordinal, FunctionSource function) {
        return new CutFunction(
                file.source(),
                file.path(),
                file.language(),
                ordinal,
                function,
                file.licence(),
                Placeholders.in(function, file.redactions()),
                ContentId.of(file.language().code(), function.text()));
    }

    /** The id of this occurrence, unlike the snippet's id, which equal functions share. */
    public String id() {
        return source.fileId(path) + "#" + ordinal;
    }

    /** The record for the next stage. */
    public CodeSnippet snippet(String producer) {
        return CodeSnippet.newBuilder()
                .setId(snippetId)
                .setEventId(source.eventId())
                .setRepository(source.repository())
                .setRevision(source.revision())
                .setPath(path)
                .setLanguage(language.code())
                .setKind(SnippetKind.FUNCTION)
                .setName(function.name())
                .setSignature(function.signature())
                .setDocComment(function.docComment())
                .setText(function.text())
                .setEnclosing(function.enclosing())
                .setLicence(
                        licence == null ? null : new Licence(licence.spdxId(), licence.evidence()))
                .setRedactions(redactions)
                .setPublishedAt(source.publishedAt())
                .setProducer(producer)
                .build();
    }
}
