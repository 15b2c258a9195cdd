package io.prefstream.local;

import io.prefstream.schemas.CheckpointPublished;
import io.prefstream.schemas.Topic;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What lies on the topics at one moment, as a {@link TopicCensus} counts it.
 *
 * @param rejectionKinds rejections by stage, unit and reason
 * @param deadLetters dead letters by {@code stage/topic}
 * @param records all records by topic, unreadable ones included
 */
public record TopicCounts(
        long events,
        long feedGaps,
        long snippets,
        long candidates,
        long pairs,
        long holdoutPairs,
        SortedMap<String, Long> pairsByStrategy,
        SortedMap<RejectionKind, Long> rejectionKinds,
        SortedMap<String, Long> deadLetters,
        SortedMap<String, Long> records,
        List<CheckpointPublished> checkpoints) {

    /** What was rejected where and why. */
    public record RejectionKind(String stage, String unit, String reason)
            implements Comparable<RejectionKind> {
        @Override
        public int compareTo(RejectionKind other) {
            return toString().compareTo(other.toString());
        }
    }

    /** All dead letters. */
    public long allDeadLetters() {
        return sum(deadLetters);
    }

    /** All rejections. */
    public long allRejections() {
        return sum(rejectionKinds);
    }

    /** Rejections by {@code stage.reason}. */
    public SortedMap<String, Long> rejections() {
        SortedMap<String, Long> byReason = new TreeMap<>();
        rejectionKinds.forEach(
                (kind, count) ->
                        byReason.merge(kind.stage() + "." + kind.reason(), count, Long::sum));
        return byReason;
    }

    /** Rejections of one unit of one stage. */
    public long rejected(String stage, String unit) {
        return rejectionKinds.entrySet().stream()
                .filter(
                        kind ->
                                kind.getKey().stage().equals(stage)
                                        && kind.getKey().unit().equals(unit))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    /** Records on a topic, unreadable ones included. */
    public long on(Topic<?> topic) {
        return records.getOrDefault(topic.name(), 0L);
    }

    /** Dead letters of one stage about one topic. */
    public long deadLettered(String stage, Topic<?> topic) {
        return deadLetters.getOrDefault(stage + "/" + topic.name(), 0L);
    }

    private static long sum(Map<?, Long> counts) {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }
}
