package io.prefstream.ingest.changes;

import io.prefstream.ingest.IngestReason;
import io.prefstream.ingest.filter.CandidateFile;
import io.prefstream.ingest.filter.FileFilter;
import io.prefstream.ingest.filter.Refusal;
import io.prefstream.ingest.licence.LicencePolicy;
import io.prefstream.ingest.licence.LicenceText;
import io.prefstream.ingest.redact.Redacted;
import io.prefstream.ingest.redact.Redactor;
import io.prefstream.jobs.common.syntax.Language;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Reads how files stood before their commits, by the rules that files themselves are read by: the
 * same filters, secrets replaced in the whole text, an allowed licence of the text as it was then.
 * A file whose earlier text is refused is taken like one that is new.
 */
public final class EarlierTexts {

    /** Such as {@code Signed-off-by: Ada}: whoever it is has no part in what was changed. */
    private static final Pattern NAMES_SOMEBODY =
            Pattern.compile("(?im)^[ \\t]*[a-z]+(-[a-z]+)*-by:.*(\\R|\\z)");

    private final FileFilter filters;
    private final Redactor redactor;
    private final LicencePolicy licences;
    private final Consumer<IngestReason> refused;

    /**
     * @param refused is told why an earlier text isn't taken
     */
    public EarlierTexts(
            FileFilter filters,
            Redactor redactor,
            LicencePolicy licences,
            Consumer<IngestReason> refused) {
        this.filters = filters;
        this.redactor = redactor;
        this.licences = licences;
        this.refused = refused;
    }

    /**
     * The earlier text of a file; empty where it isn't taken.
     *
     * @param path the file's path then and now
     * @param language its language now
     */
    public Optional<EarlierText> read(String path, Language language, FileBefore before) {
        CandidateFile file = new CandidateFile(path, before.bytes());
        Optional<Refusal> refusal = filters.refuse(file);
        if (refusal.isPresent()) {
            refused.accept(refusal.get().reason());
            return Optional.empty();
        }
        String text = file.text().orElseThrow();
        if (Language.of(path, text).filter(language::equals).isEmpty()) {
            refused.accept(IngestReason.LANGUAGE_NOT_SUPPORTED);
            return Optional.empty();
        }
        Redacted code = redactor.redact(text);
        refusal = licences.refuse(LicenceText.inHeader(code.text()).orElse(before.licence()));
        if (refusal.isPresent()) {
            refused.accept(refusal.get().reason());
            return Optional.empty();
        }
        Redacted message =
                redactor.redact(NAMES_SOMEBODY.matcher(before.message()).replaceAll("").strip());
        List<String> kinds = new ArrayList<>(code.kinds());
        kinds.addAll(message.kinds());
        return Optional.of(
                new EarlierText(
                        before.parent(),
                        message.text(),
                        before.changedFiles(),
                        code.text(),
                        List.copyOf(kinds)));
    }
}
