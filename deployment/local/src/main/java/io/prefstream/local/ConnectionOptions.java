package io.prefstream.local;

import io.prefstream.topics.TopicsConnection;
import java.util.Map;
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
}
