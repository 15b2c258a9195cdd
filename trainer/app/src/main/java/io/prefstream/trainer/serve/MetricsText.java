package io.prefstream.trainer.serve;

import io.prefstream.model.engine.EngineMetrics;
import io.prefstream.trainer.MetricPage;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import java.util.Map;

/**
 * What an engine and its server have done, in Prometheus' text format. Tokens a second are {@code
 * rate(prefstream_engine_tokens_total[1m])} by phase; rows a step are {@code
 * rate(prefstream_engine_rows_total[1m]) / rate(prefstream_engine_steps_total[1m])}.
 */
final class MetricsText {
    private final MetricPage page = new MetricPage("prefstream_engine");

    private MetricsText() {}

    /**
     * @param requests counts by labels
     */
    static String of(String model, EngineMetrics engine, Map<Labels, Double> requests) {
        MetricsText metrics = new MetricsText();
        metrics.engine(model, engine);
        CounterSnapshot.Builder answered =
                CounterSnapshot.builder()
                        .name("prefstream_http_requests")
                        .help("Requests that were answered.");
        requests.forEach(
                (labels, count) ->
                        answered.dataPoint(
                                new CounterSnapshot.CounterDataPointSnapshot(
                                        count, labels, null, 0)));
        metrics.page.add(answered.build());
        return metrics.page.text();
    }

    private void engine(String model, EngineMetrics m) {
        page.info("The model that answers.", Labels.of("model", model));
        page.counter(
                "tokens",
                "Tokens computed, by phase.",
                Map.of(
                        Labels.of("phase", "prefill"),
                        (double) m.promptTokens(),
                        Labels.of("phase", "decode"),
                        (double) m.generatedTokens()));
        page.counter("reused_tokens", "Prompt tokens that were in the cache.", m.reusedTokens());
        page.counter(
                "texts",
                "Texts by how they ended.",
                Map.of(
                        Labels.of("outcome", "completed"),
                        (double) m.completed(),
                        Labels.of("outcome", "failed"),
                        (double) m.failed()));
        page.counter("preemptions", "Texts that gave their cache up to others.", m.preemptions());
        page.gauge("lanes", "Steps that may be made side by side.", m.lanes());
        page.counter("steps", "Steps of a batch, of all lanes.", m.steps());
        page.counter("rows", "Tokens of all steps.", m.rows());
        page.counter("step_seconds", "Time in steps, of all lanes.", m.stepNanos() / 1e9);
        page.counter(
                "model_seconds",
                "Time in the model's kernels, of all lanes.",
                m.modelNanos() / 1e9);
        page.counter("attended_positions", "Cache positions read.", m.attendedTokens());
        page.counter("useful_positions", "Of those, not padding.", m.usefulTokens());
        page.gauge("padding_waste", "Share of padding since the start.", m.paddingWaste());
        page.add(
                SummarySnapshot.builder()
                        .name("prefstream_engine_queue_seconds")
                        .help("From request to admission.")
                        .dataPoint(
                                SummarySnapshot.SummaryDataPointSnapshot.builder()
                                        .sum(m.queueNanos() / 1e9)
                                        .count(m.admitted())
                                        .build())
                        .build());
        page.gauge("running", "Texts in the batch.", m.running());
        page.gauge("waiting", "Texts that wait.", m.waiting());
        page.gauge("kv_blocks_used", "Cache blocks in use.", m.usedBlocks());
        page.gauge("kv_blocks", "Cache blocks.", m.blocks());
    }
}
