package io.prefstream.trainer;

import io.prefstream.replay.LogRecord;
import io.prefstream.replay.PairLogReader;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;

/** The pair log on Kafka: endless. */
final class LogPairs implements PairSource {

    private final String topic;
    private final PairLogReader reader;

    LogPairs(String topic, PairLogReader reader) {
        this.topic = topic;
        this.reader = reader;
    }

    @Override
    public List<LogRecord> take(int max) {
        return reader.take(max);
    }

    @Override
    public boolean await(Duration timeout) {
        return reader.await(timeout);
    }

    @Override
    public boolean finished() {
        return false;
    }

    @Override
    public SortedMap<Integer, Long> positions() {
        return reader.positions();
    }

    @Override
    public SortedMap<Integer, Long> lag() {
        return reader.lag();
    }

    @Override
    public String name() {
        return topic;
    }

    @Override
    public void close() {
        reader.close();
    }
}
