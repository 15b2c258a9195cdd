package io.prefstream.synthesize;

import io.prefstream.jobs.common.ControlFeed;
import io.prefstream.jobs.common.CountRejections;
import io.prefstream.jobs.common.Rejections;
import io.prefstream.jobs.common.StageOutputs;
import io.prefstream.jobs.common.optout.DropOptedOut;
import io.prefstream.jobs.common.optout.DropOptedOut.Subject;
import io.prefstream.jobs.generators.GeneratorPool;
import io.prefstream.jobs.generators.release.AttachRelease;
import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.CheckpointPublished;
import io.prefstream.schemas.CodeSnippet;
import io.prefstream.schemas.DeadLetter;
import io.prefstream.schemas.OptOut;
import io.prefstream.schemas.Rejection;
import io.prefstream.topics.flink.AvroType;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.flink.streaming.api.datastream.AsyncDataStream;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.types.Either;
import org.jspecify.annotations.Nullable;

/**
 * Snippets in, candidate pairs out.
 *
 * <pre>
 *   snippets ─► make candidates ─► count attempts ─► candidates
 *               (async: some            │
 *                ask models)            └──────────► rejections
 * </pre>
 *
 * <p>Where a strategy follows the releases of a preference model, attach-model goes in front: it
 * writes on each snippet the newest release of the checkpoints that are announced.
 *
 * <p>Conserved: attempts = candidates + attempts rejected.
 *
 * @param recipe what is made of snippets
 * @param models that may be asked
 * @param capacity snippets under way in a subtask; more wait in the stream, which slows down with
 *     them
 */
public record SynthesizePipeline(Recipe recipe, GeneratorPool.Factory models, int capacity) {

    /** Pairs alone: nobody classifies or writes tests. */
    public SynthesizePipeline(
            List<StrategyShare> shares, GeneratorPool.Factory models, long seed, int capacity) {
        this(Recipe.of(shares, seed), models, capacity);
    }

    /** Flink's own limit of time for a snippet: a generator that is away is waited for. */
    private static final long NO_TIMEOUT = 0;

    /** The stage's name in uids, metrics and records. */
    public static final String STAGE = "synthesize";

    /** What this stage signs its records with. */
    public static final String PRODUCER = "synthesize/1";

    /** What goes in: it is out again when all its attempts are made. */
    public static final String SNIPPET = "snippet";

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

    /** Wires the stage between its ends; nobody follows releases. */
    public StageOutputs<CandidatePair> apply(
            DataStream<CodeSnippet> snippets,
            ControlFeed<OptOut> optOuts,
            DataStream<DeadLetter> deadLetters) {
        return apply(snippets, optOuts, null, deadLetters);
    }

    /**
     * Wires the stage between its ends.
     *
     * @param releases of the preference model, null where nobody follows them
     */
    StageOutputs<CandidatePair> apply(
            DataStream<CodeSnippet> snippets,
            ControlFeed<OptOut> optOuts,
            @Nullable ReleaseFeed releases,
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
                        SNIPPET,
                        true);
        DataStream<List<Either<CandidatePair, Rejection>>> attempts =
                AsyncDataStream.unorderedWait(
                                tasks(wanted, releases),
                                new MakeCandidates(recipe, models),
                                NO_TIMEOUT,
                                TimeUnit.MILLISECONDS,
                                capacity)
                        .name(STAGE + ".make-candidates")
                        .uid(STAGE + ".make-candidates");
        SingleOutputStreamOperator<CandidatePair> candidates =
                attempts.process(new CountAttempts(), AvroType.forRecord(CandidatePair.class))
                        .name(STAGE + ".count-attempts")
                        .uid(STAGE + ".count-attempts");
        DataStream<Rejection> rejections =
                wanted.getSideOutput(Rejections.TAG)
                        .union(candidates.getSideOutput(Rejections.TAG));
        DataStream<DeadLetter> unreadable = deadLetters.union(optOuts.deadLetters());
        return new StageOutputs<>(
                candidates,
                CountRejections.apply(rejections, STAGE, List.of(SNIPPET, ATTEMPT)),
                releases == null
                        ? unreadable
                        : unreadable.union(releases.checkpoints().deadLetters()));
    }

    private static DataStream<SnippetTask> tasks(
            DataStream<CodeSnippet> snippets, @Nullable ReleaseFeed releases) {
        if (releases == null) {
            return snippets.map(snippet -> new SnippetTask(snippet, null), SnippetTask.TYPE)
                    .name(STAGE + ".make-tasks")
                    .uid(STAGE + ".make-tasks");
        }
        ControlFeed<CheckpointPublished> checkpoints = releases.checkpoints();
        return snippets.connect(checkpoints.later().broadcast(AttachRelease.NEWEST_RELEASE))
                .process(
                        new AttachPreferenceModel(releases.modelName(), checkpoints.known()),
                        SnippetTask.TYPE)
                .name(STAGE + ".attach-model")
                .uid(STAGE + ".attach-model");
    }
}
