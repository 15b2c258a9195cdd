package io.prefstream.trainer;

import io.prefstream.schemas.CheckpointPublished;
import io.prefstream.schemas.DeadLetter;
import io.prefstream.schemas.Topic;
import io.prefstream.schemas.Topics;
import io.prefstream.topics.RecordEncoder;
import io.prefstream.topics.TopicsConnection;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/**
 * Announces on the topics, acknowledged by all replicas.
 *
 * <p>After a failure the same release or dead letter may be written again; a release then has the
 * same id, a dead letter the same topic, partition and offset.
 */
final class TopicAnnouncer implements Announcer {

    /** A delivery's time must be longer than a request's, which is 30 s unless set otherwise. */
    private static final Duration LEAST = Duration.ofSeconds(60);

    private final Producer<String, byte[]> producer;
    private final RecordEncoder<CheckpointPublished> checkpoints;
    private final RecordEncoder<DeadLetter> deadLetters;
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

    /**
     * @param outage for how long brokers may be away before an announcement fails
     * @throws IllegalArgumentException if the connection's properties aren't those of a producer
     */
    TopicAnnouncer(TopicsConnection connection, Duration outage) {
        producer = producer(connection, outage);
        try {
            checkpoints = RecordEncoder.connect(Topics.CHECKPOINTS, connection);
            deadLetters = RecordEncoder.connect(Topics.DEAD_LETTERS, connection);
        } catch (RuntimeException e) {
            producer.close();
            throw e;
        }
    }

    private static Producer<String, byte[]> producer(TopicsConnection connection, Duration outage) {
        Properties properties = connection.clientProperties();
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
        properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 4 << 20);
        // Kafka's own defaults give up after one and two minutes.
        String millis = Long.toString(Math.min(Integer.MAX_VALUE, outage.plus(LEAST).toMillis()));
        properties.putIfAbsent(ProducerConfig.MAX_BLOCK_MS_CONFIG, millis);
        properties.putIfAbsent(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, millis);
        try {
            return new KafkaProducer<>(
                    properties, new StringSerializer(), new ByteArraySerializer());
        } catch (KafkaException e) {
            Throwable why = e.getCause() == null ? e : e.getCause();
            throw new IllegalArgumentException(
                    "no producer can be made for source.bootstrap-servers=%s: %s"
                            .formatted(connection.bootstrapServers(), why.getMessage()),
                    e);
        }
    }

    @Override
    public void announce(CheckpointPublished checkpoint) {
        try {
            producer.send(record(Topics.CHECKPOINTS, checkpoints, checkpoint)).get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(
                    "checkpoint " + checkpoint.getId() + " can't be announced: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while announcing a checkpoint", e);
        }
    }

    @Override
    public void deadLetter(DeadLetter letter) {
        producer.send(
                record(Topics.DEAD_LETTERS, deadLetters, letter),
                (metadata, error) -> {
                    if (error != null) {
                        failure.compareAndSet(null, error);
                    }
                });
    }

    @Override
    public void flush() {
        producer.flush();
        Exception failed = failure.get();
        if (failed != null) {
            throw new IllegalStateException("a dead letter can't be written: " + failed, failed);
        }
    }

    @Override
    public void close() {
        producer.close();
    }

    private static <T extends SpecificRecord> ProducerRecord<String, byte[]> record(
            Topic<T> topic, RecordEncoder<T> encoder, T value) {
        return new ProducerRecord<>(
                topic.name(), topic.key().of(value), encoder.serialize(topic.name(), value));
    }
}
