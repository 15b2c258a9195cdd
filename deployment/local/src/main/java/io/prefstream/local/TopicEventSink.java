package io.prefstream.local;

import io.prefstream.feeds.webhook.EventSink;
import io.prefstream.schemas.DeadLetter;
import io.prefstream.schemas.RepoEvent;
import io.prefstream.schemas.Topic;
import io.prefstream.schemas.Topics;
import io.prefstream.topics.RecordEncoder;
import io.prefstream.topics.TopicsConnection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Events onto the topics, acknowledged by all replicas within the time that a sender waits. */
final class TopicEventSink implements EventSink, AutoCloseable {

    /** GitHub gives up after ten seconds. */
    private static final int DELIVERY_MILLIS = 7_000;

    private final KafkaProducer<String, byte[]> producer;
    private final RecordEncoder<RepoEvent> events;
    private final RecordEncoder<DeadLetter> deadLetters;

    TopicEventSink(TopicsConnection connection) {
        Properties properties = connection.clientProperties();
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, DELIVERY_MILLIS);
        properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, DELIVERY_MILLIS / 2);
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, (long) DELIVERY_MILLIS);
        properties.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        producer =
                new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer());
        try {
            events = RecordEncoder.connect(Topics.REPO_EVENTS, connection);
            deadLetters = RecordEncoder.connect(Topics.DEAD_LETTERS, connection);
        } catch (RuntimeException e) {
            producer.close();
            throw e;
        }
    }

    @Override
    public void events(List<RepoEvent> stored) throws IOException {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (RepoEvent event : stored) {
            sent.add(send(Topics.REPO_EVENTS, events, event));
        }
        for (Future<RecordMetadata> one : sent) {
            await(one);
        }
    }

    @Override
    public void deadLetter(DeadLetter letter) throws IOException {
        await(send(Topics.DEAD_LETTERS, deadLetters, letter));
    }

    @Override
    public void close() {
        producer.close();
    }

    private <T extends SpecificRecord> Future<RecordMetadata> send(
            Topic<T> topic, RecordEncoder<T> encoder, T value) throws IOException {
        try {
            return producer.send(
                    new ProducerRecord<>(
                            topic.name(),
                            topic.key().of(value),
                            encoder.serialize(topic.name(), value)));
        } catch (KafkaException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private static void await(Future<RecordMetadata> sent) throws IOException {
        try {
            var unused = sent.get();
        } catch (ExecutionException e) {
            throw new IOException(String.valueOf(e.getCause()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
