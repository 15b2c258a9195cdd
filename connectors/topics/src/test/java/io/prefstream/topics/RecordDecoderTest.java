package io.prefstream.topics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prefstream.schemas.CodeSnippet;
import io.prefstream.schemas.OptOut;
import io.prefstream.schemas.Topics;
import io.prefstream.topics.testing.Records;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;

class RecordDecoderTest {

    private final InMemoryRegistry registry = new InMemoryRegistry();
    private final RecordEncoder<CodeSnippet> encoder =
            new RecordEncoder<>(Topics.CODE_SNIPPETS, registry);
    private final RecordDecoder<CodeSnippet> decoder =
            new RecordDecoder<>(Topics.CODE_SNIPPETS, registry);
    private final byte[] good = encoder.serialize("", Records.snippet(1));

    @Test
    void readsWhatTheEncoderWrites() {
        assertThat(decoder.deserialize("", good)).isEqualTo(Records.snippet(1));
    }

    @Test
    void asksTheRegistryOncePerSchemaAndNeverPerRecord() {
        for (int i = 0; i < 10; i++) {
            decoder.deserialize("", encoder.serialize("", Records.snippet(i)));
        }

        assertThat(registry.registrations()).isEqualTo(1);
        assertThat(registry.reads()).isEqualTo(1);
    }

    @Test
    void refusesAMissingValue() {
        assertUndecodable(null, "it has no value");
    }

    @Test
    void refusesAValueShorterThanTheHeader() {
        assertUndecodable(new byte[0], "its value of 0 bytes is shorter than the header of 5");
        assertUndecodable(
                new byte[] {0, 0, 0, 0}, "its value of 4 bytes is shorter than the header of 5");
    }

    @Test
    void refusesAnotherMagicByte() {
        byte[] bytes = good.clone();
        bytes[0] = (byte) 0xc3;

        assertUndecodable(bytes, "it begins with 0xc3 instead of 0x00");
    }

    @Test
    void refusesATruncatedBodyAtEveryLength() {
        for (int length = 0; length < good.length; length++) {
            byte[] truncated = Arrays.copyOf(good, length);
            assertThatThrownBy(() -> decoder.deserialize("", truncated))
                    .isInstanceOf(UndecodableRecordException.class);
        }
    }

    @Test
    void refusesBytesAfterTheRecord() {
        assertUndecodable(
                Arrays.copyOf(good, good.length + 1),
                "its body of %d bytes goes on after the record of schema 1"
                        .formatted(good.length - 4));
    }

    @Test
    void refusesALengthThatTheBytesCantHoldWithoutTakingThatMemory() {
        // Zig-zag varint of 2^31 - 9: Avro's limit for the length of a string.
        byte[] huge = {0, 0, 0, 0, 1, (byte) 0xee, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x0f};

        assertThatThrownBy(() -> decoder.deserialize("", huge))
                .isInstanceOf(UndecodableRecordException.class);
    }

    @Test
    void refusesASchemaThatIsNotTheTopics() {
        RecordEncoder<OptOut> other = new RecordEncoder<>(Topics.OPT_OUTS, registry);
        byte[] optOut =
                other.serialize(
                        "",
                        OptOut.newBuilder()
                                .setRepository("a")
                                .setScope(io.prefstream.schemas.OptOutScope.OWNER)
                                .setRequestedAt(Records.FIRST_OF_MAY)
                                .build());

        assertThatThrownBy(() -> decoder.deserialize("", optOut))
                .isInstanceOf(UndecodableRecordException.class)
                .hasMessageContaining("is not what schema 2 says");
    }

    @Test
    void findsASchemaThatWasUnknownWhenItIsRegisteredLater() {
        int laterId = 2;
        byte[] early = good.clone();
        ByteBuffer.wrap(early).putInt(1, laterId);
        assertUndecodable(early, "the registry has no schema 2");

        Schema sameFields = new Schema.Parser().parse(Topics.CODE_SNIPPETS.schema().toString());
        sameFields.addProp("later", "yes");
        assertThat(registry.register("", sameFields)).isEqualTo(laterId);

        assertThat(decoder.deserialize("", early)).isEqualTo(Records.snippet(1));
    }

    @Test
    void aRegistryThatIsDownSaysNothingAboutTheRecord() {
        registry.down(true);
        assertThatThrownBy(() -> decoder.deserialize("", good))
                .isInstanceOf(SchemaRegistryException.class);

        registry.down(false);
        assertThat(decoder.deserialize("", good)).isEqualTo(Records.snippet(1));
    }

    @Test
    void noCorruptRecordSpoilsTheNext() {
        Random random = new Random(7);
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            try {
                decoder.deserialize("", corrupted(random));
            } catch (UndecodableRecordException e) {
                refused++;
            }
            CodeSnippet next = Records.snippet(i % 10);
            assertThat(decoder.deserialize("", encoder.serialize("", next))).isEqualTo(next);
        }
        // The others changed a character of a text, which no decoder can see.
        assertThat(refused).isGreaterThan(5_000);
    }

    private byte[] corrupted(Random random) {
        byte[] bytes = good.clone();
        switch (random.nextInt(4)) {
            case 0 -> bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            case 1 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
            case 2 -> bytes = Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(9));
            default -> {
                byte[] body = new byte[random.nextInt(200)];
                random.nextBytes(body);
                System.arraycopy(body, 0, bytes, 5, Math.min(body.length, bytes.length - 5));
            }
        }
        return bytes;
    }

    private void assertUndecodable(byte[] bytes, String why) {
        assertThatThrownBy(() -> decoder.deserialize("", bytes))
                .isInstanceOf(UndecodableRecordException.class)
                .hasMessage("not a CodeSnippet: " + why);
    }
}
