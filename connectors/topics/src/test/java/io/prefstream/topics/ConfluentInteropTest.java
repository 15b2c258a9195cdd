package io.prefstream.topics;

import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.schemas.CodeSnippet;
import io.prefstream.schemas.Topic;
import io.prefstream.schemas.Topics;
import io.prefstream.topics.testing.Records;
import io.prefstream.topics.testing.TestTopics;
import java.io.ByteArrayOutputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.flink.util.ChildFirstClassLoader;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Our wire format against Confluent's own client (7.5, relocated, as Flink's SQL format ships it)
 * in a class loader of its own, over a real registry.
 *
 * <p>Flink's part in it is only the frame of five bytes; schemas, ids and HTTP are Confluent's.
 */
class ConfluentInteropTest {

    private static final String FORMATS = "org.apache.flink.formats.avro.";
    private static final String AVRO = "org.apache.flink.avro.shaded.org.apache.avro.";
    private static final String CONFLUENT =
            "org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.";

    private static ChildFirstClassLoader isolated;

    private final TopicsConnection connection = TestTopics.shared().connection();
    private final SchemaRegistry ours = SchemaRegistry.connect(connection);
    private final Topic<CodeSnippet> topic =
            new Topic<>(
                    "interop-" + UUID.randomUUID(), CodeSnippet.class, Topics.CODE_SNIPPETS.key());

    @BeforeAll
    static void loadConfluentsClient() throws Exception {
        URL jar;
        try (Stream<Path> files = Files.list(Path.of("target", "interop"))) {
            jar = files.findFirst().orElseThrow().toUri().toURL();
        }
        isolated =
                new ChildFirstClassLoader(
                        new URL[] {jar},
                        ConfluentInteropTest.class.getClassLoader(),
                        new String[] {"java.", "org.slf4j."},
                        error -> {});
        assertThat(isolated.loadClass(FORMATS + "SchemaCoder"))
                .isNotEqualTo(Class.forName(FORMATS + "SchemaCoder"));
    }

    @AfterAll
    static void unload() throws Exception {
        isolated.close();
    }

    @Test
    void confluentsClientReadsWhatWeWrite() throws Exception {
        CodeSnippet snippet = Records.snippet(42);
        byte[] written = new RecordEncoder<>(topic, ours).serialize(topic.name(), snippet);

        Object read = theirsDeserialize(written);

        assertThat(read.toString()).isEqualTo(theirRecord(snippet).toString());
        assertThat(read.toString()).contains("größe42").contains("🦊");
    }

    @Test
    void weReadWhatConfluentsClientWrites() throws Exception {
        CodeSnippet snippet = Records.snippet(43);

        byte[] written = theirsSerialize(theirRecord(snippet));

        assertThat(new RecordDecoder<>(topic, ours).deserialize(topic.name(), written))
                .isEqualTo(snippet);
    }

    @Test
    void bothWriteTheSameBytes() throws Exception {
        CodeSnippet snippet = Records.snippet(44);

        assertThat(theirsSerialize(theirRecord(snippet)))
                .isEqualTo(new RecordEncoder<>(topic, ours).serialize(topic.name(), snippet));
    }

    @Test
    void bothNameASchemaByTheSameId() throws Exception {
        Class<?> clientType = isolated.loadClass(CONFLUENT + "client.CachedSchemaRegistryClient");
        Object theirs =
                clientType
                        .getConstructor(String.class, int.class)
                        .newInstance(connection.registryUrl(), 10);
        Object parsed =
                isolated.loadClass(CONFLUENT + "avro.AvroSchema")
                        .getConstructor(String.class)
                        .newInstance(topic.schema().toString());
        Class<?> parsedType = isolated.loadClass(CONFLUENT + "ParsedSchema");

        Object theirId =
                clientType
                        .getMethod("register", String.class, parsedType)
                        .invoke(theirs, topic.subject(), parsed);

        assertThat(ours.register(topic.subject(), topic.schema())).isEqualTo(theirId);
        Object theirSchema =
                clientType.getMethod("getSchemaById", int.class).invoke(theirs, theirId);
        Object canonical = parsedType.getMethod("canonicalString").invoke(theirSchema);
        assertThat(new Schema.Parser().parse(canonical.toString())).isEqualTo(topic.schema());
    }

    private byte[] theirsSerialize(Object theirRecord) throws Exception {
        Class<?> format =
                isolated.loadClass(
                        FORMATS + "registry.confluent.ConfluentRegistryAvroSerializationSchema");
        Class<?> schemaType = isolated.loadClass(AVRO + "Schema");
        Object serializer =
                format.getMethod("forGeneric", String.class, schemaType, String.class)
                        .invoke(null, topic.subject(), theirSchema(), connection.registryUrl());
        return (byte[]) format.getMethod("serialize", Object.class).invoke(serializer, theirRecord);
    }

    private Object theirsDeserialize(byte[] bytes) throws Exception {
        Class<?> format =
                isolated.loadClass(
                        FORMATS + "registry.confluent.ConfluentRegistryAvroDeserializationSchema");
        Class<?> schemaType = isolated.loadClass(AVRO + "Schema");
        Object deserializer =
                format.getMethod("forGeneric", schemaType, String.class)
                        .invoke(null, theirSchema(), connection.registryUrl());
        return format.getMethod("deserialize", byte[].class).invoke(deserializer, bytes);
    }

    private Object theirSchema() throws Exception {
        Object parser = isolated.loadClass(AVRO + "Schema$Parser").getConstructor().newInstance();
        return parser.getClass()
                .getMethod("parse", String.class)
                .invoke(parser, topic.schema().toString());
    }

    /** The same record made of their classes, by way of plain Avro without any header. */
    private Object theirRecord(CodeSnippet snippet) throws Exception {
        ByteArrayOutputStream plain = new ByteArrayOutputStream();
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(plain, null);
        new SpecificDatumWriter<>(CodeSnippet.class).write(snippet, encoder);
        encoder.flush();
        Class<?> factoryType = isolated.loadClass(AVRO + "io.DecoderFactory");
        Object decoder =
                factoryType
                        .getMethod(
                                "binaryDecoder",
                                byte[].class,
                                isolated.loadClass(AVRO + "io.BinaryDecoder"))
                        .invoke(
                                factoryType.getMethod("get").invoke(null),
                                plain.toByteArray(),
                                null);
        Class<?> readerType = isolated.loadClass(AVRO + "generic.GenericDatumReader");
        Object reader =
                readerType
                        .getConstructor(isolated.loadClass(AVRO + "Schema"))
                        .newInstance(theirSchema());
        return readerType
                .getMethod("read", Object.class, isolated.loadClass(AVRO + "io.Decoder"))
                .invoke(reader, null, decoder);
    }
}
