package io.prefstream.topics;

import io.prefstream.schemas.Topic;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Writes some records to a topic that has keys. */
public final class TopicWriter {

    private TopicWriter() {}

    /** Writes records and returns when all replicas have them. */
    public static <T extends SpecificRecord> void writeAll(
            Topic<T> topic, TopicsConnection connection, List<T> records)
            throws InterruptedException, ExecutionException {
        Properties client = connection.clientProperties();
        client.put("acks", "all");
        client.putIfAbsent("delivery.timeout.ms", "30000");
        client.putIfAbsent("request.timeout.ms", "10000");
        try (KafkaProducer<byte[], T> producer =
                new KafkaProducer<>(
                        client,
                        new ByteArraySerializer(),
                        RecordEncoder.connect(topic, connection))) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (T value : records) {
                String key = Objects.requireNonNull(topic.key().of(value));
                sent.add(
                        producer.send(
                                new ProducerRecord<>(
                                        topic.name(),
                                        key.getBytes(StandardCharsets.UTF_8),
                                        value)));
            }
            for (Future<RecordMetadata> one : sent) {
                one.get();
            }
        }
    }
}
