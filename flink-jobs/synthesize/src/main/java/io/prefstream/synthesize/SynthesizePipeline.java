package io.prefstream.synthesize;

import io.prefstream.jobs.common.ControlFeed;
import io.prefstream.jobs.common.Rejections;
import io.prefstream.jobs.common.StageOutputs;
import io.prefstream.jobs.common.optout.DropOptedOut;
import io.prefstream.jobs.common.optout.DropOptedOut.Subject;
import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.CodeSnippet;
import io.prefstream.schemas.DeadLetter;
import io.prefstream.schemas.OptOut;
import io.prefstream.schemas.Rejection;
import io.prefstream.synthesize.modelgap.ModelGapStage;
import io.prefstream.topics.flink.AvroType;
import java.util.Optional;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;

/**
 * Snippets in, candidate pairs out.
 *
 * <pre>
 *   snippets ─┬─► make candidates ──────────────────┬─► candidates
 *             └─► model gap (async, a share of them) ┤
 *                                                    └─► rejections
 * </pre>
 *
 * <p>Conserved: attempts in (snippets × variants, and those of the model gap) = candidates +
 * attempts rejected.
 *
 * @param strategies makes the strategy of a subtask
 * @param variants attempts for each snippet
 * @param seed part of every attempt's seed
 * @param modelGap pairs of two models' answers; empty for none
 */
public record SynthesizePipeline(
        StrategyFactory strategies, int variants, long seed, Optional<ModelGapStage> modelGap) {

    /** The stage's name in uids, metrics and records. */
    public static final String STAGE = "synthesize";

    /** What this stage signs its records with. */
    public static final String PRODUCER = "synthesize/1";

    /** What is counted between snippets and candidates. */
    public static final String ATTEMPT = "attempt";

    private static final Rejections REJECTIONS = new Rejections(STAGE, PRODUCER);

    /**
     * The rejection of an attempt that gave nothing.
     *
     * @param attempt which of the snippet's, such as {@code mutation/0}
     */
    public static Rejection noCandidate(
            CodeSnippet snippet, String attempt, Attempt.NoCandidate none) {
        return REJECTIONS.of(
                ATTEMPT,
                none.reason(),
                snippet.getId() + "/" + attempt,
                snippet.getRepository(),
                none.detail(),
                snippet.getText(),
                snippet.getPublishedAt());
    }

    /** Wires the stage between its ends. */
    public StageOutputs<CandidatePair> apply(
            DataStream<CodeSnippet> snippets,
            ControlFeed<OptOut> optOuts,
            DataStream<DeadLetter> deadLetters) {
        SingleOutputStreamOperator<CodeSnippet> wanted =
                DropOptedOut.apply(
                        snippets,
                        optOuts,
                        snippet ->
                                new Subject(
                                        snippet.getId(),
                                        snippet.getRepository(),
                                        snippet.getPath(),
                                        snippet.getPublishedAt()),
                        REJECTIONS,
                        STAGE,
                        "snippet",
                        true);
        SingleOutputStreamOperator<CandidatePair> candidates =
                wanted.process(
                                new MakeCandidates(strategies, variants, seed),
                                AvroType.forRecord(CandidatePair.class))
                        .name(STAGE + ".make-candidates")
                        .uid(STAGE + ".make-candidates");
        DataStream<CandidatePair> all = candidates;
        DataStream<Rejection> rejections =
                wanted.getSideOutput(Rejections.TAG)
                        .union(candidates.getSideOutput(Rejections.TAG));
        if (modelGap.isPresent()) {
            SingleOutputStreamOperator<CandidatePair> asked = modelGap.get().apply(wanted);
            all = all.union(asked);
            rejections = rejections.union(asked.getSideOutput(Rejections.TAG));
        }
        return new StageOutputs<>(all, rejections, deadLetters.union(optOuts.deadLetters()));
    }
}
