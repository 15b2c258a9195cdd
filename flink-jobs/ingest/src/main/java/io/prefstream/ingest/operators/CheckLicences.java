package io.prefstream.ingest.operators;

import io.prefstream.ingest.IngestPipeline;
import io.prefstream.ingest.SourceText;
import io.prefstream.ingest.filter.Refusal;
import io.prefstream.ingest.licence.LicenceFinding;
import io.prefstream.ingest.licence.LicencePolicy;
import io.prefstream.ingest.licence.LicenceText;
import io.prefstream.jobs.common.Rejections;
import java.util.Optional;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Lets files pass that are under an allowed licence. What a file's own header says outweighs what
 * stands around it.
 */
public final class CheckLicences extends ProcessFunction<SourceText, SourceText> {

    private static final long serialVersionUID = 1L;

    private final LicencePolicy policy;

    public CheckLicences(LicencePolicy policy) {
        this.policy = policy;
    }

    @Override
    public void processElement(SourceText file, Context context, Collector<SourceText> out) {
        Optional<LicenceFinding> own = LicenceText.inHeader(file.text());
        SourceText known = own.isPresent() ? file.withLicence(own.get()) : file;
        Optional<Refusal> refusal = policy.refuse(known.licence());
        if (refusal.isEmpty()) {
            out.collect(known);
            return;
        }
        context.output(
                Rejections.TAG,
                IngestPipeline.REJECTIONS.of(
                        "file",
                        refusal.get().reason(),
                        file.id(),
                        file.source().repository(),
                        refusal.get().detail(),
                        file.text(),
                        file.source().publishedAt()));
    }
}
