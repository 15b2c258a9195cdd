package io.prefstream.trainer.serve;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/** Answered requests by route and outcome. Thread-safe. */
final class RequestCounts {
    private final Map<String, LongAdder> counts = new ConcurrentSkipListMap<>();

    void add(String route, Outcome outcome) {
        counts.computeIfAbsent(
                        "route=\"%s\",outcome=\"%s\"".formatted(route, outcome.label()),
                        labels -> new LongAdder())
                .increment();
    }

    /** Counts by Prometheus' labels, sorted. */
    Map<String, Long> byLabels() {
        Map<String, Long> all = new TreeMap<>();
        counts.forEach((labels, count) -> all.put(labels, count.sum()));
        return all;
    }
}
