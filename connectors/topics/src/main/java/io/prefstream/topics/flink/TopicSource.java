package io.prefstream.topics.flink;

import io.prefstream.schemas.DeadLetter;
import io.prefstream.schemas.Topic;
import io.prefstream.topics.TopicsConnection;
import java.util.List;
import java.util.Properties;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.KafkaSourceBuilder;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.OutputTag;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;

/**
 * Reads a topic: {@code KafkaSource -> DecodeRecords}, in one chain.
 *
 * <p>Starts from the checkpoint; without one from the group's committed offsets; without those from
 * the earliest record. Sees only what committed transactions wrote.
 */
public final class TopicSource {

    private TopicSource() {}

    /**
     * The records of a topic, without end. Uids: {@code <stage>.read-<topic>} and {@code
     * <stage>.decode-<topic>} with the {@linkplain #shortName short name} of the topic.
     */
    public static <T extends SpecificRecordBase> Decoded<T> read(
            StreamExecutionEnvironment env,
            Topic<T> topic,
            TopicsConnection connection,
            String stage,
            String groupId) {
        return decode(env, source(topic, connection, groupId).build(), topic, connection, stage);
    }

    /** As {@link #read}, up to what the topic holds when the job starts; then the source ends. */
    public static <T extends SpecificRecordBase> Decoded<T> readToEnd(
            StreamExecutionEnvironment env,
            Topic<T> topic,
            TopicsConnection connection,
            String stage,
            String groupId) {
        KafkaSource<KafkaRecord> bounded =
                source(topic, connection, groupId).setBounded(OffsetsInitializer.latest()).build();
        return decode(env, bounded, topic, connection, stage);
    }

    /**
     * The records of topics that are not ours, undecoded.
     *
     * @param client properties of the Kafka client, the group's id among them
     * @param start where to begin without a checkpoint
     * @param bounded whether to end with what the topics hold when the job starts
     */
    public static DataStream<KafkaRecord> readRaw(
            StreamExecutionEnvironment env,
            List<String> topics,
            Properties client,
            OffsetsInitializer start,
            boolean bounded,
            String uid) {
        KafkaSourceBuilder<KafkaRecord> source =
                KafkaSource.<KafkaRecord>builder()
                        .setProperties(client)
                        .setTopics(topics)
                        .setStartingOffsets(start)
                        .setDeserializer(new RawRecords());
        if (bounded) {
            source.setBounded(OffsetsInitializer.latest());
        }
        return env.fromSource(source.build(), WatermarkStrategy.noWatermarks(), uid).uid(uid);
    }

    /** As {@link #read}, undecoded: for a topic whose tombstones say something. */
    public static DataStream<KafkaRecord> readRaw(
            StreamExecutionEnvironment env,
            Topic<?> topic,
            TopicsConnection connection,
            String groupId,
            String uid) {
        return env.fromSource(
                        source(topic, connection, groupId).build(),
                        WatermarkStrategy.noWatermarks(),
                        uid)
                .uid(uid);
    }

    /** The topic's name without namespace and version: {@code repo-events}. */
    public static String shortName(Topic<?> topic) {
        return topic.name().replaceFirst("^prefstream\\.", "").replaceFirst("\\.v\\d+$", "");
    }

    private static <T extends SpecificRecordBase> Decoded<T> decode(
            StreamExecutionEnvironment env,
            KafkaSource<KafkaRecord> source,
            Topic<T> topic,
            TopicsConnection connection,
            String stage) {
        String readUid = stage + ".read-" + shortName(topic);
        String decodeUid = stage + ".decode-" + shortName(topic);
        OutputTag<DeadLetter> deadLetters =
                new OutputTag<>(decodeUid + ".dead-letters", AvroType.forRecord(DeadLetter.class));
        SingleOutputStreamOperator<T> records =
                env.fromSource(source, WatermarkStrategy.noWatermarks(), readUid)
                        .uid(readUid)
                        .process(
                                new DecodeRecords<>(topic, connection, stage, deadLetters),
                                AvroType.forRecord(topic.type()))
                        .name(decodeUid)
                        .uid(decodeUid);
        return new Decoded<>(records, records.getSideOutput(deadLetters));
    }

    private static KafkaSourceBuilder<KafkaRecord> source(
            Topic<?> topic, TopicsConnection connection, String groupId) {
        return KafkaSource.<KafkaRecord>builder()
                .setProperties(connection.clientProperties())
                .setProperty("isolation.level", "read_committed")
                .setTopics(topic.name())
                .setGroupId(groupId)
                .setStartingOffsets(
                        OffsetsInitializer.committedOffsets(OffsetResetStrategy.EARLIEST))
                .setDeserializer(new RawRecords());
    }
}
