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
import io.prefstream.topics.flink.AvroType;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;

/**
 * Snippets in, candidate pairs out.
 *
 * <pre>
 *   snippets ─► make candidates ─► candidates
 *                     │
 *                     └──────────► rejections
 * </pre>
 *
 * <p>Conserved: attempts in (snippets × variants) = candidates + attempts rejected.
 *
 * @param strategies makes the strategy of a subtask
 * @param variants attempts for each snippet
 * @param seed part of every attempt's seed
 */
public record SynthesizePipeline(StrategyFactory strategies, int variants, long seed) {

    /** The stage's name in uids, metrics and records. */
    public static final String STAGE = "synthesize";

    /** What this stage signs its records with. */
    public static final String PRODUCER = "synthesize/1";

    /** Builds the stage's rejections. */
    static final Rejections REJECTIONS = new Rejections(STAGE, PRODUCER);

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
        return new StageOutputs<>(
                candidates,
                wanted.getSideOutput(Rejections.TAG)
                        .union(candidates.getSideOutput(Rejections.TAG)),
                deadLetters.union(optOuts.deadLetters()));
    }
}
