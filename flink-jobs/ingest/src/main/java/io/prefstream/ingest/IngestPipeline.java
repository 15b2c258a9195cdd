package io.prefstream.ingest;

import io.prefstream.ingest.filter.FileLimits;
import io.prefstream.ingest.filter.FunctionLimits;
import io.prefstream.ingest.operators.AdmitEvents;
import io.prefstream.ingest.operators.CutFunctions;
import io.prefstream.ingest.operators.DropDuplicateFiles;
import io.prefstream.ingest.operators.DropDuplicateFunctions;
import io.prefstream.ingest.operators.FetchContent;
import io.prefstream.ingest.operators.FilterFiles;
import io.prefstream.ingest.operators.OpenFetched;
import io.prefstream.jobs.common.Rejections;
import io.prefstream.jobs.common.StageOutputs;
import io.prefstream.schemas.CodeSnippet;
import io.prefstream.schemas.DeadLetter;
import io.prefstream.schemas.Rejection;
import io.prefstream.schemas.RepoEvent;
import io.prefstream.topics.flink.AvroType;
import java.time.Duration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;

/**
 * Events in, snippets out.
 *
 * <pre>
 *   events ─► admit ─► fetch ─► open ─► filter ─► drop duplicate ─► cut      ─► drop duplicate ─► snippets
 *                     content  fetched  files     files             functions    functions
 *               │               │         │         │                 │            │
 *               └───────────────┴─────────┴─────────┴─────────────────┴────────────┴──────► rejections
 * </pre>
 *
 * <p>Three units are conserved, each for itself: events in = events out + events rejected; files in
 * (all entries of what was fetched) = files out (at least one function cut out) + files rejected;
 * functions in = snippets + functions rejected.
 *
 * @param fetchers opens the fetcher of a subtask
 * @param fetching how patiently content is fetched
 * @param files limits of a file
 * @param functions limits of a function
 * @param dedupExpiry how long a file or function is remembered after it was last seen
 */
public record IngestPipeline(
        ContentFetchers fetchers,
        FetchSettings fetching,
        FileLimits files,
        FunctionLimits functions,
        Duration dedupExpiry) {

    /** The stage's name in uids, metrics and records. */
    public static final String STAGE = "ingest";

    /** What this stage signs its records with; the number goes up when its filters change. */
    public static final String PRODUCER = "ingest/1";

    /** Builds the stage's rejections. */
    public static final Rejections REJECTIONS = new Rejections(STAGE, PRODUCER);

    /** Wires the stage between its ends. */
    public StageOutputs<CodeSnippet> apply(
            DataStream<RepoEvent> events, DataStream<DeadLetter> deadLetters) {
        SingleOutputStreamOperator<RepoEvent> admitted =
                named(
                        "admit-events",
                        events.process(new AdmitEvents(), AvroType.forRecord(RepoEvent.class)));
        SingleOutputStreamOperator<FetchedItem> fetched =
                named("fetch-content", FetchContent.fetch(admitted, fetchers, fetching));
        SingleOutputStreamOperator<FetchedFile> opened =
                named("open-fetched", fetched.process(new OpenFetched()));
        SingleOutputStreamOperator<SourceText> filtered =
                named("filter-files", opened.process(new FilterFiles(files)));
        SingleOutputStreamOperator<SourceText> distinct =
                named(
                        "drop-duplicate-files",
                        filtered.keyBy(SourceText::contentId)
                                .process(new DropDuplicateFiles(dedupExpiry)));
        SingleOutputStreamOperator<CutFunction> cut =
                named("cut-functions", distinct.process(new CutFunctions(functions)));
        SingleOutputStreamOperator<CodeSnippet> snippets =
                named(
                        "drop-duplicate-functions",
                        cut.keyBy(CutFunction::snippetId)
                                .process(
                                        new DropDuplicateFunctions(dedupExpiry),
                                        AvroType.forRecord(CodeSnippet.class)));
        return new StageOutputs<>(
                snippets,
                rejections(admitted, opened, filtered, distinct, cut, snippets),
                deadLetters);
    }

    private static <T> SingleOutputStreamOperator<T> named(
            String role, SingleOutputStreamOperator<T> operator) {
        return operator.name(STAGE + "." + role).uid(STAGE + "." + role);
    }

    private static DataStream<Rejection> rejections(
            SingleOutputStreamOperator<?> first, SingleOutputStreamOperator<?>... others) {
        DataStream<Rejection> all = first.getSideOutput(Rejections.TAG);
        for (SingleOutputStreamOperator<?> other : others) {
            all = all.union(other.getSideOutput(Rejections.TAG));
        }
        return all;
    }
}
