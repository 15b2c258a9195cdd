package io.prefstream.feeds.watch;

import io.prefstream.schemas.DeadLetter;
import io.prefstream.schemas.FeedOutput;
import io.prefstream.schemas.Publication;
import io.prefstream.schemas.RepoEvent;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/**
 * What a reader of a feed counts, as Flink metrics of its operator: {@code feedEvents}, {@code
 * feedGaps}, {@code feedDeadLetters}, {@code feedSkipped} by reason, and {@code feedLagMs}, the
 * time from the publication of the newest emitted event to when the feed saw it.
 *
 * <p>Counters of Flink begin at zero after a restart: they are for watching, not for balances.
 */
final class FeedMetrics {

    private final MetricGroup group;
    private final Counter events;
    private final Counter gaps;
    private final Counter deadLetters;
    private final Map<String, Counter> skipped = new HashMap<>();
    private volatile long lag;

    FeedMetrics(MetricGroup group) {
        this.group = group;
        this.events = group.counter("feedEvents");
        this.gaps = group.counter("feedGaps");
        this.deadLetters = group.counter("feedDeadLetters");
        group.gauge("feedLagMs", () -> lag);
    }

    void emitted(FeedOutput output) {
        if (output.getWhat() instanceof DeadLetter) {
            deadLetters.inc();
        } else if (output.getWhat() instanceof RepoEvent event
                && event.getBody() instanceof Publication publication) {
            events.inc();
            lag = Duration.between(publication.getPublishedAt(), event.getObservedAt()).toMillis();
        } else {
            gaps.inc();
        }
    }

    void skipped(Map<String, Long> counts) {
        counts.forEach(
                (reason, count) ->
                        skipped.computeIfAbsent(
                                        reason,
                                        name ->
                                                group.addGroup("reason", name)
                                                        .counter("feedSkipped"))
                                .inc(count));
    }
}
