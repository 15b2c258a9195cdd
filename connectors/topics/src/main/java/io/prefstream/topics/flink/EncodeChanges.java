package io.prefstream.topics.flink;

import io.prefstream.schemas.Topic;
import io.prefstream.topics.TopicsConnection;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.flink.api.common.serialization.SerializationSchema.InitializationContext;
import org.apache.flink.connector.kafka.lineage.KafkaDatasetFacet;
import org.apache.flink.connector.kafka.lineage.KafkaDatasetFacetProvider;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.types.Either;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** Encodes a topic's records and tombstones. */
final class EncodeChanges<T extends SpecificRecordBase>
        implements KafkaRecordSerializationSchema<Either<T, Tombstone>>, KafkaDatasetFacetProvider {

    private static final long serialVersionUID = 1L;

    private final Topic<T> topic;
    private final EncodeRecords<T> records;

    EncodeChanges(Topic<T> topic, TopicsConnection connection) {
        this.topic = topic;
        this.records = new EncodeRecords<>(topic, connection);
    }

    @Override
    public void open(InitializationContext context, KafkaSinkContext sinkContext) {
        records.open(context, sinkContext);
    }

    @Override
    public ProducerRecord<byte[], byte[]> serialize(
            Either<T, Tombstone> change, KafkaSinkContext context, @Nullable Long timestamp) {
        if (change.isLeft()) {
            return records.serialize(change.left(), context, timestamp);
        }
        Tombstone tombstone = change.right();
        // Kafka's own partitioner sends equal keys to one partition: the tombstone follows its
        // record.
        ProducerRecord<byte[], byte[]> written =
                new ProducerRecord<>(
                        topic.name(), tombstone.key().getBytes(StandardCharsets.UTF_8), null);
        tombstone.writeTo(written.headers());
        return written;
    }

    @Override
    public Optional<KafkaDatasetFacet> getKafkaDatasetFacet() {
        return records.getKafkaDatasetFacet();
    }
}
