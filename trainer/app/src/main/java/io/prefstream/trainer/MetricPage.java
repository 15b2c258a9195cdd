package io.prefstream.trainer;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;

/** Metrics as of one moment, whose names begin alike; one without values isn't there. */
public final class MetricPage {

    /** What {@link #text} is. */
    public static final String CONTENT_TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

    private final String prefix;
    private final MetricSnapshots.Builder metrics = MetricSnapshots.builder();

    /**
     * @param prefix such as {@code prefstream_engine}
     */
    public MetricPage(String prefix) {
        this.prefix = prefix;
    }

    /** What never changes, as labels of {@code prefix_info}. */
    public void info(String help, Labels labels) {
        metrics.metricSnapshot(
                InfoSnapshot.builder()
                        .name(prefix)
                        .help(help)
                        .dataPoint(new InfoSnapshot.InfoDataPointSnapshot(labels))
                        .build());
    }

    /** What may go up and down. */
    public void gauge(String name, String help, double value) {
        gauge(name, help, Map.of(Labels.EMPTY, value));
    }

    /** By labels. */
    public void gauge(String name, String help, Map<Labels, Double> values) {
        GaugeSnapshot.Builder gauge = GaugeSnapshot.builder().name(prefix + "_" + name).help(help);
        values.forEach(
                (labels, value) ->
                        gauge.dataPoint(new GaugeDataPointSnapshot(value, labels, null)));
        if (!values.isEmpty()) {
            metrics.metricSnapshot(gauge.build());
        }
    }

    /** What only goes up while the process lives; {@code _total} is added to its name. */
    public void counter(String name, String help, double value) {
        counter(name, help, Map.of(Labels.EMPTY, value));
    }

    /** By labels. */
    public void counter(String name, String help, Map<Labels, Double> values) {
        CounterSnapshot.Builder counter =
                CounterSnapshot.builder().name(prefix + "_" + name).help(help);
        values.forEach(
                (labels, value) ->
                        counter.dataPoint(new CounterDataPointSnapshot(value, labels, null, 0)));
        if (!values.isEmpty()) {
            metrics.metricSnapshot(counter.build());
        }
    }

    /** One that is made elsewhere. */
    public void add(MetricSnapshot metric) {
        metrics.metricSnapshot(metric);
    }

    /** All of it. */
    public MetricSnapshots build() {
        return metrics.build();
    }

    /** All of it in Prometheus' text format. */
    public String text() {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        try {
            PrometheusTextFormatWriter.create().write(text, build());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString(UTF_8);
    }
}
