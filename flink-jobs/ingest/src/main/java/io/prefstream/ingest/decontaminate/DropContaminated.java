package io.prefstream.ingest.decontaminate;

import io.prefstream.ingest.IngestPipeline;
import io.prefstream.ingest.IngestReason;
import io.prefstream.jobs.common.Rejections;
import io.prefstream.jobs.common.decontaminate.Contamination;
import io.prefstream.jobs.common.decontaminate.FingerprintFormat;
import io.prefstream.jobs.common.decontaminate.Fingerprints;
import io.prefstream.schemas.CodeSnippet;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Drops snippets that hold a part of a benchmark, naming the first benchmark in which it is found.
 *
 * <p>The fingerprints travel with the job's graph, so that all subtasks know the same ones from the
 * first snippet on; some 10 bytes each, 1.1 MB for what is shipped.
 */
public final class DropContaminated extends ProcessFunction<CodeSnippet, CodeSnippet> {

    private static final long serialVersionUID = 1L;

    private final List<byte[]> written;

    @SuppressWarnings("NullAway.Init") // in open()
    private transient List<Fingerprints> sets;

    public DropContaminated(List<Fingerprints> sets) {
        this.written = new ArrayList<>(sets.stream().map(FingerprintFormat::write).toList());
    }

    @Override
    public void open(OpenContext context) throws IOException {
        sets = new ArrayList<>();
        for (byte[] bytes : written) {
            sets.add(FingerprintFormat.read(new ByteArrayInputStream(bytes)));
        }
    }

    @Override
    public void processElement(CodeSnippet snippet, Context context, Collector<CodeSnippet> out) {
        for (Fingerprints set : sets) {
            Optional<Contamination> found =
                    set.find(snippet.getLanguage(), snippet.getText(), snippet.getDocComment());
            if (found.isPresent()) {
                context.output(
                        Rejections.TAG,
                        IngestPipeline.REJECTIONS.of(
                                IngestPipeline.SNIPPET,
                                IngestReason.CONTAMINATED,
                                snippet.getId(),
                                snippet.getRepository(),
                                "holds a part of " + found.get().inWords(),
                                snippet.getText(),
                                snippet.getPublishedAt()));
                return;
            }
        }
        out.collect(snippet);
    }
}
