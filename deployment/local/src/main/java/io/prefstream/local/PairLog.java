package io.prefstream.local;

import io.prefstream.replay.PairLogReader;
import io.prefstream.schemas.Topics;
import io.prefstream.topics.RecordDecoder;
import io.prefstream.topics.TopicsConnection;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;

/** The pair log of a connection. */
final class PairLog {

    private PairLog() {}

    /**
     * Opens it at positions by partition; partitions without one are read from their beginning.
     *
     * @param patience with brokers that don't answer, unless the connection says its own
     */
    static PairLogReader open(
            TopicsConnection topics, Map<Integer, Long> positions, Duration patience) {
        Properties client = topics.clientProperties();
        client.putIfAbsent("default.api.timeout.ms", Long.toString(patience.toMillis()));
        Map<String, String> properties =
                client.stringPropertyNames().stream()
                        .collect(Collectors.toMap(key -> key, client::getProperty));
        return new PairLogReader(
                properties,
                Topics.PREFERENCE_PAIRS.name(),
                RecordDecoder.connect(Topics.PREFERENCE_PAIRS, topics),
                positions);
    }
}
