package io.prefstream.jobs.common;

import io.prefstream.schemas.DeadLetter;
import io.prefstream.schemas.Rejection;
import io.prefstream.schemas.Topic;
import io.prefstream.schemas.Topics;
import io.prefstream.topics.TopicsConnection;
import io.prefstream.topics.flink.Tombstone;
import io.prefstream.topics.flink.TopicSink;
import io.prefstream.topics.flink.TopicSource;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.types.Either;

/**
 * What every stage puts out: what passed, what was dropped and why, what could not be read.
 *
 * <pre>
 *   records      ──► its topic
 *   rejections   ──► rejections
 *   deadLetters  ──► dead-letters
 * </pre>
 *
 * @param records what passed
 * @param rejections one record for each drop
 * @param deadLetters what the decoder could not read
 */
public record StageOutputs<T extends SpecificRecordBase>(
        DataStream<T> records,
        DataStream<Rejection> rejections,
        DataStream<DeadLetter> deadLetters) {

    /**
     * Writes all three, each record exactly once. Uids are {@code <stage>.write-<short topic>}.
     *
     * @throws UsageException if the options don't say where the topics are
     */
    public void writeTo(Topic<T> topic, String stage, Configuration config) {
        write(records, topic, stage, config);
        write(rejections, Topics.REJECTIONS, stage, config);
        write(deadLetters, Topics.DEAD_LETTERS, stage, config);
    }

    /**
     * Writes records and tombstones to their topic through one sink, so that a tombstone never
     * overtakes its record.
     */
    public static <R extends SpecificRecordBase> void writeChanges(
            DataStream<Either<R, Tombstone>> stream,
            Topic<R> topic,
            String stage,
            Configuration config) {
        sink(stream, TopicSink::exactlyOnceChanges, topic, stage, config);
    }

    /** Writes one stream to its topic, each record exactly once. */
    public static <R extends SpecificRecordBase> void write(
            DataStream<R> stream, Topic<R> topic, String stage, Configuration config) {
        sink(stream, TopicSink::exactlyOnce, topic, stage, config);
    }

    @FunctionalInterface
    private interface Sinks<E, R extends SpecificRecordBase> {
        Sink<E> open(Topic<R> topic, TopicsConnection connection, String transactionalIdPrefix);
    }

    private static <E, R extends SpecificRecordBase> void sink(
            DataStream<E> stream,
            Sinks<E, R> sinks,
            Topic<R> topic,
            String stage,
            Configuration config) {
        TopicsConnection connection = TopicsOptions.connection(config);
        String uid = stage + ".write-" + TopicSource.shortName(topic);
        String transactionalIdPrefix = config.get(TopicsOptions.NAMESPACE) + "-" + uid;
        stream.sinkTo(sinks.open(topic, connection, transactionalIdPrefix)).name(uid).uid(uid);
    }
}
