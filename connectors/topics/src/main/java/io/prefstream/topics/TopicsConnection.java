package io.prefstream.topics;

import java.io.Serializable;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/**
 * Where the topics and their schemas are.
 *
 * @param bootstrapServers Kafka's {@code bootstrap.servers}
 * @param registryUrl base of the registry's Confluent API, such as {@code
 *     http://127.0.0.1:8081/apis/ccompat/v7}; user and password may stand before the host
 * @param kafkaProperties further properties of every Kafka client (security, sizes); those that
 *     begin with {@value #REGISTRY_PREFIX} are for the registry's client and don't reach Kafka
 */
public record TopicsConnection(
        String bootstrapServers, String registryUrl, Map<String, String> kafkaProperties)
        implements Serializable {

    /** Begin of the properties that are meant for the registry's client. */
    public static final String REGISTRY_PREFIX = "schema.registry.";

    /**
     * Whether a writer may register its schema, Confluent's name. Default true; with false, a
     * schema that the registry lacks stops the writer.
     */
    public static final String AUTO_REGISTER = "auto.register.schemas";

    public TopicsConnection {
        if (bootstrapServers.isBlank()) {
            throw new IllegalArgumentException("the bootstrap servers of Kafka are empty");
        }
        registryUrl = registryUrl.replaceAll("/+$", "");
        checkHttp(registryUrl);
        kafkaProperties = Map.copyOf(kafkaProperties);
    }

    public TopicsConnection(String bootstrapServers, String registryUrl) {
        this(bootstrapServers, registryUrl, Map.of());
    }

    /** The properties that every Kafka client starts from. */
    public Properties clientProperties() {
        Properties properties = new Properties();
        kafkaProperties.forEach(
                (key, value) -> {
                    if (!key.startsWith(REGISTRY_PREFIX)) {
                        properties.setProperty(key, value);
                    }
                });
        properties.setProperty("bootstrap.servers", bootstrapServers);
        return properties;
    }

    /** The properties of the registry's client, without {@value #REGISTRY_PREFIX}. */
    public Map<String, String> registryProperties() {
        Map<String, String> properties = new TreeMap<>();
        kafkaProperties.forEach(
                (key, value) -> {
                    if (key.startsWith(REGISTRY_PREFIX)) {
                        properties.put(key.substring(REGISTRY_PREFIX.length()), value);
                    }
                });
        return properties;
    }

    /** Names the places and the properties' keys; values may be secrets. */
    @Override
    public String toString() {
        return "TopicsConnection[bootstrapServers="
                + bootstrapServers
                + ", registryUrl="
                + withoutUser(registryUrl)
                + ", kafkaProperties="
                + new TreeMap<>(kafkaProperties).keySet()
                + "]";
    }

    static String withoutUser(String url) {
        return url.replaceFirst("//[^/@]*@", "//");
    }

    private static void checkHttp(String url) {
        try {
            URI uri = new URI(url);
            if (("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
                    && uri.getHost() != null) {
                return;
            }
        } catch (URISyntaxException e) {
            // Told below: the parser's message would show a password.
        }
        throw new IllegalArgumentException(
                "the schema registry's URL '"
                        + withoutUser(url)
                        + "' is not of the form http://host:port/path");
    }
}
