package io.prefstream.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.local.EmbeddedKafka;
import io.prefstream.local.EmbeddedRegistry;
import io.prefstream.local.TopicCensus;
import io.prefstream.schemas.CodeSnippet;
import io.prefstream.schemas.ContentId;
import io.prefstream.schemas.SnippetKind;
import io.prefstream.schemas.Topic;
import io.prefstream.schemas.Topics;
import io.prefstream.topics.RecordEncoder;
import io.prefstream.topics.TopicsConnection;
import io.prefstream.verify.Prefstream.Ended;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands for a broker and a registry of one's own: {@code topics create}, then {@code job
 * synthesize}, each in a process of its own.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class OwnKafkaTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir static Path folder;

    private static EmbeddedKafka kafka;
    private static EmbeddedRegistry registry;
    private static TopicsConnection connection;

    @BeforeAll
    static void startServices() throws Exception {
        kafka = EmbeddedKafka.start(folder.resolve("kafka"));
        registry =
                EmbeddedRegistry.start(
                        Path.of(System.getProperty("prefstream.registry")),
                        folder.resolve("registry"),
                        folder.resolve("registry.log"));
        connection = new TopicsConnection(kafka.bootstrapServers(), registry.url());
    }

    @AfterAll
    static void stopServices() {
        if (registry != null) {
            registry.close();
        }
        kafka.close();
    }

    @Test
    @Order(1)
    void topicsCreateMakesTopicsAndSchemas() throws Exception {
        assertThat(createTopics()).isEqualTo(new Ended(0, "topics and schemas are there"));

        try (Admin admin = Admin.create(connection.clientProperties())) {
            assertThat(
                            admin.describeTopics(Topics.all().stream().map(Topic::name).toList())
                                    .allTopicNames()
                                    .get()
                                    .values())
                    .hasSameSizeAs(Topics.all())
                    .extracting(TopicDescription::partitions)
                    .allSatisfy(partitions -> assertThat(partitions).hasSize(3));
        }
        for (Topic<?> topic : Topics.all()) {
            assertThat(get("/subjects/" + topic.subject() + "/versions/latest"))
                    .contains(topic.schema().getName());
            assertThat(get("/config/" + topic.subject())).contains("FULL_TRANSITIVE");
        }
        assertThat(createTopics().status()).isZero();
    }

    @Test
    @Order(2)
    void synthesizeJobEndsCleanlyAndGoesOnWhereItWas() throws Exception {
        try (TopicCensus census = TopicCensus.start(connection)) {
            produce("int first(int a, int b, int c) { return a - b < c ? g(a, c) : h(b, 1); }");
            String savepoint = runSynthesizeUntil(census, 1);

            produce("int other(int a, int b, int c) { return a - b < c ? g(a, c) : h(b, 2); }");
            runSynthesizeUntil(census, 2, "--job.restore-from", savepoint);

            // Nothing was made again, and no transaction was left open before the log's end.
            assertThat(census.awaitCaughtUp(PATIENCE)).isTrue();
            assertThat(census.counts().candidates()).isEqualTo(2);
            assertThat(census.counts().snippets()).isEqualTo(2);
            assertThat(census.counts().allRejections()).isZero();
        }
    }

    @Test
    @Order(3)
    void webhooksReachTheTopicOnceAndAKillLeavesAGap() throws Exception {
        Path secret = Files.writeString(folder.resolve("secret"), "s3cret\n");
        String push =
                """
                {"ref": "refs/heads/main", "after": "%s", "commits": [],
                 "repository": {"clone_url": "https://github.com/o/n.git"}}
                """
                        .formatted("7".repeat(40));
        try (TopicCensus census = TopicCensus.start(connection)) {
            long before = census.counts().events();
            try (Prefstream receiver = webhooks(secret)) {
                assertThat(post(receiver, push, "s3cret")).isEqualTo(202);
                assertThat(post(receiver, push, "s3cret")).isEqualTo(202);
                assertThat(post(receiver, push, "guess")).isEqualTo(401);
                receiver.await(() -> census.counts().events() == before + 1);
                assertThat(Scrape.of(address(receiver)).names())
                        .containsAll(Monitoring.names("prefstream_webhook"));
                receiver.signal("KILL");
                assertThat(receiver.end().status()).isEqualTo(137);
            }
            try (Prefstream receiver = webhooks(secret)) {
                receiver.await(() -> census.counts().feedGaps() == 1);
                assertThat(post(receiver, push, "s3cret")).as("a repeat").isEqualTo(202);
                receiver.signal("TERM");
                Ended ended = receiver.end();
                assertThat(ended.status()).as(ended.said()).isZero();
                assertThat(ended.said()).contains("repeated=1").doesNotContain("s3cret");
            }
            assertThat(census.awaitCaughtUp(PATIENCE)).isTrue();
            assertThat(census.counts().deadLetters()).isEmpty();
        }
    }

    private static Prefstream webhooks(Path secret) throws Exception {
        Prefstream receiver =
                Prefstream.start(
                        folder,
                        "webhooks",
                        "--bootstrap-servers",
                        kafka.bootstrapServers(),
                        "--registry-url",
                        registry.url(),
                        "--github-secret-file",
                        secret.toString(),
                        "--state",
                        folder.resolve("webhooks").toString(),
                        "--downtime-grace",
                        "PT0S",
                        "--port",
                        "0");
        receiver.await(() -> receiver.said().contains("receiving on http://"));
        return receiver;
    }

    private static String address(Prefstream receiver) {
        return receiver.said().replaceAll("(?s).*receiving on (http://\\S+).*", "$1");
    }

    private static int post(Prefstream receiver, String payload, String secret) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        byte[] body = payload.getBytes(StandardCharsets.UTF_8);
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(address(receiver) + "/github"))
                        .header("Content-Type", "application/json")
                        .header("X-GitHub-Event", "push")
                        .header("X-GitHub-Delivery", "72d3162e-cc78-11e3-81ab-4c9367dc0958")
                        .header(
                                "X-Hub-Signature-256",
                                "sha256=" + HexFormat.of().formatHex(mac.doFinal(body)))
                        .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                        .build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .statusCode();
    }

    /** Gives the savepoint that the job leaves. */
    private static String runSynthesizeUntil(TopicCensus census, long candidates, String... options)
            throws Exception {
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "job",
                                "synthesize",
                                "--kafka.bootstrap-servers",
                                kafka.bootstrapServers(),
                                "--schema-registry.url",
                                registry.url(),
                                "--job.checkpoint-dir",
                                folder.resolve("checkpoints").toUri().toString(),
                                "--job.checkpoint-interval",
                                "500 ms",
                                "--job.parallelism",
                                "1"));
        arguments.addAll(List.of(options));
        try (Prefstream job = Prefstream.start(folder, arguments.toArray(String[]::new))) {
            job.await(() -> census.counts().candidates() >= candidates);
            job.signal("TERM");
            Ended ended = job.end();
            assertThat(ended.status()).as(ended.said()).isEqualTo(130);
            assertThat(ended.said())
                    .contains("job.parallelism = 1")
                    .containsPattern("stopped; go on with: --job.restore-from \\S+$")
                    .doesNotContain("Exception");
            return ended.said().substring(ended.said().lastIndexOf(' ') + 1);
        }
    }

    private static Ended createTopics() throws Exception {
        return Prefstream.run(
                folder,
                "topics",
                "create",
                "--bootstrap-servers",
                kafka.bootstrapServers(),
                "--registry-url",
                registry.url(),
                "--partitions",
                "3");
    }

    private static String get(String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(registry.url() + path)).build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private static void produce(String function) throws Exception {
        CodeSnippet snippet =
                CodeSnippet.newBuilder()
                        .setId(ContentId.of("java", function))
                        .setEventId(ContentId.of("event"))
                        .setRepository("maven:org.example:fox")
                        .setRevision("1.0")
                        .setPath("org/example/Fox.java")
                        .setLanguage("java")
                        .setKind(SnippetKind.FUNCTION)
                        .setName("f")
                        .setSignature("int f(int a, int b, int c)")
                        .setText(function)
                        .setPublishedAt(Instant.parse("2026-05-01T12:00:00Z"))
                        .setProducer("test/1")
                        .build();
        try (KafkaProducer<String, CodeSnippet> producer =
                new KafkaProducer<>(
                        connection.clientProperties(),
                        new StringSerializer(),
                        RecordEncoder.connect(Topics.CODE_SNIPPETS, connection))) {
            producer.send(
                            new ProducerRecord<>(
                                    Topics.CODE_SNIPPETS.name(), snippet.getId(), snippet))
                    .get();
        }
    }
}
