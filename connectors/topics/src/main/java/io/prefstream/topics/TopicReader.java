package io.prefstream.topics;

import io.prefstream.schemas.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads what a small topic holds now. */
public final class TopicReader {

    private static final Duration POLL = Duration.ofMillis(100);

    private TopicReader() {}

    /**
     * The committed records that a topic holds, by partition and offset, and then no more. What
     * can't be decoded and what has no value is passed over: saying so is the business of who reads
     * the topic as a stream.
     *
     * @throws TopicsUnavailableException if the brokers don't answer, or there is no such topic
     */
    public static <T extends SpecificRecord> List<T> readAll(
            Topic<T> topic, TopicsConnection connection) {
        Properties properties = connection.clientProperties();
        properties.put("isolation.level", "read_committed");
        properties.put("enable.auto.commit", "false");
        properties.put("allow.auto.create.topics", "false");
        properties.putIfAbsent("default.api.timeout.ms", "20000");
        properties.remove("group.id");
        List<T> records = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                        new KafkaConsumer<>(
                                properties,
                                new ByteArrayDeserializer(),
                                new ByteArrayDeserializer());
                RecordDecoder<T> decoder = RecordDecoder.connect(topic, connection)) {
            List<TopicPartition> partitions =
                    consumer.partitionsFor(topic.name()).stream()
                            .map(one -> new TopicPartition(one.topic(), one.partition()))
                            .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            for (TopicPartition partition : partitions) {
                while (consumer.position(partition) < ends.getOrDefault(partition, 0L)) {
                    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                        decode(decoder, record, records);
                    }
                }
            }
            return records;
        } catch (InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            // "Failed to construct kafka consumer" says nothing; its cause does.
            Throwable why = e.getCause() == null ? e : e.getCause();
            throw new TopicsUnavailableException(
                    "the topic %s at %s can't be read: %s"
                            .formatted(
                                    topic.name(), connection.bootstrapServers(), why.getMessage()),
                    e);
        }
    }

    private static <T extends SpecificRecord> void decode(
            RecordDecoder<T> decoder, ConsumerRecord<byte[], byte[]> record, List<T> records) {
        try {
            records.add(decoder.deserialize(record.topic(), record.value()));
        } catch (UndecodableRecordException e) {
            // Passed over.
        }
    }
}
