package io.prefstream.synthesize;

import io.prefstream.generation.reliable.ReliableMetrics;
import io.prefstream.generation.reliable.RetryBudget;
import io.prefstream.jobs.common.syntax.Language;
import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.CodeSnippet;
import io.prefstream.schemas.Rejection;
import io.prefstream.synthesize.Attempt.Candidate;
import io.prefstream.synthesize.Attempt.NoCandidate;
import io.prefstream.synthesize.models.GeneratorPool;
import io.prefstream.topics.flink.AvroType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToLongFunction;
import org.apache.flink.api.common.externalresource.ExternalResourceInfo;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.typeutils.EitherTypeInfo;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.async.ResultFuture;
import org.apache.flink.streaming.api.functions.async.RichAsyncFunction;
import org.apache.flink.types.Either;
import org.jspecify.annotations.Nullable;

/**
 * Makes the attempts of each snippet, without holding up the stream while models are asked. A
 * snippet goes out once, as the candidates and rejections of all its attempts.
 *
 * <p>What is under way at a checkpoint is attempted again after a restore and gives the same
 * records: from the log of answers where there is one, else by asking again. Tries that failed stay
 * counted; that is all the state there is beside Flink's own of what is under way.
 */
final class MakeCandidates extends RichAsyncFunction<CodeSnippet, Either<CandidatePair, Rejection>>
        implements CheckpointedFunction, ResultTypeQueryable<Either<CandidatePair, Rejection>> {

    private static final long serialVersionUID = 1L;

    private static final ListStateDescriptor<String> SPENT =
            new ListStateDescriptor<>("tries-spent", Types.STRING);

    /** Name that Flink's own GPU driver is documented with. */
    private static final String GPU = "gpu";

    private final List<StrategyShare> shares;
    private final GeneratorPool.Factory models;
    private final long seed;

    @SuppressWarnings("NullAway.Init") // in open()
    private transient List<Strategy> strategies;

    /** Of what is under way, by snippet. */
    @SuppressWarnings("NullAway.Init") // in initializeState()
    private transient Map<String, RetryBudget> budgets;

    /** Tries that failed before a restart, by snippet. */
    @SuppressWarnings("NullAway.Init") // in initializeState()
    private transient Map<String, Integer> spentBefore;

    @SuppressWarnings("NullAway.Init") // in initializeState()
    private transient ListState<String> spent;

    private transient @Nullable GeneratorPool pool;

    MakeCandidates(List<StrategyShare> shares, GeneratorPool.Factory models, long seed) {
        this.shares = List.copyOf(shares);
        this.models = models;
        this.seed = seed;
    }

    /** Said by hand: Flink cannot derive the type of an Avro record without setters. */
    @Override
    public TypeInformation<Either<CandidatePair, Rejection>> getProducedType() {
        return new EitherTypeInfo<>(
                AvroType.forRecord(CandidatePair.class), AvroType.forRecord(Rejection.class));
    }

    /** Every subtask is given all counts, as Flink deals out anew what was under way. */
    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        budgets = new ConcurrentHashMap<>();
        spentBefore = new HashMap<>();
        spent = context.getOperatorStateStore().getUnionListState(SPENT);
        for (String line : spent.get()) {
            int at = line.lastIndexOf(' ');
            spentBefore.merge(
                    line.substring(0, at), Integer.parseInt(line.substring(at + 1)), Math::max);
        }
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        List<String> lines = new ArrayList<>();
        budgets.forEach(
                (snippet, budget) -> {
                    if (budget.spent() > 0) {
                        lines.add(snippet + " " + budget.spent());
                    }
                });
        spent.update(lines);
    }

    @Override
    public void open(OpenContext context) throws Exception {
        String job = getRuntimeContext().getJobInfo().getJobId().toString();
        GeneratorPool opened =
                models.open(job, device(getRuntimeContext().getExternalResourceInfos(GPU)));
        pool = opened;
        strategies = shares.stream().map(share -> share.factory().create(opened)).toList();
        MetricGroup group = getRuntimeContext().getMetricGroup();
        for (Language language : Language.values()) {
            MetricGroup gap = group.addGroup("language", language.code()).addGroup("gap");
            gap.gauge("wholeAnswers", (Gauge<Double>) () -> opened.gap().gap(language));
            gap.gauge("closed", (Gauge<Integer>) () -> opened.gap().isClosed(language) ? 1 : 0);
        }
        opened.metrics()
                .forEach(
                        (name, metrics) ->
                                register(group.addGroup("generator", name), opened, name));
    }

    /** The first of the GPUs that Flink gave this process, by their index; else the processor. */
    static String device(Set<ExternalResourceInfo> gpus) {
        return gpus.stream()
                .flatMap(gpu -> gpu.getProperty("index").stream())
                .map(Integer::valueOf)
                .sorted()
                .map(index -> "cuda:" + index)
                .findFirst()
                .orElse("cpu");
    }

    @Override
    public void close() {
        if (pool != null) {
            pool.close();
        }
    }

    @Override
    public void asyncInvoke(
            CodeSnippet snippet, ResultFuture<Either<CandidatePair, Rejection>> result) {
        RetryBudget budget = budget(snippet);
        List<String> names = new ArrayList<>();
        List<CompletableFuture<Attempt>> attempts = new ArrayList<>();
        for (int i = 0; i < shares.size(); i++) {
            StrategyShare share = shares.get(i);
            if (strategies.get(i).suits(snippet) && share.covers(snippet, seed)) {
                for (int variant = 0; variant < share.variants(); variant++) {
                    names.add(share.name() + "/" + variant);
                    long attemptSeed = share.seed(snippet, variant, seed);
                    attempts.add(strategies.get(i).attempt(snippet, attemptSeed, budget));
                }
            }
        }
        CompletableFuture<?> unused =
                CompletableFuture.allOf(attempts.toArray(CompletableFuture<?>[]::new))
                        .whenComplete(
                                (nothing, failure) -> {
                                    budgets.remove(snippet.getId(), budget);
                                    if (failure == null) {
                                        result.complete(outcomes(snippet, names, attempts));
                                    } else {
                                        result.completeExceptionally(failure);
                                    }
                                });
    }

    private RetryBudget budget(CodeSnippet snippet) {
        Integer before = spentBefore.remove(snippet.getId());
        RetryBudget budget = new RetryBudget(models.tries(), before == null ? 0 : before);
        budgets.put(snippet.getId(), budget);
        return budget;
    }

    private static List<Either<CandidatePair, Rejection>> outcomes(
            CodeSnippet snippet, List<String> names, List<CompletableFuture<Attempt>> attempts) {
        Set<String> made = new HashSet<>();
        List<Either<CandidatePair, Rejection>> outcomes = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            Attempt attempt = attempts.get(i).join();
            if (attempt instanceof Candidate candidate && !made.add(candidate.pair().getId())) {
                attempt =
                        new NoCandidate(
                                SynthesizeReason.DUPLICATE_VARIANT,
                                "attempt %s repeats an earlier one of the same snippet"
                                        .formatted(names.get(i)));
            }
            if (attempt instanceof Candidate candidate) {
                outcomes.add(Either.Left(candidate.pair()));
            } else if (attempt instanceof NoCandidate none) {
                outcomes.add(
                        Either.Right(SynthesizePipeline.noCandidate(snippet, names.get(i), none)));
            }
        }
        return outcomes;
    }

    private static void register(MetricGroup group, GeneratorPool pool, String name) {
        Map<String, ToLongFunction<ReliableMetrics>> counts =
                Map.ofEntries(
                        Map.entry("requests", ReliableMetrics::requests),
                        Map.entry("answeredFromLog", ReliableMetrics::answeredFromLog),
                        Map.entry("completed", ReliableMetrics::completed),
                        Map.entry("failed", ReliableMetrics::failed),
                        Map.entry("retries", ReliableMetrics::retries),
                        Map.entry("pauses", ReliableMetrics::pauses),
                        Map.entry("paused", metrics -> metrics.paused() ? 1 : 0),
                        Map.entry("promptTokens", ReliableMetrics::promptTokens),
                        Map.entry("completionTokens", ReliableMetrics::completionTokens),
                        Map.entry("latencyNanos", ReliableMetrics::latencyNanos),
                        Map.entry("busyNanos", ReliableMetrics::busyNanos),
                        Map.entry("inFlight", metrics -> (long) metrics.inFlight()),
                        Map.entry("waiting", metrics -> (long) metrics.waiting()),
                        Map.entry("tokensInFlight", ReliableMetrics::tokensInFlight),
                        Map.entry("tokenLimit", ReliableMetrics::tokenLimit));
        counts.forEach(
                (metric, count) ->
                        group.gauge(
                                metric, (Gauge<Long>) () -> count.applyAsLong(pool.metrics(name))));
        group.gauge("cost", (Gauge<Double>) () -> pool.metrics(name).cost());
    }
}
