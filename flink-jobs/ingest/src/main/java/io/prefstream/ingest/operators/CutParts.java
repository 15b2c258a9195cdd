package io.prefstream.ingest.operators;

import io.prefstream.ingest.CutPart;
import io.prefstream.ingest.IngestPipeline;
import io.prefstream.ingest.IngestReason;
import io.prefstream.ingest.SourceText;
import io.prefstream.ingest.changes.ChangedFunctions;
import io.prefstream.ingest.changes.EarlierText;
import io.prefstream.ingest.filter.CommentLimits;
import io.prefstream.ingest.filter.PartLimits;
import io.prefstream.ingest.filter.Refusal;
import io.prefstream.jobs.common.Rejections;
import io.prefstream.jobs.common.StageLedger;
import io.prefstream.jobs.common.syntax.CodePart;
import io.prefstream.jobs.common.syntax.CodeSplitter;
import io.prefstream.jobs.common.syntax.SyntaxTree;
import io.prefstream.schemas.Rejection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Parses a file once and cuts its functions, its classes or all of it out.
 *
 * <p>A file leaves the stage when at least one part was cut out of it; counts files out and
 * snippets in. Cost: about 1 µs of parsing for each byte, on the task thread.
 */
public final class CutParts extends ProcessFunction<SourceText, CutPart>
        implements CheckpointedFunction {

    private static final long serialVersionUID = 1L;

    private final CommentLimits comments;
    private final PartLimits limits;
    private transient ChangedFunctions changed;
    private transient StageLedger ledger;
    private transient StageLedger.Count filesOut;
    private transient StageLedger.Count snippetsIn;

    public CutParts(CommentLimits comments, PartLimits limits) {
        this.comments = comments;
        this.limits = limits;
    }

    @Override
    public void open(OpenContext context) {
        changed = new ChangedFunctions(limits);
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        ledger = StageLedger.restore(IngestPipeline.STAGE, getRuntimeContext(), context);
        filesOut = ledger.out("file");
        snippetsIn = ledger.in(IngestPipeline.SNIPPET);
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        ledger.snapshot(context);
    }

    @Override
    public void processElement(SourceText file, Context context, Collector<CutPart> out) {
        List<CodePart> parts;
        try (SyntaxTree tree = SyntaxTree.parse(file.language(), file.text())) {
            Optional<Refusal> refusal = refuse(tree);
            if (refusal.isPresent()) {
                context.output(Rejections.TAG, fileRejection(file, refusal.get()));
                return;
            }
            parts = CodeSplitter.split(file.path(), tree, limits.kinds());
        }
        if (parts.isEmpty()) {
            context.output(
                    Rejections.TAG,
                    fileRejection(
                            file,
                            new Refusal(
                                    IngestReason.NOTHING_TO_CUT,
                                    limits.kinds().stream()
                                            .map(PartLimits::name)
                                            .collect(
                                                    Collectors.joining(
                                                            " or ", "no ", " with a body")))));
            return;
        }
        filesOut.add();
        Map<Integer, EarlierText> before =
                file.before() == null
                        ? Map.of()
                        : changed.among(parts, file.language(), file.before());
        for (int ordinal = 0; ordinal < parts.size(); ordinal++) {
            snippetsIn.add();
            CutPart part = CutPart.of(file, ordinal, parts.get(ordinal), before.get(ordinal));
            Optional<Refusal> refusal = limits.refuse(part.part());
            if (refusal.isPresent()) {
                context.output(Rejections.TAG, partRejection(part, refusal.get()));
            } else {
                out.collect(part);
            }
        }
    }

    /** What a macro hides from the grammar costs the part that it is in, not the file. */
    private Optional<Refusal> refuse(SyntaxTree tree) {
        return tree.hasErrors() && !tree.language().isPreprocessed()
                ? Optional.of(
                        new Refusal(
                                IngestReason.UNPARSEABLE,
                                "the grammar of %s finds errors in it"
                                        .formatted(tree.language().code())))
                : comments.refuse(tree);
    }

    private static Rejection fileRejection(SourceText file, Refusal refusal) {
        return IngestPipeline.REJECTIONS.of(
                "file",
                refusal.reason(),
                file.id(),
                file.source().repository(),
                refusal.detail(),
                file.text(),
                file.source().publishedAt());
    }

    static Rejection partRejection(CutPart part, Refusal refusal) {
        return IngestPipeline.REJECTIONS.of(
                IngestPipeline.SNIPPET,
                refusal.reason(),
                part.id(),
                part.source().repository(),
                refusal.detail(),
                part.part().text(),
                part.source().publishedAt());
    }
}
