package io.prefstream.jobs.generators;

import io.prefstream.generation.reliable.ReliableMetrics;
import io.prefstream.generation.reliable.RetryBudget;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToLongFunction;
import org.apache.flink.api.common.externalresource.ExternalResourceInfo;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.async.RichAsyncFunction;
import org.jspecify.annotations.Nullable;

/**
 * An operator that asks models without holding up the stream: it opens the pool that the subtasks
 * of a process share, tells what each generator does there (one subtask for all of them), and keeps
 * what records have spent.
 *
 * <p>What is under way at a checkpoint is asked again after a restore: from the log of answers
 * where there is one, else from the models. Tries that failed stay counted; that is all the state
 * there is beside Flink's own of what is under way.
 */
public abstract class AskModels<I, O> extends RichAsyncFunction<I, O>
        implements CheckpointedFunction {

    private static final long serialVersionUID = 1L;

    private static final ListStateDescriptor<String> SPENT =
            new ListStateDescriptor<>("tries-spent", Types.STRING);

    /** Name that Flink's own GPU driver is documented with. */
    private static final String GPU = "gpu";

    private final GeneratorPool.Factory models;

    /** Of what is under way, by record. */
    @SuppressWarnings("NullAway.Init") // in initializeState()
    private transient Map<String, RetryBudget> budgets;

    /** Tries that failed before a restart, by record. */
    @SuppressWarnings("NullAway.Init") // in initializeState()
    private transient Map<String, Integer> spentBefore;

    @SuppressWarnings("NullAway.Init") // in initializeState()
    private transient ListState<String> spent;

    private transient @Nullable GeneratorPool pool;

    protected AskModels(GeneratorPool.Factory models) {
        this.models = models;
    }

    /** The pool is open from now on. */
    protected abstract void opened(GeneratorPool pool, MetricGroup metrics) throws Exception;

    /** The pool is about to be closed; also where {@link #opened} failed or never came. */
    protected void closing() {}

    /**
     * What the requests of a record may still spend; {@link #done} ends it.
     *
     * @param id of the record
     */
    protected final RetryBudget begin(String id) {
        Integer before = spentBefore.remove(id);
        RetryBudget budget = new RetryBudget(models.tries(), before == null ? 0 : before);
        budgets.put(id, budget);
        return budget;
    }

    /** The record has its answers. Any thread may tell. */
    protected final void done(String id, RetryBudget budget) {
        budgets.remove(id, budget);
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
                (id, budget) -> {
                    if (budget.spent() > 0) {
                        lines.add(id + " " + budget.spent());
                    }
                });
        spent.update(lines);
    }

    @Override
    public final void open(OpenContext context) throws Exception {
        String job = getRuntimeContext().getJobInfo().getJobId().toString();
        GeneratorPool opened =
                models.open(job, device(getRuntimeContext().getExternalResourceInfos(GPU)));
        pool = opened;
        MetricGroup group = getRuntimeContext().getMetricGroup();
        if (opened.tells()) {
            opened.metrics()
                    .forEach(
                            (name, metrics) ->
                                    register(group.addGroup("generator", name), opened, name));
        }
        opened(opened, group);
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
    public final void close() {
        closing();
        if (pool != null) {
            pool.close();
        }
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
