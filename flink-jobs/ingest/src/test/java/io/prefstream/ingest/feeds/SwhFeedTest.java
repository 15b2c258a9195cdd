package io.prefstream.ingest.feeds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prefstream.ingest.IngestJob;
import io.prefstream.jobs.common.JobEnvironment;
import io.prefstream.jobs.common.UsageException;
import io.prefstream.jobs.common.testing.TwoSlots;
import io.prefstream.schemas.ContentId;
import io.prefstream.schemas.DeadLetter;
import io.prefstream.schemas.Publication;
import io.prefstream.schemas.RepoEvent;
import io.prefstream.topics.testing.TestTopics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.util.CloseableIterator;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessagePacker;

/** The feed on a MiniCluster, with a real broker that plays the archive's. */
class SwhFeedTest {

    private static final Instant VISITED = Instant.parse("2026-05-01T12:00:00Z");

    @RegisterExtension private static final MiniClusterExtension FLINK = TwoSlots.cluster();

    @TempDir private Path folder;

    @Test
    void aVisitAndItsNewSnapshotBecomeOneEventInEitherOrder() throws Exception {
        TestTopics broker = TestTopics.shared();
        String prefix = "swh.test.either-order";
        create(broker, prefix);
        send(broker, prefix + ".origin_visit_status", visit("https://github.com/o/early", "a1"));
        send(broker, prefix + ".snapshot", snapshot("a1", "11".repeat(20)));
        send(broker, prefix + ".snapshot", snapshot("b2", "22".repeat(20)));
        send(broker, prefix + ".origin_visit_status", visit("https://github.com/o/late.git", "b2"));
        send(broker, prefix + ".origin_visit_status", visit("https://github.com/o/fork", "b2"));
        send(
                broker,
                prefix + ".origin_visit_status",
                visit("https://github.com/o/unchanged", "c3"));
        send(broker, prefix + ".snapshot", new byte[] {42});

        Read read = read(config(broker, prefix));

        assertThat(read.events())
                .extracting(event -> ((Publication) event.getBody()).getRepository())
                .containsExactlyInAnyOrder(
                        "https://github.com/o/early",
                        "https://github.com/o/late",
                        "https://github.com/o/fork");
        RepoEvent early =
                read.events().stream()
                        .filter(event -> event.getDeliveryId().equals("swh:1:snp:a1"))
                        .findFirst()
                        .orElseThrow();
        Publication publication = (Publication) early.getBody();
        assertThat(publication.getRevision()).isEqualTo("11".repeat(20));
        assertThat(publication.getRef()).isEqualTo("main");
        assertThat(publication.getPublishedAt()).isEqualTo(VISITED);
        assertThat(early.getFeed()).isEqualTo("swh");
        assertThat(early.getId())
                .as("the id that other feeds give the same commit")
                .isEqualTo(
                        ContentId.of("publication", "https://github.com/o/early", "11".repeat(20)));
        assertThat(read.unreadable())
                .singleElement()
                .satisfies(
                        letter -> {
                            assertThat(letter.getTopic()).isEqualTo(prefix + ".snapshot");
                            assertThat(letter.getValue().get(0)).isEqualTo((byte) 42);
                            assertThat(letter.getError()).isEqualTo("the message is no dictionary");
                        });
    }

    @Test
    void credentialsComeFromAFile() throws Exception {
        TestTopics broker = TestTopics.shared();
        Path properties = folder.resolve("client.properties");
        Files.writeString(properties, "client.id=journal-reader\n");
        Configuration config = config(broker, "swh.test.file");
        config.set(SwhFeed.CLIENT_PROPERTIES_FILE, properties.toString());
        assertThat(SwhFeed.check(config)).isEmpty();

        config.set(SwhFeed.CLIENT_PROPERTIES_FILE, folder.resolve("none").toString());
        assertThatThrownBy(() -> SwhFeed.check(config))
                .isInstanceOf(UsageException.class)
                .hasMessageStartingWith("option --ingest.swh.client-properties-file=")
                .hasMessageContaining("cannot be read");
    }

    private record Read(List<RepoEvent> events, List<DeadLetter> unreadable) {}

    private static Read read(Configuration config) throws Exception {
        StreamExecutionEnvironment env =
                JobEnvironment.configure(
                        StreamExecutionEnvironment.getExecutionEnvironment(), config);
        FeedStreams streams = Feed.SWH.read(env, config);
        CloseableIterator<RepoEvent> events = streams.events().collectAsync();
        CloseableIterator<DeadLetter> letters = streams.unreadable().get(0).collectAsync();
        env.execute("swh");
        Read read = new Read(new ArrayList<>(), new ArrayList<>());
        events.forEachRemaining(read.events()::add);
        letters.forEachRemaining(read.unreadable()::add);
        return read;
    }

    private static Configuration config(TestTopics broker, String prefix) {
        return IngestJob.options()
                .parse(
                        "--ingest.feeds=swh",
                        "--ingest.feed.bounded=true",
                        "--ingest.swh.from-earliest=true",
                        "--ingest.swh.bootstrap-servers=" + broker.connection().bootstrapServers(),
                        "--ingest.swh.group-id=" + prefix,
                        "--ingest.swh.topic-prefix=" + prefix);
    }

    private static void create(TestTopics broker, String prefix) throws Exception {
        try (Admin admin = Admin.create(broker.connection().clientProperties())) {
            admin.createTopics(
                            List.of(
                                    new NewTopic(prefix + ".snapshot", 1, (short) 1),
                                    new NewTopic(prefix + ".origin_visit_status", 2, (short) 1)))
                    .all()
                    .get();
        }
    }

    private static void send(TestTopics broker, String topic, byte[] message) {
        broker.produceRaw(topic, null, message);
    }

    private static byte[] visit(String origin, String snapshot) throws IOException {
        MessageBufferPacker packer = MessagePack.newDefaultBufferPacker();
        packer.packMapHeader(6);
        packer.packString("origin").packString(origin);
        packer.packString("visit").packInt(1);
        packer.packString("type").packString("git");
        packer.packString("status").packString("full");
        packer.packString("date").packTimestamp(VISITED);
        binary(packer.packString("snapshot"), HexFormat.of().parseHex(snapshot));
        return packer.toByteArray();
    }

    private static byte[] snapshot(String id, String commit) throws IOException {
        MessageBufferPacker packer = MessagePack.newDefaultBufferPacker();
        packer.packMapHeader(2).packString("branches").packMapHeader(2);
        Map<String, byte[]> targets =
                Map.of(
                        "alias", "refs/heads/main".getBytes(StandardCharsets.UTF_8),
                        "revision", HexFormat.of().parseHex(commit));
        branch(packer, "HEAD", "alias", targets);
        branch(packer, "refs/heads/main", "revision", targets);
        binary(packer.packString("id"), HexFormat.of().parseHex(id));
        return packer.toByteArray();
    }

    private static void branch(
            MessageBufferPacker packer, String name, String type, Map<String, byte[]> targets)
            throws IOException {
        binary(packer, name.getBytes(StandardCharsets.UTF_8));
        packer.packMapHeader(2).packString("target_type").packString(type);
        binary(packer.packString("target"), targets.get(type));
    }

    private static void binary(MessagePacker packer, byte[] bytes) throws IOException {
        packer.packBinaryHeader(bytes.length).writePayload(bytes);
    }
}
