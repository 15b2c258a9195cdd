package io.prefstream.validate.bias;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.functions.windowing.ProcessWindowFunction;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.apache.flink.util.Collector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says how well each feature alone predicts the label: in gauges, and where it does so too well in
 * a warning, once for each group, window and feature.
 *
 * <p>Gauges are {@code prefstream.stage.<stage>.group.<group>.feature.<feature>.(accuracy |
 * accuracyAtLeast | pairs)}, of the newest window that was reported. They begin anew with each
 * attempt of the job; that a warning was given is state.
 */
final class ReportBias extends ProcessWindowFunction<BiasTally, BiasReport, String, TimeWindow> {

    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(ReportBias.class);

    private static final ListStateDescriptor<String> RAISED =
            new ListStateDescriptor<>("raised", Types.STRING);

    private final BiasSettings settings;
    private final String stage;

    private transient Map<String, Shown> shown = new HashMap<>();

    ReportBias(BiasSettings settings, String stage) {
        this.settings = settings;
        this.stage = stage;
    }

    @Override
    public void open(OpenContext context) {
        shown = new HashMap<>();
    }

    @Override
    public void process(
            String group, Context context, Iterable<BiasTally> one, Collector<BiasReport> out)
            throws Exception {
        BiasTally tally = one.iterator().next();
        TimeWindow window = context.window();
        ListState<String> state = context.windowState().getListState(RAISED);
        Set<String> before = new HashSet<>();
        state.get().forEach(before::add);
        List<String> raised = new ArrayList<>();
        for (Map.Entry<String, Accuracy> each : tally.accuracies().entrySet()) {
            String feature = each.getKey();
            Accuracy accuracy = each.getValue();
            if (tally.pairs() >= settings.minPairs()) {
                show(group, feature, window, accuracy);
            }
            if (settings.alarming(feature, accuracy) && before.add(feature)) {
                raised.add(feature);
                LOG.warn("{}", inWords(group, feature, window, accuracy));
            }
        }
        state.addAll(raised);
        out.collect(
                new BiasReport(
                        group,
                        Instant.ofEpochMilli(window.getStart()),
                        Instant.ofEpochMilli(window.getEnd()),
                        tally,
                        raised));
    }

    @Override
    public void clear(Context context) throws Exception {
        context.windowState().getListState(RAISED).clear();
    }

    private String inWords(String group, String feature, TimeWindow window, Accuracy accuracy) {
        return String.format(
                Locale.ROOT,
                "%s alone predicts the label of %.1f %% of %,d pairs (%s, window from %s to %s):"
                        + " with 95 %% confidence more than %.1f %%, which exceeds %s=%s",
                feature,
                100 * accuracy.share(),
                accuracy.pairs(),
                group,
                Instant.ofEpochMilli(window.getStart()),
                Instant.ofEpochMilli(window.getEnd()),
                100 * accuracy.lowerBound(),
                BiasOptions.LIMIT.key(),
                settings.limit());
    }

    private void show(String group, String feature, TimeWindow window, Accuracy accuracy) {
        shown.computeIfAbsent(
                        group + "/" + feature,
                        none ->
                                new Shown(
                                        getRuntimeContext()
                                                .getMetricGroup()
                                                .addGroup("prefstream")
                                                .addGroup("stage", stage)
                                                .addGroup("group", group)
                                                .addGroup("feature", feature)))
                .update(window.getEnd(), accuracy);
    }

    /** What the gauges of one group and feature show; read by the reporters' threads. */
    private static final class Shown {

        private long windowEnd = Long.MIN_VALUE;
        private volatile Accuracy accuracy = new Accuracy(0, 0);

        Shown(MetricGroup metrics) {
            metrics.gauge("accuracy", (Gauge<Double>) () -> accuracy.share());
            metrics.gauge("accuracyAtLeast", (Gauge<Double>) () -> accuracy.lowerBound());
            metrics.gauge("pairs", (Gauge<Long>) () -> accuracy.pairs());
        }

        void update(long end, Accuracy newest) {
            if (end >= windowEnd) {
                windowEnd = end;
                accuracy = newest;
            }
        }
    }
}
