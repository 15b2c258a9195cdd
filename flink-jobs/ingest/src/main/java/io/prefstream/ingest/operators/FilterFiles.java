package io.prefstream.ingest.operators;

import io.prefstream.ingest.FetchedFile;
import io.prefstream.ingest.IngestPipeline;
import io.prefstream.ingest.SourceText;
import io.prefstream.ingest.changes.EarlierText;
import io.prefstream.ingest.changes.EarlierTexts;
import io.prefstream.ingest.changes.RefusedTexts;
import io.prefstream.ingest.filter.CandidateFile;
import io.prefstream.ingest.filter.FileFilter;
import io.prefstream.ingest.filter.FileFilters;
import io.prefstream.ingest.filter.FileLimits;
import io.prefstream.ingest.filter.Refusal;
import io.prefstream.ingest.licence.LicencePolicy;
import io.prefstream.ingest.redact.RedactionRules;
import io.prefstream.ingest.redact.Redactor;
import io.prefstream.jobs.common.Rejections;
import io.prefstream.jobs.common.syntax.Language;
import java.util.Optional;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/** Asks the filters; a file that passes them becomes text in a language. */
public final class FilterFiles extends ProcessFunction<FetchedFile, SourceText> {

    private static final long serialVersionUID = 1L;

    private final FileLimits limits;
    private final RedactionRules redaction;
    private final LicencePolicy licences;
    private transient FileFilter filters;
    private transient Redactor redactor;
    private transient EarlierTexts earlier;

    /**
     * @param licences that how a file stood before its commit may be under
     */
    public FilterFiles(FileLimits limits, RedactionRules redaction, LicencePolicy licences) {
        this.limits = limits;
        this.redaction = redaction;
        this.licences = licences;
    }

    @Override
    public void open(OpenContext context) {
        filters = FileFilters.chain(limits);
        redactor = redaction.redactor();
        earlier =
                new EarlierTexts(
                        filters,
                        redactor,
                        licences,
                        new RefusedTexts(getRuntimeContext().getMetricGroup()));
    }

    @Override
    public void processElement(FetchedFile file, Context context, Collector<SourceText> out) {
        CandidateFile candidate = new CandidateFile(file.path(), file.bytes());
        Optional<Refusal> refusal = filters.refuse(candidate);
        if (refusal.isPresent()) {
            context.output(
                    Rejections.TAG,
                    IngestPipeline.REJECTIONS.of(
                            "file",
                            refusal.get().reason(),
                            file.id(),
                            file.source().repository(),
                            refusal.get().detail(),
                            redactor.sample(candidate.decodedText()),
                            file.source().publishedAt()));
            return;
        }
        String text = candidate.text().orElseThrow();
        Language language = Language.of(file.path(), text).orElseThrow();
        EarlierText before =
                file.before() == null
                        ? null
                        : earlier.read(file.path(), language, file.before()).orElse(null);
        out.collect(SourceText.of(file, language, text, before));
    }
}
