package io.prefstream.topics.flink;

import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.schemas.Rejection;
import java.time.Instant;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;

class AvroTypeTest {

    private static final Rejection REJECTION =
            Rejection.newBuilder()
                    .setId("id")
                    .setStage("demo")
                    .setUnit("file")
                    .setReason("empty")
                    .setInputId("a/b")
                    .setDetail("nothing in it")
                    .setPublishedAt(Instant.parse("2026-03-01T10:00:00.123Z"))
                    .setProducer("demo/1")
                    .build();

    @Test
    void givesBackWhatWasWritten() throws Exception {
        TypeSerializer<Rejection> serializer =
                AvroType.forRecord(Rejection.class).createSerializer(new SerializerConfigImpl());
        DataOutputSerializer out = new DataOutputSerializer(64);
        serializer.serialize(REJECTION, out);

        Rejection read = serializer.deserialize(new DataInputDeserializer(out.getCopyOfBuffer()));

        assertThat(read).isEqualTo(REJECTION);
        assertThat(read.getPublishedAt()).isEqualTo(REJECTION.getPublishedAt());
    }

    @Test
    void travelsWithTheJobGraph() throws Exception {
        AvroType<Rejection> type = AvroType.forRecord(Rejection.class);

        assertThat(InstantiationUtil.clone(type)).isEqualTo(type).hasSameHashCodeAs(type);
    }
}
