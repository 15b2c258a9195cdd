package io.prefstream.trainer.serve;

import io.prefstream.model.engine.EngineMetrics;
import java.util.Map;

/**
 * What an engine and its server have done, in Prometheus' text format. Tokens a second are {@code
 * rate(prefstream_engine_tokens_total[1m])} by phase; rows a step are {@code
 * rate(prefstream_engine_rows_total[1m]) / rate(prefstream_engine_steps_total[1m])}.
 */
final class MetricsText {
    private final StringBuilder text = new StringBuilder();

    private MetricsText() {}

    /**
     * @param requests counts by labels
     */
    static String of(String model, EngineMetrics engine, Map<String, Long> requests) {
        MetricsText metrics = new MetricsText();
        metrics.engine(model, engine);
        metrics.type("prefstream_http_requests_total", "counter", "Requests that were answered.");
        requests.forEach(
                (labels, count) ->
                        metrics.value("prefstream_http_requests_total{" + labels + "}", count));
        return metrics.text.toString();
    }

    private void engine(String model, EngineMetrics m) {
        type("prefstream_engine_info", "gauge", "The model that answers.");
        value("prefstream_engine_info{model=\"" + escaped(model) + "\"}", 1);
        type("prefstream_engine_tokens_total", "counter", "Tokens computed, by phase.");
        value("prefstream_engine_tokens_total{phase=\"prefill\"}", m.promptTokens());
        value("prefstream_engine_tokens_total{phase=\"decode\"}", m.generatedTokens());
        counter("reused_tokens", "Prompt tokens that were in the cache.", m.reusedTokens());
        type("prefstream_engine_texts_total", "counter", "Texts by how they ended.");
        value("prefstream_engine_texts_total{outcome=\"completed\"}", m.completed());
        value("prefstream_engine_texts_total{outcome=\"failed\"}", m.failed());
        counter("preemptions", "Texts that gave their cache up to others.", m.preemptions());
        gauge("lanes", "Steps that may be made side by side.", m.lanes());
        counter("steps", "Steps of a batch, of all lanes.", m.steps());
        counter("rows", "Tokens of all steps.", m.rows());
        counter("step_seconds", "Time in steps, of all lanes.", m.stepNanos() / 1e9);
        counter(
                "model_seconds",
                "Time in the model's kernels, of all lanes.",
                m.modelNanos() / 1e9);
        counter("attended_positions", "Cache positions read.", m.attendedTokens());
        counter("useful_positions", "Of those, not padding.", m.usefulTokens());
        gauge("padding_waste", "Share of padding since the start.", m.paddingWaste());
        type("prefstream_engine_queue_seconds", "summary", "From request to admission.");
        value("prefstream_engine_queue_seconds_sum", m.queueNanos() / 1e9);
        value("prefstream_engine_queue_seconds_count", m.admitted());
        gauge("running", "Texts in the batch.", m.running());
        gauge("waiting", "Texts that wait.", m.waiting());
        gauge("kv_blocks_used", "Cache blocks in use.", m.usedBlocks());
        gauge("kv_blocks", "Cache blocks.", m.blocks());
    }

    private void counter(String name, String help, double value) {
        type("prefstream_engine_" + name + "_total", "counter", help);
        value("prefstream_engine_" + name + "_total", value);
    }

    private void gauge(String name, String help, double value) {
        type("prefstream_engine_" + name, "gauge", help);
        value("prefstream_engine_" + name, value);
    }

    private void type(String name, String type, String help) {
        text.append("# HELP ").append(name).append(' ').append(help).append('\n');
        text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    private void value(String nameAndLabels, double value) {
        text.append(nameAndLabels).append(' ');
        if (value == Math.rint(value) && Math.abs(value) < 1e15) {
            text.append((long) value);
        } else {
            text.append(value);
        }
        text.append('\n');
    }

    private static String escaped(String label) {
        return label.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }
}
