package io.prefstream.ingest;

import io.prefstream.ingest.decontaminate.DropContaminated;
import io.prefstream.ingest.filter.CommentLimits;
import io.prefstream.ingest.filter.FileLimits;
import io.prefstream.ingest.filter.PartLimits;
import io.prefstream.ingest.licence.LicencePolicy;
import io.prefstream.ingest.neardup.ArrivalClock;
import io.prefstream.ingest.neardup.NearDupSettings;
import io.prefstream.ingest.neardup.NearDupStage;
import io.prefstream.ingest.operators.AdmitEvents;
import io.prefstream.ingest.operators.CheckLicences;
import io.prefstream.ingest.operators.CountSnippets;
import io.prefstream.ingest.operators.CutParts;
import io.prefstream.ingest.operators.DropDuplicateFiles;
import io.prefstream.ingest.operators.DropDuplicateParts;
import io.prefstream.ingest.operators.FetchContent;
import io.prefstream.ingest.operators.FilterFiles;
import io.prefstream.ingest.operators.OpenFetched;
import io.prefstream.ingest.operators.RedactSecrets;
import io.prefstream.ingest.redact.RedactionRules;
import io.prefstream.jobs.common.ControlFeed;
import io.prefstream.jobs.common.CountRejections;
import io.prefstream.jobs.common.Rejections;
import io.prefstream.jobs.common.StageOutputs;
import io.prefstream.jobs.common.decontaminate.Fingerprints;
import io.prefstream.jobs.common.optout.DropOptedOut;
import io.prefstream.jobs.common.optout.DropOptedOut.Subject;
import io.prefstream.schemas.Benchmark;
import io.prefstream.schemas.CodeSnippet;
import io.prefstream.schemas.DeadLetter;
import io.prefstream.schemas.OptOut;
import io.prefstream.schemas.Publication;
import io.prefstream.schemas.Rejection;
import io.prefstream.schemas.RepoEvent;
import io.prefstream.topics.flink.AvroType;
import java.time.Duration;
import java.util.List;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;

/**
 * Events in, snippets out.
 *
 * <pre>
 *   events ─► admit events ─► drop opted out ─► fetch content ─► open fetched ─┐
 *   ┌──────────────────────────────────────────────────────────────────────────┘
 *   └─► drop opted out ─► filter files ─► redact secrets ─► check licences ─► drop duplicate files ─┐
 *   ┌─────────────────────────────────────────────────────────────────────────────┘
 *   └─► cut parts ─► drop duplicate parts ─► drop contaminated ─┐
 *   ┌───────────────────────────────────────────────────────────────────┘
 *   └─► drop near-duplicates ─► count ─► snippets
 *
 *   every step but redact and count ─► rejections
 * </pre>
 *
 * <p>Three units are conserved, each for itself: events in = events out + events rejected; files in
 * (all entries of what was fetched) = files out (at least one part cut out) + files rejected;
 * snippets in = snippets + snippets rejected. Behind {@code redact secrets} no text holds a secret
 * that its rules know: ids, samples and snippets are of the redacted text.
 *
 * @param fetchers opens the fetcher of a subtask
 * @param fetching how patiently content is fetched
 * @param files limits of a file
 * @param comments the share of comments that a file may have
 * @param parts what is cut out of a file, and its limits
 * @param licences which licences code may be under
 * @param redaction what is replaced in it
 * @param dedupExpiry how long an event, file or snippet is remembered after it was last seen
 * @param benchmarks what no snippet may hold a part of
 * @param nearDup what counts as a near-duplicate
 */
public record IngestPipeline(
        ContentFetchers fetchers,
        FetchSettings fetching,
        FileLimits files,
        CommentLimits comments,
        PartLimits parts,
        LicencePolicy licences,
        RedactionRules redaction,
        Duration dedupExpiry,
        List<Fingerprints> benchmarks,
        NearDupSettings nearDup) {

    /** The stage's name in uids, metrics and records. */
    /** The unit that ingest cuts out of files: a function, a class or a whole file. */
    public static final String SNIPPET = "snippet";

    public static final String STAGE = "ingest";

    /** What this stage signs its records with; the number goes up when its filters change. */
    public static final String PRODUCER = "ingest/1";

    /** Builds the stage's rejections. */
    public static final Rejections REJECTIONS = new Rejections(STAGE, PRODUCER);

    /** Wires the stage between its ends. */
    public StageOutputs<CodeSnippet> apply(
            DataStream<RepoEvent> events,
            ControlFeed<OptOut> optOuts,
            ControlFeed<Benchmark> added,
            DataStream<DeadLetter> deadLetters) {
        SingleOutputStreamOperator<RepoEvent> admitted =
                named(
                        "admit-events",
                        events.keyBy(RepoEvent::getId)
                                .process(
                                        new AdmitEvents(dedupExpiry),
                                        AvroType.forRecord(RepoEvent.class)));
        SingleOutputStreamOperator<RepoEvent> wantedEvents =
                DropOptedOut.apply(
                        admitted,
                        optOuts,
                        IngestPipeline::subject,
                        REJECTIONS,
                        STAGE,
                        "event",
                        false);
        SingleOutputStreamOperator<FetchedItem> fetched =
                named("fetch-content", FetchContent.fetch(wantedEvents, fetchers, fetching));
        SingleOutputStreamOperator<FetchedFile> opened =
                named("open-fetched", fetched.process(new OpenFetched()));
        SingleOutputStreamOperator<FetchedFile> wantedFiles =
                DropOptedOut.apply(
                        opened,
                        optOuts,
                        file ->
                                new Subject(
                                        file.id(),
                                        file.source().repository(),
                                        file.path(),
                                        file.source().publishedAt()),
                        REJECTIONS,
                        STAGE,
                        "file",
                        false);
        SingleOutputStreamOperator<SourceText> filtered =
                named(
                        "filter-files",
                        wantedFiles.process(new FilterFiles(files, redaction, licences)));
        SingleOutputStreamOperator<SourceText> redacted =
                named("redact-secrets", filtered.process(new RedactSecrets(redaction)));
        SingleOutputStreamOperator<SourceText> licensed =
                named("check-licences", redacted.process(new CheckLicences(licences)));
        SingleOutputStreamOperator<SourceText> distinct =
                named(
                        "drop-duplicate-files",
                        licensed.keyBy(SourceText::contentId)
                                .process(new DropDuplicateFiles(dedupExpiry)));
        SingleOutputStreamOperator<CutPart> cut =
                named("cut-parts", distinct.process(new CutParts(comments, parts)));
        SingleOutputStreamOperator<CodeSnippet> distinctParts =
                named(
                        "drop-duplicate-parts",
                        cut.keyBy(CutPart::snippetId)
                                .process(
                                        new DropDuplicateParts(dedupExpiry),
                                        AvroType.forRecord(CodeSnippet.class)));
        SingleOutputStreamOperator<CodeSnippet> clean =
                named(
                        "drop-contaminated",
                        distinctParts
                                .connect(added.broadcast())
                                .process(
                                        new DropContaminated(benchmarks, added.known()),
                                        AvroType.forRecord(CodeSnippet.class)));
        DataStream<CodeSnippet> kept = clean;
        DataStream<Rejection> rejections =
                rejections(
                        admitted,
                        wantedEvents,
                        opened,
                        wantedFiles,
                        filtered,
                        licensed,
                        distinct,
                        cut,
                        distinctParts,
                        clean);
        if (nearDup.enabled()) {
            NearDupStage stage = NearDupStage.apply(clean, STAGE, nearDup, ArrivalClock.steady());
            kept = stage.snippets();
            rejections = rejections.union(stage.rejections());
        }
        SingleOutputStreamOperator<CodeSnippet> snippets =
                named(
                        "count-snippets",
                        kept.process(new CountSnippets(), AvroType.forRecord(CodeSnippet.class)));
        return new StageOutputs<>(
                snippets,
                CountRejections.apply(rejections, STAGE, List.of("event", "file", SNIPPET)),
                deadLetters.union(optOuts.deadLetters(), added.deadLetters()));
    }

    private static Subject subject(RepoEvent event) {
        SourceRef source = SourceRef.of(event, (Publication) event.getBody());
        return new Subject(event.getId(), source.repository(), null, source.publishedAt());
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
