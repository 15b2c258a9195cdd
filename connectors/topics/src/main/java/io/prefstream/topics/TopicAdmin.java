package io.prefstream.topics;

import io.prefstream.schemas.Topic;
import io.prefstream.schemas.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Prepares a broker and a registry for the pipeline; what is there already stays as it is. */
public final class TopicAdmin {

    /** The compatibility rule of every subject: any two versions read each other. */
    public static final String COMPATIBILITY = "FULL_TRANSITIVE";

    private static final Duration VISIBLE_WITHIN = Duration.ofSeconds(20);

    /**
     * Size limit of a record on the dead-letters topic, twice Kafka's default for the others: a
     * letter holds a whole record of another topic, and must never be too large to be written.
     */
    public static final int MAX_DEAD_LETTER_BYTES = 2 * 1024 * 1024;

    private TopicAdmin() {}

    /**
     * Creates every topic of {@link Topics#all()} that is missing, kept without time limit since
     * the topics are the pipeline's log, and registers the schemas under {@link #COMPATIBILITY}.
     *
     * @param partitions partitions of each new topic
     * @param replication replicas of each new topic
     * @throws IllegalArgumentException if a number is below one
     * @throws TopicsUnavailableException if Kafka can't be reached or refuses
     * @throws SchemaRegistryException if the registry can't be reached or refuses a schema
     */
    public static void create(TopicsConnection connection, int partitions, short replication) {
        create(connection, Topics.all(), partitions, replication);
    }

    /** As {@link #create(TopicsConnection, int, short)}, for these topics. */
    public static void create(
            TopicsConnection connection, List<Topic<?>> topics, int partitions, short replication) {
        if (partitions < 1 || replication < 1) {
            throw new IllegalArgumentException(
                    "partitions=%d and replication=%d must be at least 1"
                            .formatted(partitions, replication));
        }
        SchemaRegistry registry = SchemaRegistry.connect(connection);
        for (Topic<?> topic : topics) {
            registry.setCompatibility(topic.subject(), COMPATIBILITY);
            registry.register(topic.subject(), topic.schema());
        }
        createMissing(connection, topics, partitions, replication);
    }

    private static void createMissing(
            TopicsConnection connection, List<Topic<?>> topics, int partitions, short replication) {
        Properties properties = connection.clientProperties();
        properties.putIfAbsent("default.api.timeout.ms", "20000");
        properties.putIfAbsent("request.timeout.ms", "10000");
        try (Admin admin = Admin.create(properties)) {
            Set<String> existing = admin.listTopics().names().get();
            List<NewTopic> missing =
                    topics.stream()
                            .filter(topic -> !existing.contains(topic.name()))
                            .map(
                                    topic ->
                                            new NewTopic(topic.name(), partitions, replication)
                                                    .configs(configOf(topic)))
                            .toList();
            for (var created : admin.createTopics(missing).values().values()) {
                try {
                    created.get();
                } catch (ExecutionException e) {
                    if (!(e.getCause() instanceof TopicExistsException)) {
                        throw e;
                    }
                }
            }
            awaitVisible(admin, topics.stream().map(Topic::name).toList());
        } catch (ExecutionException | KafkaException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new TopicsUnavailableException(
                    "cannot create topics at %s: %s"
                            .formatted(connection.bootstrapServers(), cause.getMessage()),
                    cause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TopicsUnavailableException("interrupted while creating topics", e);
        }
    }

    /** A broker may say that a topic is created before it knows of it itself. */
    private static void awaitVisible(Admin admin, List<String> topics)
            throws ExecutionException, InterruptedException {
        long deadline = System.nanoTime() + VISIBLE_WITHIN.toNanos();
        while (true) {
            try {
                admin.describeTopics(topics).allTopicNames().get();
                return;
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException)
                        || System.nanoTime() - deadline > 0) {
                    throw e;
                }
                Thread.sleep(20);
            }
        }
    }

    private static Map<String, String> configOf(Topic<?> topic) {
        Map<String, String> config = new HashMap<>();
        config.put(TopicConfig.RETENTION_MS_CONFIG, "-1");
        if (topic.name().equals(Topics.DEAD_LETTERS.name())) {
            config.put(
                    TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(MAX_DEAD_LETTER_BYTES));
        }
        if (topic.name().equals(Topics.PREFERENCE_PAIRS.name())) {
            // A pair that is taken back leaves the log, and trainers have a month to hear of it.
            config.put(
                    TopicConfig.CLEANUP_POLICY_CONFIG,
                    TopicConfig.CLEANUP_POLICY_COMPACT + "," + TopicConfig.CLEANUP_POLICY_DELETE);
            config.put(
                    TopicConfig.DELETE_RETENTION_MS_CONFIG,
                    Long.toString(Duration.ofDays(30).toMillis()));
        }
        return config;
    }
}
