package io.prefstream.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedServicesTest {

    private static final String SCHEMA = "{\"schema\":\"\\\"string\\\"\"}";

    @TempDir Path out;

    @Test
    void brokerFindsItsTopicsAgain() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(out.resolve("kafka"));
                Admin admin = admin(kafka)) {
            admin.createTopics(List.of(new NewTopic("kept", 2, (short) 1))).all().get();
        }
        try (EmbeddedKafka kafka = EmbeddedKafka.start(out.resolve("kafka"));
                Admin admin = admin(kafka)) {
            assertThat(admin.listTopics().names().get()).contains("kept");
        }
    }

    @Test
    void registryFindsItsSchemasAgainAndDiesWithItsPipe() throws Exception {
        Path home = Path.of(System.getProperty("prefstream.registry"));
        String first;
        try (EmbeddedRegistry registry =
                EmbeddedRegistry.start(home, out.resolve("registry"), out.resolve("r.log"))) {
            first = post(registry.url() + "/subjects/kept-value/versions");
            assertThat(first).contains("\"id\"");
        }
        try (EmbeddedRegistry registry =
                EmbeddedRegistry.start(home, out.resolve("registry"), out.resolve("r.log"))) {
            assertThat(post(registry.url() + "/subjects/kept-value/versions")).isEqualTo(first);
        }
    }

    @Test
    void childOnALeashEndsWhenItsPipeEnds() throws Exception {
        Process child =
                new ProcessBuilder(
                                ChildProcess.java(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                Leash.class.getName(),
                                Sleeper.class.getName())
                        .start();
        child.getInputStream().read();
        assertThat(child.isAlive()).isTrue();

        child.getOutputStream().close();

        assertThat(child.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(child.exitValue()).isEqualTo(Leash.LOST_LAUNCHER);
    }

    /** A main class that says that it is there and then waits for ever. */
    public static final class Sleeper {
        public static void main(String[] args) throws InterruptedException {
            System.out.println("up");
            System.out.flush();
            Thread.currentThread().join();
        }
    }

    private static Admin admin(EmbeddedKafka kafka) {
        return Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
    }

    private static String post(String url) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(url))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(SCHEMA))
                        .build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body();
    }
}
