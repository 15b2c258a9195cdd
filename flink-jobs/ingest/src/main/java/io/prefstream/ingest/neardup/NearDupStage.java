package io.prefstream.ingest.neardup;

import io.prefstream.jobs.common.Rejections;
import io.prefstream.schemas.CodeSnippet;
import io.prefstream.schemas.Rejection;
import io.prefstream.topics.flink.AvroType;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;

/**
 * Lets of near-duplicate snippets only the first seen pass; and, marked as what they are, those
 * that are like how they stood before their commit, for what that changed.
 *
 * <pre>
 *   snippets ─► stamp ─► sign ─────────────── snippet ──────────────► decide ─► snippets
 *              arrivals   │ │                                         once  └─► rejections
 *                         │ └── a probe for each band ─► compare in ──►│ by snippet id
 *                         │              by band key     band   near-duplicates
 *                         └── too short to compare ───────────────────────────► snippets
 * </pre>
 *
 * <p>All state is keyed, by band and by snippet, so the stage rescales. <b>What is decided does not
 * depend on which probe overtakes which</b>: snippets are in a total order (arrival, then id), of
 * two that meet in any band the later one is told, whichever reached the band first, and a snippet
 * is decided when the watermark says that everything that arrived before it has been through the
 * bands. So of two in flight at once never both go and never both stay. Arrival is the clock of the
 * subtask that signs; after a failure what was not yet committed arrives again, in the order in
 * which the sources replay it. Delay: up to twice the interval of watermarks ({@code
 * pipeline.auto-watermark-interval}, 200 ms). See {@code docs/adr/0004-near-duplicates-by-band.md}.
 *
 * <p>Ids must be unique in what comes in: exact deduplication stands before.
 *
 * @param snippets what passed
 * @param rejections one for each near-duplicate
 */
public record NearDupStage(DataStream<CodeSnippet> snippets, DataStream<Rejection> rejections) {

    /** Wires the stage behind a stream of distinct snippets. */
    public static NearDupStage apply(
            DataStream<CodeSnippet> snippets,
            String stage,
            NearDupSettings settings,
            ArrivalClock clock) {
        SingleOutputStreamOperator<CodeSnippet> stamped =
                named(
                        stage + ".stamp-arrivals",
                        snippets.assignTimestampsAndWatermarks(ArrivalTimes.by(clock)));
        SingleOutputStreamOperator<CodeSnippet> signed =
                named(
                        stage + ".sign-snippets",
                        stamped.process(
                                new SignSnippets(settings), AvroType.forRecord(CodeSnippet.class)));
        SingleOutputStreamOperator<NearDuplicate> found =
                named(
                        stage + ".compare-in-band",
                        signed.getSideOutput(SignSnippets.PROBES)
                                .keyBy(Probe::band)
                                .process(
                                        new CompareInBand(settings),
                                        TypeInformation.of(NearDuplicate.class)));
        SingleOutputStreamOperator<CodeSnippet> decided =
                named(
                        stage + ".drop-near-duplicates",
                        signed.keyBy(CodeSnippet::getId)
                                .connect(found.keyBy(NearDuplicate::id))
                                .transform(
                                        stage + ".drop-near-duplicates",
                                        AvroType.forRecord(CodeSnippet.class),
                                        new DecideOnce(settings)));
        return new NearDupStage(
                decided.union(signed.getSideOutput(SignSnippets.TOO_SHORT)),
                decided.getSideOutput(Rejections.TAG));
    }

    private static <T> SingleOutputStreamOperator<T> named(
            String uid, SingleOutputStreamOperator<T> operator) {
        return operator.name(uid).uid(uid);
    }
}
