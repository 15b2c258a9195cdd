package io.prefstream.topics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prefstream.schemas.CodeSnippet;
import io.prefstream.schemas.Topics;
import io.prefstream.topics.testing.Records;
import java.util.Map;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.Test;

class RecordEncoderTest {

    private final InMemoryRegistry registry = new InMemoryRegistry();

    @Test
    void beginsWithAZeroByteAndTheIdBigEndian() {
        byte[] bytes =
                new RecordEncoder<>(Topics.CODE_SNIPPETS, registry)
                        .serialize("", Records.snippet(1));

        assertThat(bytes).startsWith(0, 0, 0, 0, 1);
    }

    @Test
    void aRecordThatFailsHalfwayLeavesNothingForTheNext() {
        RecordEncoder<CodeSnippet> encoder = new RecordEncoder<>(Topics.CODE_SNIPPETS, registry);
        byte[] expected = encoder.serialize("", Records.snippet(1));
        CodeSnippet incomplete = new CodeSnippet();
        incomplete.put("id", "only an id");

        assertThatThrownBy(() -> encoder.serialize("", incomplete))
                .isInstanceOf(SerializationException.class)
                .hasMessage("cannot write a CodeSnippet to prefstream.code-snippets.v1");
        assertThat(encoder.serialize("", Records.snippet(1))).isEqualTo(expected);
    }

    @Test
    void withoutLeaveToRegisterAMissingSchemaStopsTheWriter() {
        assertThatThrownBy(() -> RecordEncoder.ofRegistered(Topics.CODE_SNIPPETS, registry))
                .isInstanceOf(SchemaRegistryException.class);
        assertThat(registry.registrations()).isZero();
    }

    @Test
    void refusesAnAutoRegisterValueThatIsNoBoolean() {
        TopicsConnection connection =
                new TopicsConnection(
                        "localhost:1",
                        "http://localhost:1",
                        Map.of("schema.registry.auto.register.schemas", "maybe"));

        assertThatThrownBy(() -> RecordEncoder.connect(Topics.CODE_SNIPPETS, connection))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "schema.registry.auto.register.schemas=maybe is neither true nor false");
    }
}
