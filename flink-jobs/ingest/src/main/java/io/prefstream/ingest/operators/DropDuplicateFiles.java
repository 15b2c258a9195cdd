package io.prefstream.ingest.operators;

import io.prefstream.ingest.IngestPipeline;
import io.prefstream.ingest.IngestReason;
import io.prefstream.ingest.SourceText;
import io.prefstream.jobs.common.Rejections;
import java.time.Duration;
import java.util.Optional;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/** Lets each text pass once within the expiry. Keyed by content id. */
public final class DropDuplicateFiles extends KeyedProcessFunction<String, SourceText, SourceText> {

    private static final long serialVersionUID = 1L;

    private final Duration expiry;
    private transient FirstSeen files;

    public DropDuplicateFiles(Duration expiry) {
        this.expiry = expiry;
    }

    @Override
    public void open(OpenContext context) {
        files = FirstSeen.open(getRuntimeContext(), "files-seen", expiry);
    }

    @Override
    public void processElement(SourceText file, Context context, Collector<SourceText> out)
            throws Exception {
        Optional<String> earlier = files.before(file.id());
        if (earlier.isEmpty()) {
            out.collect(file);
            return;
        }
        context.output(
                Rejections.TAG,
                IngestPipeline.REJECTIONS.of(
                        "file",
                        IngestReason.EXACT_DUPLICATE,
                        file.id(),
                        file.source().repository(),
                        "the same text as " + earlier.get(),
                        file.text(),
                        file.source().publishedAt()));
    }
}
