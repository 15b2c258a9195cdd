package io.prefstream.ingest;

import io.prefstream.ingest.changes.EarlierText;
import io.prefstream.ingest.licence.LicenceFinding;
import io.prefstream.ingest.redact.Placeholders;
import io.prefstream.jobs.common.syntax.CodePart;
import io.prefstream.jobs.common.syntax.Language;
import io.prefstream.schemas.CodeSnippet;
import io.prefstream.schemas.ContentId;
import io.prefstream.schemas.Licence;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A function, class or the whole of a file that was cut out and passed the limits.
 *
 * @param source where the file came from
 * @param path path of the file
 * @param language its language
 * @param ordinal which of the file's parts it is, from 0
 * @param part what was cut out
 * @param licence the file's licence, null where it is not known
 * @param redactions kinds of what was replaced in it, one for each replacement
 * @param snippetId id of the snippet it becomes: the key of deduplication
 * @param before how it stood before its commit, null where that isn't known or it is new
 */
public record CutPart(
        SourceRef source,
        String path,
        Language language,
        int ordinal,
        CodePart part,
        @Nullable LicenceFinding licence,
        List<String> redactions,
        String snippetId,
        @Nullable EarlierText before) {

    /** A part of a file. */
    public static CutPart of(
            SourceText file, int ordinal, CodePart part, @Nullable EarlierText before) {
        return new CutPart(
                file.source(),
                file.path(),
                file.language(),
                ordinal,
                part,
                file.licence(),
                Placeholders.in(file.redactions(), part.docComment(), part.text()),
                ContentId.of(file.language().code(), part.text()),
                before);
    }

    /** The id of this occurrence, unlike the snippet's id, which equal parts share. */
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
                .setKind(part.kind())
                .setName(part.name())
                .setSignature(part.signature())
                .setDocComment(part.docComment())
                .setText(part.text())
                .setEnclosing(part.enclosing())
                .setLicence(
                        licence == null ? null : new Licence(licence.spdxId(), licence.evidence()))
                .setRedactions(redactions)
                .setChange(before == null ? null : before.change())
                .setPublishedAt(source.publishedAt())
                .setProducer(producer)
                .build();
    }
}
