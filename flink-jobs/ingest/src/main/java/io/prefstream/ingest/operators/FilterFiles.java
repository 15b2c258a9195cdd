package io.prefstream.ingest.operators;

import io.prefstream.ingest.FetchedFile;
import io.prefstream.ingest.IngestPipeline;
import io.prefstream.ingest.SourceText;
import io.prefstream.ingest.filter.CandidateFile;
import io.prefstream.ingest.filter.FileFilter;
import io.prefstream.ingest.filter.FileFilters;
import io.prefstream.ingest.filter.FileLimits;
import io.prefstream.ingest.filter.Refusal;
import io.prefstream.jobs.common.Rejections;
import io.prefstream.jobs.common.syntax.Language;
import io.prefstream.schemas.ContentId;
import java.util.Optional;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/** Asks the filters; a file that passes them becomes text in a language. */
public final class FilterFiles extends ProcessFunction<FetchedFile, SourceText> {

    private static final long serialVersionUID = 1L;

    private final FileLimits limits;
    private transient FileFilter filters;

    public FilterFiles(FileLimits limits) {
        this.limits = limits;
    }

    @Override
    public void open(OpenContext context) {
        filters = FileFilters.chain(limits);
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
                            candidate.decodedText(),
                            file.source().publishedAt()));
            return;
        }
        String text = candidate.text().orElseThrow();
        Language language = Language.of(file.path(), text).orElseThrow();
        out.collect(
                new SourceText(
                        file.source(),
                        file.path(),
                        language,
                        text,
                        ContentId.of(language.code(), text)));
    }
}
