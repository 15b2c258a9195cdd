package io.prefstream.jobs.common;

import io.prefstream.schemas.DeadLetter;
import io.prefstream.schemas.Topic;
import io.prefstream.topics.TopicReader;
import io.prefstream.topics.TopicsConnection;
import io.prefstream.topics.flink.Decoded;
import io.prefstream.topics.flink.TopicSource;
import java.io.Serializable;
import java.util.List;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.datastream.BroadcastStream;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * What a job is told while it runs, such as opt-outs: that which is there when a task starts, read
 * before its first record, and that which comes later, broadcast. So neither a start nor a restart
 * lets anything through that was told of before, and no task needs to keep it in its state.
 *
 * @param known reads what is there
 * @param later all of it, as it comes
 * @param deadLetters what could not be read
 */
public record ControlFeed<T extends SpecificRecordBase>(
        Known<T> known, DataStream<T> later, DataStream<DeadLetter> deadLetters) {

    /** The topic's content when a task starts. */
    @FunctionalInterface
    public interface Known<T> extends Serializable {
        /** All of it. */
        List<T> read();
    }

    /** Broadcasting asks for a state, which stays empty. */
    private static final MapStateDescriptor<String, String> UNUSED =
            new MapStateDescriptor<>("told", Types.STRING, Types.STRING);

    /**
     * A topic's. Uids are {@code <stage>.read-<topic>} and {@code <stage>.decode-<topic>}.
     *
     * @throws UsageException if the options don't say where it is
     */
    public static <T extends SpecificRecordBase> ControlFeed<T> ofTopic(
            Topic<T> topic, StreamExecutionEnvironment env, Configuration config, String stage) {
        TopicsConnection connection = TopicsOptions.connection(config);
        Decoded<T> decoded =
                TopicSource.read(
                        env, topic, connection, stage, TopicsOptions.groupId(config, stage));
        return new ControlFeed<>(
                () -> TopicReader.readAll(topic, connection),
                decoded.records(),
                decoded.deadLetters());
    }

    /** For all tasks of an operator. */
    public BroadcastStream<T> broadcast() {
        return broadcast(later);
    }

    /** Several feeds' records, made one type, for all tasks of an operator. */
    public static <T> BroadcastStream<T> broadcast(DataStream<T> told) {
        return told.broadcast(UNUSED);
    }
}
