package io.prefstream.topics.flink;

import io.prefstream.schemas.Topic;
import io.prefstream.topics.RecordEncoder;
import io.prefstream.topics.TopicsConnection;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.flink.api.common.serialization.SerializationSchema.InitializationContext;
import org.apache.flink.connector.kafka.lineage.DefaultKafkaDatasetFacet;
import org.apache.flink.connector.kafka.lineage.DefaultKafkaDatasetIdentifier;
import org.apache.flink.connector.kafka.lineage.KafkaDatasetFacet;
import org.apache.flink.connector.kafka.lineage.KafkaDatasetFacetProvider;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** Encodes a topic's records for the sink, partitioned by the topic's key. */
final class EncodeRecords<T extends SpecificRecordBase>
        implements KafkaRecordSerializationSchema<T>, KafkaDatasetFacetProvider {

    private static final long serialVersionUID = 1L;

    private final Topic<T> topic;
    private final TopicsConnection connection;

    @SuppressWarnings("NullAway.Init") // in open()
    private transient RecordEncoder<T> encoder;

    EncodeRecords(Topic<T> topic, TopicsConnection connection) {
        this.topic = topic;
        this.connection = connection;
    }

    @Override
    public void open(InitializationContext context, KafkaSinkContext sinkContext) {
        encoder = RecordEncoder.connect(topic, connection);
    }

    @Override
    public ProducerRecord<byte[], byte[]> serialize(
            T value, KafkaSinkContext context, @Nullable Long timestamp) {
        String key = topic.key().of(value);
        return new ProducerRecord<>(
                topic.name(),
                null,
                timestamp == null || timestamp < 0 ? null : timestamp,
                key == null ? null : key.getBytes(StandardCharsets.UTF_8),
                encoder.serialize(topic.name(), value));
    }

    /** The topic: what pooled transactions ask for, to find the ones a failure left open. */
    @Override
    public Optional<KafkaDatasetFacet> getKafkaDatasetFacet() {
        return Optional.of(
                new DefaultKafkaDatasetFacet(
                        DefaultKafkaDatasetIdentifier.ofTopics(List.of(topic.name())),
                        connection.clientProperties()));
    }
}
