package io.prefstream.topics;

import io.prefstream.schemas.Topic;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/**
 * Reads a topic's records from {@linkplain WireFormat Confluent's wire format}, resolving the
 * schema they were written with to the one of this build.
 *
 * <p>No record can spoil a later one: each gets a decoder of its own over exactly its own bytes,
 * and all of them must be used. (Flink's registry decoder keeps one buffered decoder; what a
 * corrupt message leaves in its buffer is read as the next message.) Lengths and counts are checked
 * by Avro (1.12.2 and later) against the bytes that remain before memory is taken.
 *
 * <p>A decoder belongs to one thread.
 */
public final class RecordDecoder<T extends SpecificRecord> implements Deserializer<T> {

    private final Topic<T> topic;
    private final SchemaRegistry registry;
    private final SpecificData data;
    private final Map<Integer, SpecificDatumReader<T>> readers = new HashMap<>();

    public RecordDecoder(Topic<T> topic, SchemaRegistry registry) {
        this.topic = topic;
        this.registry = registry;
        this.data = SpecificData.getForClass(topic.type());
    }

    /** A decoder over the connection's registry. */
    public static <T extends SpecificRecord> RecordDecoder<T> connect(
            Topic<T> topic, TopicsConnection connection) {
        return new RecordDecoder<>(topic, SchemaRegistry.connect(connection));
    }

    /**
     * The record of these bytes.
     *
     * @throws UndecodableRecordException if they are none
     * @throws SchemaRegistryException if the registry doesn't work: the bytes may be fine
     */
    @Override
    public T deserialize(@Nullable String topicName, byte @Nullable [] bytes) {
        if (bytes == null) {
            throw undecodable("it has no value", null);
        }
        if (bytes.length < WireFormat.HEADER_BYTES) {
            throw undecodable(
                    "its value of %d bytes is shorter than the header of %d"
                            .formatted(bytes.length, WireFormat.HEADER_BYTES),
                    null);
        }
        if (bytes[0] != WireFormat.MAGIC) {
            throw undecodable("it begins with 0x%02x instead of 0x00".formatted(bytes[0]), null);
        }
        int schemaId = ByteBuffer.wrap(bytes).getInt(1);
        SpecificDatumReader<T> reader = readerOf(schemaId);
        int bodyBytes = bytes.length - WireFormat.HEADER_BYTES;
        BinaryDecoder decoder =
                DecoderFactory.get().binaryDecoder(bytes, WireFormat.HEADER_BYTES, bodyBytes, null);
        T value;
        boolean allRead;
        try {
            value = reader.read(null, decoder);
            allRead = decoder.isEnd();
        } catch (IOException | RuntimeException e) {
            // Avro answers bad bytes with exceptions of many kinds; whichever it is, it is about
            // these bytes, since nothing but them is read here.
            throw undecodable(
                    "its body of %d bytes is not what schema %d says: %s"
                            .formatted(bodyBytes, schemaId, e),
                    e);
        }
        if (!allRead) {
            throw undecodable(
                    "its body of %d bytes goes on after the record of schema %d"
                            .formatted(bodyBytes, schemaId),
                    null);
        }
        return value;
    }

    private SpecificDatumReader<T> readerOf(int schemaId) {
        SpecificDatumReader<T> known = readers.get(schemaId);
        if (known != null) {
            return known;
        }
        Schema writerSchema;
        try {
            writerSchema = registry.byId(schemaId);
        } catch (UnknownSchemaException e) {
            throw undecodable(e.getMessage() == null ? "unknown schema" : e.getMessage(), e);
        }
        SpecificDatumReader<T> reader =
                new SpecificDatumReader<>(writerSchema, topic.schema(), data);
        readers.put(schemaId, reader);
        return reader;
    }

    private UndecodableRecordException undecodable(String why, @Nullable Throwable cause) {
        return new UndecodableRecordException(
                "not a " + topic.type().getSimpleName() + ": " + why, cause);
    }
}
