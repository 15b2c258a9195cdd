package io.prefstream.validate;

import io.prefstream.generation.openai.OpenAiSettings;
import io.prefstream.jobs.common.ControlFeed;
import io.prefstream.jobs.common.CountRejections;
import io.prefstream.jobs.common.Rejections;
import io.prefstream.schemas.Benchmark;
import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.CheckpointPublished;
import io.prefstream.schemas.OptOut;
import io.prefstream.schemas.PreferencePair;
import io.prefstream.schemas.Rejection;
import io.prefstream.topics.flink.AvroType;
import io.prefstream.topics.flink.Tombstone;
import io.prefstream.validate.bias.BiasMonitor;
import io.prefstream.validate.bias.BiasReport;
import io.prefstream.validate.execution.ExecuteTests;
import io.prefstream.validate.execution.ExecutionSettings;
import io.prefstream.validate.judge.JudgePairs;
import io.prefstream.validate.judge.JudgeSettings;
import io.prefstream.validate.margin.AttachModel;
import io.prefstream.validate.margin.EndpointMarginScorer;
import io.prefstream.validate.margin.MarginFunction;
import io.prefstream.validate.margin.MarginScorer;
import io.prefstream.validate.margin.ScoringTask;
import io.prefstream.validate.margin.SharedMarginScorer;
import io.prefstream.validate.rules.Statement;
import io.prefstream.validate.rules.SupersedePairs;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.typeutils.EitherTypeInfo;
import org.apache.flink.streaming.api.datastream.AsyncDataStream;
import org.apache.flink.streaming.api.datastream.BroadcastStream;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.types.Either;
import org.jspecify.annotations.Nullable;

/**
 * The validate stage between its ends.
 *
 * <pre>
 *   candidates ──► check-candidates ──► attach-model ──► measure-margin ──► finish-pairs ──► admit-pairs ─┐
 *                         │                  ▲            (async, shared         │              │ by form  │
 *                         ▼                  │             scorer)               ▼              ▼          │
 *                    rejections         checkpoints                         rejections      rejections     │
 *                                       (broadcast)                                                        │
 *   ┌──────────────────────────────────────────────────────────────────────────────────────────────────────┘
 *   └──► retract-pairs ──► pairs, tombstones ──► bias monitor
 * </pre>
 *
 * <p>Opt-outs and benchmarks (broadcast) are looked at by check-candidates, before anything is run
 * or asked; by finish-pairs again, so that what was excluded meanwhile isn't quarantined; and by
 * retract-pairs, which takes back what was accepted before.
 *
 * <p>With {@code validate.execution.mode=on} the pairs' tests are run behind check-candidates
 * (execute-tests, async), and with {@code validate.judge.votes} models vote on them (judge-pairs,
 * async); finish-pairs decides by what they and the margin say.
 *
 * <p>With {@code validate.rules-version} above 1 pairs, rejections and the pair log go through
 * supersede-pairs, which writes what lower rules must not have the last word on.
 *
 * <p>Candidates in = pairs out + rejections. Those rejected because their label is in doubt are
 * quarantined as well, as they are.
 */
public final class ValidatePipeline {

    /** Name of the stage on records and metrics. */
    public static final String STAGE = "validate";

    /** What the stage counts. */
    public static final String UNIT = "candidate";

    /** Name and version of what produces the records: a new number when a decision changes. */
    public static final String PRODUCER = "validate/3";

    /**
     * What the stage puts out.
     *
     * @param pairs the pairs that passed, and tombstones of those taken back
     * @param quarantined those of the rejected whose label is in doubt
     * @param rejections one record for each candidate that did not
     * @param bias how well surface features alone predict the labels of the pairs that passed
     */
    public record Outputs(
            DataStream<Either<PreferencePair, Tombstone>> pairs,
            DataStream<PreferencePair> quarantined,
            DataStream<Rejection> rejections,
            DataStream<BiasReport> bias) {}

    private ValidatePipeline() {}

    /** Puts the first rules' stage between ends of one's own. */
    public static Outputs build(
            DataStream<CandidatePair> candidates,
            ControlFeed<CheckpointPublished> checkpoints,
            ControlFeed<OptOut> optOuts,
            ControlFeed<Benchmark> benchmarks,
            ValidateSettings settings) {
        return build(
                candidates,
                checkpoints,
                optOuts,
                benchmarks,
                null,
                settings,
                TokenizerFile::open,
                scorers(settings, STAGE));
    }

    /**
     * Who gives margins.
     *
     * @param user whose subtasks in a process share a model, and take turns at an endpoint
     */
    static MarginScorer.Factory scorers(ValidateSettings settings, String user) {
        OpenAiSettings endpoint = settings.margin().endpoint();
        return endpoint == null
                ? SharedMarginScorer.factory(user, settings.inferenceThreads())
                : EndpointMarginScorer.factory(user, endpoint);
    }

    /**
     * Puts the stage between its ends.
     *
     * @param log what the pair log holds, for rules that supersede others; null for the first
     * @param scorers opens the preference model's scorer in each task
     */
    static Outputs build(
            DataStream<CandidatePair> candidates,
            ControlFeed<CheckpointPublished> checkpoints,
            ControlFeed<OptOut> optOuts,
            ControlFeed<Benchmark> benchmarks,
            @Nullable DataStream<Statement> log,
            ValidateSettings settings,
            TokenEncoders encoders,
            MarginScorer.Factory scorers) {
        AvroType<PreferencePair> pairType = AvroType.forRecord(PreferencePair.class);
        TypeInformation<Either<PreferencePair, Tombstone>> changeType =
                new EitherTypeInfo<>(pairType, Tombstone.TYPE);
        PairAssembly assembly =
                new PairAssembly(
                        PRODUCER, settings.rulesVersion(), settings.split(), settings.confidence());

        Exclusions.Source exclusions =
                new Exclusions.Source(optOuts.known(), settings.benchmarks(), benchmarks.known());
        BroadcastStream<Either<OptOut, Benchmark>> excluded =
                ControlFeed.broadcast(told(optOuts, benchmarks));

        SingleOutputStreamOperator<PreferencePair> drafts =
                candidates
                        .connect(excluded)
                        .process(
                                new CheckCandidates(
                                        exclusions, settings.checks(), assembly, encoders),
                                pairType)
                        .name("validate.check-candidates")
                        .uid("validate.check-candidates");

        DataStream<ScoringTask> tasks =
                judged(tested(drafts, settings.execution(), assembly), settings.judge(), assembly)
                        .connect(checkpoints.later().broadcast(AttachModel.NEWEST_RELEASE))
                        .process(
                                new AttachModel(settings.modelName(), checkpoints.known()),
                                ScoringTask.TYPE)
                        .name("validate.attach-model")
                        .uid("validate.attach-model");

        DataStream<PreferencePair> scored =
                AsyncDataStream.unorderedWait(
                                tasks,
                                new MarginFunction(scorers, settings.margin(), assembly),
                                settings.margin().timeout().toMillis(),
                                TimeUnit.MILLISECONDS,
                                settings.margin().capacity())
                        .name("validate.measure-margin")
                        .uid("validate.measure-margin");

        SingleOutputStreamOperator<PreferencePair> finished =
                scored.connect(excluded)
                        .process(
                                new FinishPairs(exclusions.laterOnes(), settings.rules()), pairType)
                        .name("validate.finish-pairs")
                        .uid("validate.finish-pairs");

        SingleOutputStreamOperator<PreferencePair> admitted =
                finished.map(FormedPair::of, FormedPair.TYPE)
                        .name("validate.form-pairs")
                        .uid("validate.form-pairs")
                        .keyBy(FormedPair::form, Types.STRING)
                        .process(new AdmitPairs(settings.admission()), pairType)
                        .name("validate.admit-pairs")
                        .uid("validate.admit-pairs");

        SingleOutputStreamOperator<Either<PreferencePair, Tombstone>> pairs =
                admitted.keyBy(pair -> pair.getCandidate().getRepository())
                        .connect(excluded)
                        .process(new RetractPairs(exclusions.laterOnes()), changeType)
                        .name("validate.retract-pairs")
                        .uid("validate.retract-pairs");

        int rulesVersion = settings.rulesVersion();
        DataStream<Rejection> rejections =
                drafts.getSideOutput(Rejections.TAG)
                        .union(
                                finished.getSideOutput(Rejections.TAG),
                                admitted.getSideOutput(Rejections.TAG),
                                pairs.getSideOutput(Rejections.TAG))
                        .map(
                                rejection -> Rejections.underRules(rejection, rulesVersion),
                                AvroType.forRecord(Rejection.class))
                        .name("validate.note-rules")
                        .uid("validate.note-rules");

        return new Outputs(
                log == null ? pairs : superseding(pairs, rejections, log, rulesVersion, changeType),
                finished.getSideOutput(FinishPairs.QUARANTINED),
                CountRejections.apply(rejections, STAGE, List.of(UNIT)),
                BiasMonitor.watch(pairs, STAGE, settings.bias(), Clock.systemUTC()));
    }

    /** The changes with which these rules have the last word on the log. */
    private static DataStream<Either<PreferencePair, Tombstone>> superseding(
            DataStream<Either<PreferencePair, Tombstone>> pairs,
            DataStream<Rejection> rejections,
            DataStream<Statement> log,
            int rulesVersion,
            TypeInformation<Either<PreferencePair, Tombstone>> changeType) {
        return pairs.map(change -> Statement.of(change), Statement.TYPE)
                .name("validate.state-pairs")
                .uid("validate.state-pairs")
                .union(
                        rejections
                                .map(rejection -> Statement.of(rejection), Statement.TYPE)
                                .name("validate.state-rejections")
                                .uid("validate.state-rejections"),
                        log)
                .keyBy(Statement::id, Types.STRING)
                .process(new SupersedePairs(rulesVersion), changeType)
                .name("validate.supersede-pairs")
                .uid("validate.supersede-pairs");
    }

    /** The drafts with what their tests say; where none are run, the drafts alone. */
    private static DataStream<PreferencePair> tested(
            DataStream<PreferencePair> drafts,
            @Nullable ExecutionSettings execution,
            PairAssembly assembly) {
        if (execution == null) {
            return drafts;
        }
        return AsyncDataStream.unorderedWait(
                        drafts,
                        new ExecuteTests(execution, assembly),
                        execution.pairTimeout().toMillis(),
                        TimeUnit.MILLISECONDS,
                        execution.capacity())
                .name("validate.execute-tests")
                .uid("validate.execute-tests");
    }

    /** The drafts with the judges' votes; where nobody votes, the drafts alone. */
    private static DataStream<PreferencePair> judged(
            DataStream<PreferencePair> drafts,
            @Nullable JudgeSettings judge,
            PairAssembly assembly) {
        if (judge == null) {
            return drafts;
        }
        // The generators end each try themselves, and wait for a model that is away.
        return AsyncDataStream.unorderedWait(
                        drafts,
                        new JudgePairs(judge, assembly),
                        0,
                        TimeUnit.MILLISECONDS,
                        judge.capacity())
                .name("validate.judge-pairs")
                .uid("validate.judge-pairs");
    }

    /** What candidates are refused for, and accepted pairs taken back. */
    private static DataStream<Either<OptOut, Benchmark>> told(
            ControlFeed<OptOut> optOuts, ControlFeed<Benchmark> benchmarks) {
        TypeInformation<Either<OptOut, Benchmark>> type =
                new EitherTypeInfo<>(
                        AvroType.forRecord(OptOut.class), AvroType.forRecord(Benchmark.class));
        DataStream<Either<OptOut, Benchmark>> added =
                benchmarks
                        .later()
                        .map(benchmark -> Either.<OptOut, Benchmark>Right(benchmark))
                        .returns(type)
                        .name("validate.tell-benchmarks")
                        .uid("validate.tell-benchmarks");
        return optOuts.later()
                .map(optOut -> Either.<OptOut, Benchmark>Left(optOut))
                .returns(type)
                .name("validate.tell-opt-outs")
                .uid("validate.tell-opt-outs")
                .union(added);
    }
}
