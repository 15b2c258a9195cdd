package io.prefstream.topics;

import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.schemas.CodeSnippet;
import io.prefstream.schemas.Topic;
import io.prefstream.schemas.Topics;
import io.prefstream.topics.testing.Records;
import io.prefstream.topics.testing.TestTopics;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;

/** Over the real broker and registry. */
class RoundTripTest {

    private final TestTopics topics = TestTopics.shared();

    @Test
    void recordsComeBackAsTheyWereWritten() {
        Topic<CodeSnippet> topic = topics.alone(Topics.CODE_SNIPPETS);
        List<CodeSnippet> written = Records.snippets(100);

        topics.produce(topic, written);

        assertThat(topics.readCommitted(topic, 100, Duration.ofSeconds(30)))
                .containsExactlyInAnyOrderElementsOf(written);
    }

    @Test
    void aRecordOfAnOlderSchemaIsReadWithTheDefaultsOfThisOne() throws IOException {
        Topic<CodeSnippet> topic = topics.alone(Topics.CODE_SNIPPETS);
        SchemaRegistry registry = SchemaRegistry.connect(topics.connection());
        Schema older = without(topic.schema(), Set.of("licence", "nearDupSignature", "docComment"));
        int olderId = registry.register(topic.subject(), older);
        CodeSnippet now = Records.snippet(1);

        topics.produceRaw(topic.name(), null, encoded(olderId, older, now));

        assertThat(topics.readCommitted(topic, 1, Duration.ofSeconds(30)))
                .containsExactly(
                        CodeSnippet.newBuilder(now)
                                .setLicence(null)
                                .setNearDupSignature(null)
                                .setDocComment(null)
                                .build());
    }

    @Test
    void creatingTopicsAgainLeavesThemAsTheyAre() throws Exception {
        topics.produce(topics.alone(Topics.CODE_SNIPPETS), Records.snippets(1));

        TopicAdmin.create(topics.connection(), 5, (short) 1);

        Properties properties = topics.connection().clientProperties();
        try (Admin admin = Admin.create(properties)) {
            var described =
                    admin.describeTopics(Topics.all().stream().map(Topic::name).toList())
                            .allTopicNames()
                            .get();
            assertThat(described.values())
                    .hasSize(Topics.all().size())
                    .allSatisfy(topic -> assertThat(topic.partitions()).hasSize(2));
            ConfigResource letters =
                    new ConfigResource(ConfigResource.Type.TOPIC, Topics.DEAD_LETTERS.name());
            Config config = admin.describeConfigs(List.of(letters)).all().get().get(letters);
            assertThat(config.get("max.message.bytes").value()).isEqualTo("2097152");
        }
    }

    private static Schema without(Schema schema, Set<String> fields) {
        List<Schema.Field> kept = new ArrayList<>();
        for (Schema.Field field : schema.getFields()) {
            if (!fields.contains(field.name())) {
                kept.add(new Schema.Field(field, field.schema()));
            }
        }
        return Schema.createRecord(
                schema.getName(), schema.getDoc(), schema.getNamespace(), false, kept);
    }

    private static byte[] encoded(int schemaId, Schema schema, CodeSnippet snippet)
            throws IOException {
        GenericData.Record generic = new GenericData.Record(schema);
        for (Schema.Field field : schema.getFields()) {
            Object value = snippet.get(field.name());
            generic.put(
                    field.name(),
                    switch (field.name()) {
                        case "publishedAt" -> snippet.getPublishedAt().toEpochMilli();
                        case "kind" -> new GenericData.EnumSymbol(field.schema(), value.toString());
                        default -> value;
                    });
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(ByteBuffer.allocate(5).put((byte) 0).putInt(schemaId).array());
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
        new GenericDatumWriter<GenericData.Record>(schema).write(generic, encoder);
        encoder.flush();
        return out.toByteArray();
    }
}
