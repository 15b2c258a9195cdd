package io.prefstream.topics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class TopicsConnectionTest {

    @Test
    void refusesAUrlThatIsNotHttpWithoutShowingItsPassword() {
        assertThatThrownBy(() -> new TopicsConnection("a:1", "ftp://me:secret@host/x"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "the schema registry's URL 'ftp://host/x' is not of the form"
                                + " http://host:port/path");
        assertThatThrownBy(() -> new TopicsConnection("a:1", "localhost:8081"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusesEmptyBootstrapServers() {
        assertThatThrownBy(() -> new TopicsConnection(" ", "http://host"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the bootstrap servers of Kafka are empty");
    }

    @Test
    void givesKafkaAndTheRegistryTheirOwnProperties() {
        TopicsConnection connection =
                new TopicsConnection(
                        "a:1",
                        "http://host/",
                        Map.of(
                                "security.protocol", "SSL",
                                "schema.registry.bearer.auth.token", "t"));

        assertThat(connection.registryUrl()).isEqualTo("http://host");
        assertThat(connection.clientProperties())
                .containsOnly(
                        Map.entry("security.protocol", "SSL"),
                        Map.entry("bootstrap.servers", "a:1"));
        assertThat(connection.registryProperties())
                .containsOnly(Map.entry("bearer.auth.token", "t"));
    }

    @Test
    void doesNotPrintSecrets() {
        TopicsConnection connection =
                new TopicsConnection(
                        "a:1", "http://me:secret@host", Map.of("sasl.jaas.config", "secret"));

        assertThat(connection.toString()).doesNotContain("secret").contains("sasl.jaas.config");
    }
}
