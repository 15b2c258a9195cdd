package io.prefstream.topics.testing;

import io.prefstream.schemas.Topic;
import io.prefstream.schemas.Topics;
import io.prefstream.topics.RecordDecoder;
import io.prefstream.topics.RecordEncoder;
import io.prefstream.topics.TopicAdmin;
import io.prefstream.topics.TopicsConnection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * A real Kafka broker in this process and a real schema registry in a child process, with every
 * topic of the pipeline in two partitions. Ready in about 7 s; 250 MB for the child.
 *
 * <p>For tests of other modules: depend on {@code prefstream-topics} with type {@code test-jar} and
 * scope {@code test}, and on {@code org.apache.kafka:kafka_2.13}, {@code kafka-server} and {@code
 * kafka-server-common} with scope {@code test} (Maven doesn't hand on what a test-jar needs).
 */
public final class TestTopics implements AutoCloseable {

    private static final int PARTITIONS = 2;

    private final TestRegistry registry;
    private final TestBroker broker;
    private final TopicsConnection connection;

    private TestTopics(TestRegistry registry, TestBroker broker) {
        this.registry = registry;
        this.broker = broker;
        this.connection = new TopicsConnection(broker.bootstrapServers(), registry.url());
    }

    /** The one of this JVM, started by the first who asks and closed when the JVM ends. */
    public static TestTopics shared() {
        return Shared.INSTANCE;
    }

    /** One of its own, for tests that stop or fill it. */
    public static TestTopics start() {
        TestRegistry registry = TestRegistry.start();
        try {
            TestBroker broker = TestBroker.start();
            registry.awaitReady();
            TestTopics topics = new TestTopics(registry, broker);
            TopicAdmin.create(topics.connection, PARTITIONS, (short) 1);
            return topics;
        } catch (RuntimeException | Error e) {
            registry.close();
            throw e;
        }
    }

    public TopicsConnection connection() {
        return connection;
    }

    /**
     * A new, empty topic of the same records under a name of its own, for tests that share the
     * broker.
     */
    public <T extends SpecificRecord> Topic<T> alone(Topic<T> like) {
        String unique = like.name().replaceFirst("\\.v1$", "-" + UUID.randomUUID() + ".v1");
        Topic<T> topic = new Topic<>(unique, like.type(), like.key());
        TopicAdmin.create(connection, List.of(topic), PARTITIONS, (short) 1);
        return topic;
    }

    /** Writes records and waits until the broker has them. */
    public <T extends SpecificRecord> void produce(Topic<T> topic, List<T> records) {
        try (KafkaProducer<byte[], T> producer =
                new KafkaProducer<>(
                        producerProperties(),
                        new ByteArraySerializer(),
                        RecordEncoder.connect(topic, connection))) {
            for (T record : records) {
                String key = topic.key().of(record);
                producer.send(
                        new ProducerRecord<>(
                                topic.name(),
                                key == null ? null : key.getBytes(StandardCharsets.UTF_8),
                                record));
            }
            producer.flush();
        }
    }

    /** Writes a value as it is to partition 0, and tells where it lies. */
    public RecordMetadata produceRaw(
            String topicName, byte @Nullable [] key, byte @Nullable [] value) {
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(
                        producerProperties(),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            return producer.send(new ProducerRecord<>(topicName, 0, key, value)).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("cannot write to " + topicName, e.getCause());
        }
    }

    /**
     * Everything that committed transactions (or none) wrote to a topic, by partition and offset:
     * waits until there are as many as expected, then reads on to the end, so that a duplicate is
     * seen.
     *
     * @throws AssertionError if there are fewer when the time is over
     */
    public <T extends SpecificRecord> List<T> readCommitted(
            Topic<T> topic, int expectedAtLeast, Duration patience) {
        RecordDecoder<T> decoder = RecordDecoder.connect(topic, connection);
        return readRawCommitted(topic.name(), expectedAtLeast, patience).stream()
                .map(record -> decoder.deserialize(record.topic(), record.value()))
                .toList();
    }

    /** As {@link #readCommitted}, undecoded. */
    public List<ConsumerRecord<byte[], byte[]>> readRawCommitted(
            String topicName, int expectedAtLeast, Duration patience) {
        Properties properties = connection.clientProperties();
        properties.setProperty("isolation.level", "read_committed");
        properties.setProperty("auto.offset.reset", "earliest");
        properties.setProperty("enable.auto.commit", "false");
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(
                        properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions =
                    consumer.partitionsFor(topicName).stream()
                            .map(info -> new TopicPartition(topicName, info.partition()))
                            .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> found = new HashMap<>();
            long deadline = System.nanoTime() + patience.toNanos();
            while (true) {
                consumer.poll(Duration.ofMillis(100))
                        .forEach(
                                record ->
                                        found.computeIfAbsent(
                                                        new TopicPartition(
                                                                record.topic(), record.partition()),
                                                        partition -> new ArrayList<>())
                                                .add(record));
                int count = found.values().stream().mapToInt(List::size).sum();
                if (count >= expectedAtLeast && atEnd(consumer)) {
                    return partitions.stream()
                            .flatMap(partition -> found.getOrDefault(partition, List.of()).stream())
                            .collect(Collectors.toList());
                }
                if (System.nanoTime() > deadline) {
                    throw new AssertionError(
                            "expected at least %d committed records on %s within %s, found %d"
                                    .formatted(expectedAtLeast, topicName, patience, count));
                }
            }
        }
    }

    /** Takes the broker away until {@link #restartBroker}; only of one's own. */
    public void stopBroker() {
        broker.stop();
    }

    /** Brings the broker back, with all it held. */
    public void restartBroker() {
        broker.restart();
    }

    /** Removes all records of the pipeline's topics; offsets go on. No job may be running. */
    public void clear() {
        try (Admin admin = Admin.create(connection.clientProperties())) {
            Map<TopicPartition, RecordsToDelete> all = new HashMap<>();
            for (Topic<?> topic : Topics.all()) {
                for (int partition = 0; partition < PARTITIONS; partition++) {
                    all.put(
                            new TopicPartition(topic.name(), partition),
                            RecordsToDelete.beforeOffset(-1));
                }
            }
            admin.deleteRecords(all).all().get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("cannot clear the topics", e.getCause());
        }
    }

    /** Stops the broker and the registry and removes their files. */
    @Override
    public void close() {
        try {
            broker.close();
        } finally {
            registry.close();
        }
    }

    private Properties producerProperties() {
        Properties properties = connection.clientProperties();
        properties.setProperty("acks", "all");
        return properties;
    }

    private static boolean atEnd(KafkaConsumer<?, ?> consumer) {
        return consumer.endOffsets(consumer.assignment()).entrySet().stream()
                .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
    }

    private static final class Shared {
        static final TestTopics INSTANCE = start();

        static {
            Runtime.getRuntime().addShutdownHook(new Thread(INSTANCE::close, "close-test-topics"));
        }
    }
}
