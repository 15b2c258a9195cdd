package io.prefstream.jobs.common;

import io.prefstream.topics.TopicsConnection;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;

/** Where a job reads and writes its topics. */
public final class TopicsOptions {

    public static final ConfigOption<String> BOOTSTRAP_SERVERS =
            ConfigOptions.key("kafka.bootstrap-servers")
                    .stringType()
                    .noDefaultValue()
                    .withDescription("Kafka brokers to begin with, as host:port,host:port.");

    public static final ConfigOption<Map<String, String>> KAFKA_PROPERTIES =
            ConfigOptions.key("kafka.properties")
                    .mapType()
                    .defaultValue(Map.of())
                    .withDescription(
                            "Further properties of every Kafka client, as key:value,key:value;"
                                    + " those of the schema registry's client begin with"
                                    + " schema.registry.");

    public static final ConfigOption<String> NAMESPACE =
            ConfigOptions.key("kafka.namespace")
                    .stringType()
                    .defaultValue("prefstream")
                    .withDescription(
                            "Begin of consumer group and transactional ids; another one for each"
                                    + " deployment on the same brokers, the same one when a job is"
                                    + " restored.");

    public static final ConfigOption<String> REGISTRY_URL =
            ConfigOptions.key("schema-registry.url")
                    .stringType()
                    .noDefaultValue()
                    .withDescription(
                            "Base of the schema registry's Confluent API, such as"
                                    + " http://host:8080/apis/ccompat/v7.");

    private TopicsOptions() {}

    /** The options of this class. */
    public static List<ConfigOption<?>> all() {
        return List.of(BOOTSTRAP_SERVERS, KAFKA_PROPERTIES, NAMESPACE, REGISTRY_URL);
    }

    /**
     * Where the topics are.
     *
     * @throws UsageException if a required option is missing or malformed
     */
    public static TopicsConnection connection(Configuration config) {
        String bootstrapServers = JobOptions.required(config, BOOTSTRAP_SERVERS);
        String registryUrl = JobOptions.required(config, REGISTRY_URL);
        try {
            return new TopicsConnection(
                    bootstrapServers, registryUrl, config.get(KAFKA_PROPERTIES));
        } catch (IllegalArgumentException e) {
            throw new UsageException(
                    "options --%s and --%s: %s"
                            .formatted(
                                    BOOTSTRAP_SERVERS.key(), REGISTRY_URL.key(), e.getMessage()));
        }
    }

    /** The consumer group of a stage. */
    public static String groupId(Configuration config, String stage) {
        return config.get(NAMESPACE) + "-" + stage;
    }
}
