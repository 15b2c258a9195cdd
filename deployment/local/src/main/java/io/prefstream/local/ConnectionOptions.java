package io.prefstream.local;

import io.prefstream.schemas.Topic;
import io.prefstream.topics.RecordEncoder;
import io.prefstream.topics.TopicsConnection;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import picocli.CommandLine.Option;

/** Where the topics are that a command reads and writes. */
final class ConnectionOptions {

    @Option(
            names = "--bootstrap-servers",
            required = true,
            paramLabel = "HOST:PORT",
            description = "Kafka brokers.")
    private String bootstrapServers = "";

    @Option(
            names = "--registry-url",
            required = true,
            paramLabel = "URL",
            description = "Confluent API of the schema registry.")
    private String registryUrl = "";

    @Option(
            names = "--property",
            paramLabel = "KEY=VALUE",
            description = "Further property of the Kafka client; repeatable.")
    private Map<String, String> properties = Map.of();

    TopicsConnection open() {
        return new TopicsConnection(bootstrapServers, registryUrl, properties);
    }

    /** Writes records and returns when all replicas have them. */
    <T extends SpecificRecord> void write(Topic<T> topic, List<T> records)
            throws InterruptedException, ExecutionException {
        TopicsConnection connection = open();
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
