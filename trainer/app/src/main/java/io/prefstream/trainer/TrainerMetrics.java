package io.prefstream.trainer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The trainer's figures as metrics, by Prometheus' conventions for names and units. What isn't
 * known has no value.
 *
 * <p>What a trunk keeps is a gauge, even where it only grows: it goes back with the trunk when a
 * trainer is started again, which a counter must not. Counters are of this process.
 */
final class TrainerMetrics {

    private static final double NANOSECOND = 1e-9;
    private static final double MEBIBYTE = 1 << 20;

    private final MetricPage page = new MetricPage("prefstream_trainer");
    private final JsonNode figures;

    private TrainerMetrics(JsonNode figures) {
        this.figures = figures;
    }

    /**
     * @param figures as {@link Progress#show} gives them
     * @param events of this process by name
     */
    static MetricSnapshots of(JsonNode figures, Map<String, EventTally> events) {
        TrainerMetrics metrics = new TrainerMetrics(figures);
        String model = figures.path("model").asText();
        metrics.page.info("What is trained.", Labels.of("model", model));
        metrics.training();
        metrics.accuracy();
        metrics.pairs();
        metrics.replay();
        metrics.work();
        metrics.events(events);
        return metrics.page.build();
    }

    private void training() {
        gauge("step", "Steps of the trunk.", "/step");
        gauge("loss", "Loss of the last step, of trunk or fork.", "/loss");
        gauge("reward_loss", "Preference part of the last step's loss.", "/rmLoss");
        gauge("language_loss", "Language part of the last step's loss, in nats.", "/lmLoss");
        gauge("gradient_norm", "Norm of the last step's gradient.", "/gradNorm");
        gauge("learning_rate", "Of the last step.", "/learningRate");
        gauge("reward_mean", "Mean reward of both sides of the last batch.", "/rewardMean");
        gauge("reward_variance", "Variance of the last batch's rewards.", "/rewardVariance");
        gauge("skipped_batches", "Batches whose loss was no number.", "/skippedBatches");
        gauges("releases", "Releases made.", "outcome", "/releases");
        gauge(
                "releases_refused_in_a_row",
                "Refused releases since the last published one.",
                "/refusedInARow");
    }

    private void accuracy() {
        gauge(
                "prequential_accuracy",
                "On the newest fresh pairs, each judged before it may be trained on.",
                "/prequentialAccuracy");
        gauge("prequential_pairs", "Fresh pairs judged.", "/prequentialPairs");
        Map<Labels, Double> groups = new LinkedHashMap<>();
        figures.path("prequentialBy")
                .properties()
                .forEach(
                        by -> {
                            Labels dimension = Labels.of("dimension", by.getKey());
                            groups.putAll(each(by.getValue(), dimension, "group", "/value"));
                        });
        page.gauge("prequential_group_accuracy", "The same by group.", groups);
        gauge("holdout_accuracy", "At the last evaluation.", "/holdoutAccuracy");
        gauge(
                "holdout_calibration_error",
                "Expected calibration error at the last evaluation.",
                "/holdoutCalibrationError");
        gauge("holdout_pairs", "Pairs held out.", "/holdoutPairs");
        page.gauge(
                "probe_accuracy",
                "Of trivial readers on the last release's holdout.",
                each(figures.at("/probes/accuracy"), Labels.EMPTY, "probe", "/value"));
        gauge("drift_alarms", "Alarms of harder fresh pairs.", "/driftAlarmCount");
    }

    private void pairs() {
        gauge("pairs_read", "Records read.", "/pairs/read");
        page.gauge(
                "pairs",
                "What became of the records read.",
                some(
                        "/pairs",
                        "fate",
                        List.of(
                                "train",
                                "holdout",
                                "duplicate",
                                "updated",
                                "skipped",
                                "deadLettered",
                                "removals")));
        gauges("pairs_skipped", "By reason.", "reason", "/pairs/skippedByReason");
        gauges("pairs_taken_back", "Pairs taken back.", "kind", "/pairs/takenBack");
        gauges("log_position", "Next position to read.", "partition", "/positions");
        gauges("log_lag", "Positions yet to come.", "partition", "/lag");
    }

    private void replay() {
        gauge("replay_items", "Pairs in the replay buffer.", "/replay/size");
        gauge("replay_inserted", "Pairs that came in.", "/replay/inserted");
        gauge("replay_duplicates", "Pairs that were there already.", "/replay/duplicates");
        gauge("replay_sampled", "Samples drawn.", "/replay/sampled");
        page.gauge(
                "replay_left",
                "Pairs that left.",
                some("/replay", "why", List.of("removed", "evicted", "usedUp", "stale")));
        gauge("history_ratio", "Share of history in the last batch.", "/historyFraction");
    }

    private void work() {
        counter("tokens", "Real tokens that steps were made of.", "/work/tokens", 1);
        counter("padded_tokens", "The same, padding included.", "/work/paddedTokens", 1);
        counter("operations", "Operations that real tokens need.", "/work/operations", 1);
        counter("step_seconds", "Time in steps.", "/work/stepNanos", NANOSECOND);
        counter("data_wait_seconds", "Steps' wait for data.", "/work/dataNanos", NANOSECOND);
        gauge("peak_operations_per_second", "Of a large matrix product here.", "/peak");
        page.gauge("resident_memory_bytes", "Memory.", values("/residentMiB", MEBIBYTE));
        page.gauge("gpu_memory_bytes", "Memory in use on GPUs.", values("/gpuMiB", MEBIBYTE));
        gauge("disk_bytes", "Size of the disk of `out`.", "/diskBytes");
        gauge("disk_free_bytes", "Room on the disk of `out`.", "/diskFreeBytes");
    }

    private void events(Map<String, EventTally> events) {
        Map<Labels, Double> counts = new LinkedHashMap<>();
        Map<Labels, Double> times = new LinkedHashMap<>();
        events.forEach(
                (event, tally) -> {
                    Labels labels = Labels.of("event", event);
                    counts.put(labels, (double) tally.count());
                    if (tally.count() > 0) {
                        times.put(labels, tally.lastMillis() / 1000.0);
                    }
                });
        page.counter("events", "Events of this process, and steps of trunk and forks.", counts);
        page.gauge("event_timestamp_seconds", "When there was one last.", times);
    }

    private void gauge(String name, String help, String pointer) {
        page.gauge(name, help, values(pointer, 1));
    }

    private void gauges(String name, String help, String label, String pointer) {
        page.gauge(name, help, each(figures.at(pointer), Labels.EMPTY, label, ""));
    }

    private void counter(String name, String help, String pointer, double scale) {
        page.counter(name, help, values(pointer, scale));
    }

    private Map<Labels, Double> values(String pointer, double scale) {
        JsonNode figure = figures.at(pointer);
        return figure.isNumber() ? Map.of(Labels.EMPTY, figure.asDouble() * scale) : Map.of();
    }

    /** Some fields of an object by their names. */
    private Map<Labels, Double> some(String pointer, String label, List<String> fields) {
        ObjectNode chosen = figures.at(pointer).deepCopy();
        return each(chosen.retain(fields), Labels.EMPTY, label, "");
    }

    /**
     * All fields of an object by their names.
     *
     * @param within pointer from a field to its number
     */
    private static Map<Labels, Double> each(
            JsonNode object, Labels with, String label, String within) {
        Map<Labels, Double> values = new LinkedHashMap<>();
        object.properties()
                .forEach(
                        field ->
                                values.put(
                                        with.add(label, field.getKey()),
                                        field.getValue().at(within).asDouble()));
        return values;
    }
}
