package io.prefstream.trainer.serve;

import io.prometheus.metrics.model.snapshots.Labels;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/** Answered requests by route and outcome. Thread-safe. */
final class RequestCounts {
    private final Map<Labels, LongAdder> counts = new ConcurrentSkipListMap<>();

    void add(String route, Outcome outcome) {
        counts.computeIfAbsent(
                        Labels.of("route", route, "outcome", outcome.label()),
                        labels -> new LongAdder())
                .increment();
    }

    /** Counts by labels, sorted. */
    Map<Labels, Double> byLabels() {
        Map<Labels, Double> all = new TreeMap<>();
        counts.forEach((labels, count) -> all.put(labels, (double) count.sum()));
        return all;
    }
}
