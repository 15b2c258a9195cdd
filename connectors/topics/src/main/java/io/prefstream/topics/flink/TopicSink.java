package io.prefstream.topics.flink;

import io.prefstream.schemas.Topic;
import io.prefstream.topics.TopicAdmin;
import io.prefstream.topics.TopicsConnection;
import java.util.Properties;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.sink.TransactionNamingStrategy;
import org.apache.flink.types.Either;

/** Writes a topic. */
public final class TopicSink {

    /**
     * Kafka's default {@code transaction.max.timeout.ms}. What a job wrote is lost if it doesn't
     * come back to commit within this time, so it is as long as a broker allows unasked.
     */
    private static final String TRANSACTION_TIMEOUT_MILLIS = "900000";

    private TopicSink() {}

    /**
     * A sink whose records become visible, each once, with the checkpoint they belong to; readers
     * must be {@code read_committed}. Transactional ids are pooled, so that brokers don't keep one
     * for every checkpoint.
     *
     * @param transactionalIdPrefix unique among all sinks on these brokers, and the same when the
     *     job is restored
     */
    public static <T extends SpecificRecordBase> Sink<T> exactlyOnce(
            Topic<T> topic, TopicsConnection connection, String transactionalIdPrefix) {
        return exactlyOnce(
                new EncodeRecords<>(topic, connection), connection, transactionalIdPrefix);
    }

    /** As {@link #exactlyOnce}, of records and of tombstones, in the order of the stream. */
    public static <T extends SpecificRecordBase> Sink<Either<T, Tombstone>> exactlyOnceChanges(
            Topic<T> topic, TopicsConnection connection, String transactionalIdPrefix) {
        return exactlyOnce(
                new EncodeChanges<>(topic, connection), connection, transactionalIdPrefix);
    }

    private static <E> Sink<E> exactlyOnce(
            KafkaRecordSerializationSchema<E> encoder,
            TopicsConnection connection,
            String transactionalIdPrefix) {
        Properties properties = connection.clientProperties();
        properties.putIfAbsent("transaction.timeout.ms", TRANSACTION_TIMEOUT_MILLIS);
        properties.putIfAbsent(
                "max.request.size", Integer.toString(TopicAdmin.MAX_DEAD_LETTER_BYTES));
        properties.putIfAbsent("compression.type", "lz4");
        return KafkaSink.<E>builder()
                .setBootstrapServers(connection.bootstrapServers())
                .setKafkaProducerConfig(properties)
                .setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
                .setTransactionNamingStrategy(TransactionNamingStrategy.POOLING)
                .setTransactionalIdPrefix(transactionalIdPrefix)
                .setRecordSerializer(encoder)
                .build();
    }
}
