package io.prefstream.topics;

import io.prefstream.schemas.Topic;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * Writes a topic's records in {@linkplain WireFormat Confluent's wire format}.
 *
 * <p>The schema's id is asked for once, when the encoder is made; no record waits for the registry.
 * An encoder belongs to one thread.
 */
public final class RecordEncoder<T extends SpecificRecord> implements Serializer<T> {

    private final Topic<T> topic;
    private final int schemaId;
    private final SpecificDatumWriter<T> writer;

    /** An encoder that registers the topic's schema if the registry lacks it. */
    public RecordEncoder(Topic<T> topic, SchemaRegistry registry) {
        this(topic, registry.register(topic.subject(), topic.schema()));
    }

    private RecordEncoder(Topic<T> topic, int schemaId) {
        this.topic = topic;
        this.schemaId = schemaId;
        this.writer = new SpecificDatumWriter<>(topic.type());
    }

    /** An encoder that stops if the registry lacks the topic's schema. */
    public static <T extends SpecificRecord> RecordEncoder<T> ofRegistered(
            Topic<T> topic, SchemaRegistry registry) {
        return new RecordEncoder<>(topic, registry.idOf(topic.subject(), topic.schema()));
    }

    /** An encoder that obeys the connection's {@value TopicsConnection#AUTO_REGISTER}. */
    public static <T extends SpecificRecord> RecordEncoder<T> connect(
            Topic<T> topic, TopicsConnection connection) {
        SchemaRegistry registry = SchemaRegistry.connect(connection);
        String autoRegister =
                connection
                        .registryProperties()
                        .getOrDefault(TopicsConnection.AUTO_REGISTER, "true");
        return switch (autoRegister) {
            case "true" -> new RecordEncoder<>(topic, registry);
            case "false" -> ofRegistered(topic, registry);
            default ->
                    throw new IllegalArgumentException(
                            TopicsConnection.REGISTRY_PREFIX
                                    + TopicsConnection.AUTO_REGISTER
                                    + "="
                                    + autoRegister
                                    + " is neither true nor false");
        };
    }

    /**
     * The bytes of a record; null for null, Kafka's mark of deletion.
     *
     * @throws SerializationException if the record doesn't fit the schema
     */
    @Override
    public byte @Nullable [] serialize(@Nullable String topicName, @Nullable T value) {
        if (value == null) {
            return null;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(512);
        out.write(WireFormat.MAGIC);
        out.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(schemaId).array());
        try {
            // A fresh encoder, so that a record that fails halfway leaves nothing for the next.
            BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
            writer.write(value, encoder);
            encoder.flush();
        } catch (IOException | AvroRuntimeException | ClassCastException | NullPointerException e) {
            throw new SerializationException(
                    "cannot write a " + topic.type().getSimpleName() + " to " + topic, e);
        }
        return out.toByteArray();
    }
}
