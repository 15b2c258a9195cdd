package io.prefstream.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What was once written can be read for ever, and what is written today is written byte for byte
 * the same tomorrow.
 *
 * <p>To record the next version after a compatible change: {@code mvn -pl schemas test
 * -Dprefstream.record-version=true}, then commit the new files. Released files are never edited.
 */
class GoldenBytesTest {

    static List<Topic<?>> topics() {
        return Topics.all();
    }

    @BeforeAll
    static void recordNewVersionsWhenAskedTo() throws IOException {
        if (!Boolean.getBoolean("prefstream.record-version")) {
            return;
        }
        for (Topic<?> topic : Topics.all()) {
            List<SchemaHistory.Version> history = SchemaHistory.of(topic);
            if (history.isEmpty()
                    || !history.get(history.size() - 1).schema().equals(topic.schema())) {
                int next = history.size() + 1;
                Files.createDirectories(SchemaHistory.schemaFile(topic, next).getParent());
                Files.writeString(
                        SchemaHistory.schemaFile(topic, next),
                        topic.schema().toString(true) + "\n");
                Files.write(
                        SchemaHistory.goldenFile(topic, next), encode(ExampleRecords.of(topic)));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("topics")
    void todaysBytesAreTheNewestGoldenBytes(Topic<?> topic) throws IOException {
        List<SchemaHistory.Version> history = SchemaHistory.of(topic);
        SchemaHistory.Version newest = history.get(history.size() - 1);

        assertThat(encode(ExampleRecords.of(topic)))
                .isEqualTo(Files.readAllBytes(newest.goldenBytes()));
    }

    @ParameterizedTest
    @MethodSource("topics")
    void bytesOfEveryVersionStillRead(Topic<?> topic) throws IOException {
        for (SchemaHistory.Version version : SchemaHistory.of(topic)) {
            SpecificRecord record =
                    new SpecificDatumReader<SpecificRecord>(version.schema(), topic.schema())
                            .read(null, decoder(version));

            assertThat(record).isInstanceOf(topic.type());
            if (version.schema().equals(topic.schema())) {
                assertThat(record).isEqualTo(ExampleRecords.of(topic));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("topics")
    void aReaderThatKnowsOnlyTheSchemaReadsTheSameBytes(Topic<?> topic) throws IOException {
        for (SchemaHistory.Version version : SchemaHistory.of(topic)) {
            Schema schema = version.schema();

            Object generic =
                    new GenericDatumReader<>(schema, schema, new GenericData())
                            .read(null, decoder(version));

            assertThat(GenericData.get().validate(schema, generic)).isTrue();
        }
    }

    private static org.apache.avro.io.Decoder decoder(SchemaHistory.Version version)
            throws IOException {
        return DecoderFactory.get().binaryDecoder(Files.readAllBytes(version.goldenBytes()), null);
    }

    private static byte[] encode(SpecificRecord record) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        var encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
        new SpecificDatumWriter<>(record.getSchema()).write(record, encoder);
        encoder.flush();
        return bytes.toByteArray();
    }
}
