package io.prefstream.ingest.decontaminate;

import io.prefstream.ingest.IngestPipeline;
import io.prefstream.ingest.IngestReason;
import io.prefstream.ingest.changes.RefusedTexts;
import io.prefstream.jobs.common.ControlFeed;
import io.prefstream.jobs.common.Rejections;
import io.prefstream.jobs.common.decontaminate.Benchmarks;
import io.prefstream.jobs.common.decontaminate.Contamination;
import io.prefstream.jobs.common.decontaminate.Fingerprints;
import io.prefstream.schemas.Benchmark;
import io.prefstream.schemas.CodeSnippet;
import io.prefstream.schemas.CommitChange;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.co.BroadcastProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Drops snippets that hold a part of a benchmark, naming the first benchmark in which it is found.
 *
 * <p>The fingerprints of the job's options travel with its graph, so that all subtasks know the
 * same ones from the first snippet on; some 10 bytes each, 1.1 MB for what is shipped. Those added
 * later are read when a task starts and broadcast as they come.
 */
public final class DropContaminated
        extends BroadcastProcessFunction<CodeSnippet, Benchmark, CodeSnippet> {

    private static final long serialVersionUID = 1L;

    private final List<Fingerprints> sets;
    private final ControlFeed.Known<Benchmark> known;

    @SuppressWarnings("NullAway.Init") // in open()
    private transient Benchmarks benchmarks;

    @SuppressWarnings("NullAway.Init") // in open()
    private transient RefusedTexts refused;

    public DropContaminated(List<Fingerprints> sets, ControlFeed.Known<Benchmark> known) {
        this.sets = List.copyOf(sets);
        this.known = known;
    }

    @Override
    public void open(OpenContext context) {
        refused = new RefusedTexts(getRuntimeContext().getMetricGroup());
        benchmarks = new Benchmarks();
        sets.forEach(benchmarks::add);
        known.read().forEach(benchmarks::add);
    }

    @Override
    public void processElement(
            CodeSnippet snippet, ReadOnlyContext context, Collector<CodeSnippet> out) {
        Optional<Contamination> found =
                benchmarks.find(snippet.getLanguage(), snippet.getText(), snippet.getDocComment());
        if (found.isEmpty()) {
            out.collect(withCleanChange(snippet));
            return;
        }
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
    }

    /** The snippet, without its change where that holds a part of a benchmark. */
    private CodeSnippet withCleanChange(CodeSnippet snippet) {
        CommitChange change = snippet.getChange();
        if (change == null
                || benchmarks
                        .find(snippet.getLanguage(), change.getBefore(), change.getMessage())
                        .isEmpty()) {
            return snippet;
        }
        refused.accept(IngestReason.CONTAMINATED);
        return CodeSnippet.newBuilder(snippet).setChange(null).build();
    }

    @Override
    public void processBroadcastElement(
            Benchmark benchmark, Context context, Collector<CodeSnippet> out) {
        benchmarks.add(benchmark);
    }
}
