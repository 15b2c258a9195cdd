package io.prefstream.topics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.prefstream.schemas.Topics;
import io.prefstream.topics.testing.TestTopics;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class SchemaRegistryClientTest {

    private static final Schema WITH_A_NUMBER =
            SchemaBuilder.record("Fox").fields().requiredInt("tail").endRecord();
    private static final Schema WITH_A_TEXT =
            SchemaBuilder.record("Fox").fields().requiredString("tail").endRecord();

    /** What a server says is scripted. */
    @Nested
    class WithAScriptedServer {

        private final Deque<String> script = new ArrayDeque<>();
        private final List<String> asked = new ArrayList<>();
        private HttpServer server;
        private SchemaRegistryClient client;

        @BeforeEach
        void start() throws IOException {
            server =
                    HttpServer.create(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext(
                    "/",
                    exchange -> {
                        synchronized (script) {
                            asked.add(
                                    exchange.getRequestMethod()
                                            + " "
                                            + exchange.getRequestURI().getRawPath()
                                            + " "
                                            + exchange.getRequestHeaders()
                                                    .getFirst("Authorization"));
                            String[] answer = script.removeFirst().split(" ", 2);
                            byte[] body = answer[1].getBytes(StandardCharsets.UTF_8);
                            exchange.getRequestBody().readAllBytes();
                            exchange.sendResponseHeaders(Integer.parseInt(answer[0]), body.length);
                            exchange.getResponseBody().write(body);
                            exchange.close();
                        }
                    });
            server.start();
            client = new SchemaRegistryClient(url("me:secret@"), Duration.ofMillis(1));
        }

        @AfterEach
        void stop() {
            server.stop(0);
        }

        @Test
        void triesAgainWhatCanPassByItself() {
            script.addAll(List.of("503 busy", "429 slowly", "200 {\"id\":7}"));

            assertThat(client.register("a b/c", WITH_A_NUMBER)).isEqualTo(7);
            assertThat(asked)
                    .hasSize(3)
                    .containsOnly("POST /subjects/a%20b%2Fc/versions Basic bWU6c2VjcmV0");
        }

        @Test
        void givesUpAfterBoundedAttemptsWithoutShowingThePassword() {
            for (int i = 0; i < 10; i++) {
                script.add("500 broken");
            }

            assertThatThrownBy(() -> client.byId(1))
                    .isInstanceOf(SchemaRegistryException.class)
                    .hasMessage(
                            "the schema registry at %s did not answer GET /schemas/ids/1 in 5 attempts; last: status 500"
                                    .formatted(url("")));
            assertThat(asked).hasSize(SchemaRegistryClient.ATTEMPTS);
        }

        @Test
        void doesNotTryAgainWhatIsRefused() {
            script.add("422 {\"error_code\":42201,\"message\":\"no schema\"}");

            assertThatThrownBy(() -> client.register("a", WITH_A_NUMBER))
                    .isInstanceOf(SchemaRegistryException.class)
                    .hasMessageContaining("cannot register schema Fox at /subjects/a/versions")
                    .hasMessageContaining("status 422, {\"error_code\":42201");
            assertThat(asked).hasSize(1);
        }

        @Test
        void aWrongPathIsNoWordAboutTheSchema() {
            script.add("404 {\"error_code\":404,\"message\":\"HTTP 404 Not Found\"}");

            assertThatThrownBy(() -> client.byId(1))
                    .isInstanceOf(SchemaRegistryException.class)
                    .hasMessageContaining("cannot read schema 1: status 404");
        }

        @Test
        void aSchemaOfAnotherKindIsUnknown() {
            script.add("200 {\"schemaType\":\"PROTOBUF\",\"schema\":\"syntax = 'proto3';\"}");

            assertThatThrownBy(() -> client.byId(1))
                    .isInstanceOf(UnknownSchemaException.class)
                    .hasMessageContaining("schema 1 of the registry is no Avro schema");
        }

        @Test
        void somethingThatIsNoRegistryIsNamed() {
            script.add("200 <html>Welcome</html>");

            assertThatThrownBy(() -> client.byId(1))
                    .isInstanceOf(SchemaRegistryException.class)
                    .hasMessageContaining("cannot read schema 1: status 200, <html>Welcome</html>");
        }

        @Test
        void aSchemaOnceReadIsNotAskedForAgain() throws UnknownSchemaException {
            script.add("200 {\"schema\":\"\\\"string\\\"\"}");

            assertThat(client.byId(1)).isEqualTo(client.byId(1));
            assertThat(asked).hasSize(1);
        }

        private String url(String user) {
            return "http://%s127.0.0.1:%d".formatted(user, server.getAddress().getPort());
        }
    }

    @Nested
    class WithARealRegistry {

        private final SchemaRegistryClient client =
                new SchemaRegistryClient(TestTopics.shared().connection().registryUrl());
        private final String subject = UUID.randomUUID() + "-value";

        @Test
        void findsWhatWasRegistered() throws UnknownSchemaException {
            Schema schema = Topics.CANDIDATE_PAIRS.schema();

            int id = client.register(subject, schema);

            assertThat(client.register(subject, schema)).isEqualTo(id);
            assertThat(client.idOf(subject, schema)).isEqualTo(id);
            assertThat(client.byId(id)).isEqualTo(schema);
        }

        @Test
        void saysThatAnIdIsUnknown() {
            assertThatThrownBy(() -> client.byId(987_654))
                    .isInstanceOf(UnknownSchemaException.class)
                    .hasMessage("the registry has no schema 987654");
        }

        @Test
        void saysThatASchemaIsNotRegistered() {
            assertThatThrownBy(() -> client.idOf(subject, WITH_A_NUMBER))
                    .isInstanceOf(SchemaRegistryException.class)
                    .hasMessageContaining("cannot find schema Fox");
        }

        @Test
        void refusesAnIncompatibleSchema() {
            client.register(subject, WITH_A_NUMBER);
            client.setCompatibility(subject, TopicAdmin.COMPATIBILITY);

            assertThatThrownBy(() -> client.register(subject, WITH_A_TEXT))
                    .isInstanceOf(SchemaRegistryException.class)
                    .hasMessageContaining("status 409")
                    .hasMessageContaining("STRING");
        }
    }
}
