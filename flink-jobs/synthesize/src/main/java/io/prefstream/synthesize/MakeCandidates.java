package io.prefstream.synthesize;

import io.prefstream.jobs.common.Rejections;
import io.prefstream.jobs.common.StageLedger;
import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.CodeSnippet;
import io.prefstream.schemas.ContentId;
import io.prefstream.synthesize.Attempt.Candidate;
import io.prefstream.synthesize.Attempt.NoCandidate;
import java.util.HashSet;
import java.util.Set;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Makes the attempts of each snippet: one for each variant, each with a seed of its own.
 *
 * <p>Counts snippets in, attempts in, and attempts out (candidates). No state but the counts: the
 * same snippet gives the same candidates whenever it comes.
 */
final class MakeCandidates extends ProcessFunction<CodeSnippet, CandidatePair>
        implements CheckpointedFunction {

    private static final long serialVersionUID = 1L;

    private final StrategyFactory strategies;
    private final int variants;
    private final long seed;
    private transient Strategy strategy;
    private transient StageLedger ledger;
    private transient StageLedger.Count attemptsIn;
    private transient StageLedger.Count attemptsOut;

    MakeCandidates(StrategyFactory strategies, int variants, long seed) {
        this.strategies = strategies;
        this.variants = variants;
        this.seed = seed;
    }

    @Override
    public void open(OpenContext context) {
        strategy = strategies.create();
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        ledger = StageLedger.restore(SynthesizePipeline.STAGE, getRuntimeContext(), context);
        attemptsIn = ledger.in(SynthesizePipeline.ATTEMPT);
        attemptsOut = ledger.out(SynthesizePipeline.ATTEMPT);
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        ledger.snapshot(context);
    }

    @Override
    public void processElement(CodeSnippet snippet, Context context, Collector<CandidatePair> out) {
        Set<String> made = new HashSet<>();
        for (int variant = 0; variant < variants; variant++) {
            attemptsIn.add();
            Attempt attempt = strategy.attempt(snippet, seedOf(snippet, variant));
            if (attempt instanceof Candidate candidate && !made.add(candidate.pair().getId())) {
                attempt =
                        new NoCandidate(
                                SynthesizeReason.DUPLICATE_VARIANT,
                                "variant %d of synthesize.mutation.variants-per-snippet=%d repeats an earlier one"
                                        .formatted(variant, variants));
            }
            if (attempt instanceof Candidate candidate) {
                attemptsOut.add();
                out.collect(candidate.pair());
            } else if (attempt instanceof NoCandidate none) {
                context.output(
                        Rejections.TAG,
                        SynthesizePipeline.noCandidate(
                                snippet, strategy.name() + "/" + variant, none));
            }
        }
    }

    private long seedOf(CodeSnippet snippet, int variant) {
        return ContentId.seed(
                snippet.getId(), strategy.name(), Integer.toString(variant), Long.toString(seed));
    }
}
