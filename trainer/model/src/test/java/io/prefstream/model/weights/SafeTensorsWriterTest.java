package io.prefstream.model.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SafeTensorsWriterTest {
    @TempDir Path folder;

    @Test
    void everyHalfFloatIsWrittenAsItself() {
        for (int bits = 0; bits < 1 << 16; bits++) {
            float value = HalfFloats.ofHalf((short) bits);
            short written = HalfFloats.toHalf(value);
            if (Float.isNaN(value)) {
                assertThat(HalfFloats.ofHalf(written)).isNaN();
            } else {
                assertThat(written).as("%04x", bits).isEqualTo((short) bits);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0x1.002p0, 0x3c00", // between 1 and its neighbour: the even one
        "0x1.006p0, 0x3c02",
        "0x1.00202p0, 0x3c01",
        "65519.996, 0x7bff",
        "65520, 0x7c00",
        "-1e9, 0xfc00",
        "0x1p-25, 0x0000",
        "0x1.8p-24, 0x0002",
        "0x1.ffbp-15, 0x03ff",
        "0x1.ffcp-15, 0x0400" // between the largest without a leading one and the smallest with it
    })
    void halfFloatsAreRoundedToNearestEven(String value, String bits) {
        assertThat(HalfFloats.toHalf(Float.parseFloat(value)))
                .isEqualTo((short) Integer.decode(bits).intValue());
    }

    @Test
    void whatAHalfFloatCannotHoldIsRefusedByName() {
        Path file = folder.resolve("x");
        SafeTensorsWriter writer =
                new SafeTensorsWriter(SafeTensors.Type.F16)
                        .add("w", new long[] {2}, () -> floats(1, 65_520));
        assertThatThrownBy(() -> writer.write(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("tensor w holds 65520.0, F16 ends at 65504; write BF16 or F32");
        assertThat(folder).isEmptyDirectory();
    }

    @ParameterizedTest
    @EnumSource(SafeTensors.Type.class)
    void shardsAreReadBackAsTheyWereWritten(SafeTensors.Type type) throws IOException {
        four(type).writeTo(folder, 8L * type.bytes);
        assertThat(folder.toFile().list())
                .containsExactlyInAnyOrder(
                        "model-00001-of-00003.safetensors",
                        "model-00002-of-00003.safetensors",
                        "model-00003-of-00003.safetensors",
                        "model.safetensors.index.json");
        try (WeightFiles weights = WeightFiles.open(folder)) {
            assertThat(weights.names()).containsExactly("a", "b", "c", "d");
            assertThat(weights.shape("b")).containsExactly(2, 2);
            FloatBuffer b = weights.readFloats("b").asFloatBuffer();
            assertThat(b).isEqualTo(floats(5, 6, 7, 8).asFloatBuffer());
            assertThat(weights.readFloats("d").getFloat()).isEqualTo(0.5f);
        }
    }

    @Test
    void theIndexIsThatOfTransformers() throws IOException {
        four(SafeTensors.Type.F32).writeTo(folder, 32);
        JsonNode index = new ObjectMapper().readTree(folder.resolve(WeightFiles.INDEX).toFile());
        assertThat(index.path("metadata").path("total_size").asLong())
                .isEqualTo((4 + 4 + 9 + 1) * 4);
        assertThat(index.path("weight_map").path("a").asText())
                .isEqualTo(index.path("weight_map").path("b").asText())
                .isEqualTo("model-00001-of-00003.safetensors");
        // Larger than a shard may be, it has one of its own.
        assertThat(index.path("weight_map").path("c").asText())
                .isEqualTo("model-00002-of-00003.safetensors");
    }

    @Test
    void whatFitsIsOneFileAndOldWeightsGo() throws IOException {
        four(SafeTensors.Type.F32).writeTo(folder, 32);
        Files.writeString(folder.resolve("config.json"), "{}");
        four(SafeTensors.Type.F32).writeTo(folder, SafeTensorsWriter.SHARD_BYTES);
        assertThat(folder.toFile().list())
                .containsExactlyInAnyOrder("model.safetensors", "config.json");
        four(SafeTensors.Type.F32).writeTo(folder, 64);
        assertThat(folder.toFile().list())
                .containsExactlyInAnyOrder(
                        "model-00001-of-00002.safetensors",
                        "model-00002-of-00002.safetensors",
                        "model.safetensors.index.json",
                        "config.json");
    }

    @Test
    void aShardWithoutRoomIsRefused() {
        assertThatThrownBy(() -> four(SafeTensors.Type.F32).writeTo(folder, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("bytes of a shard must be above 0, not 0");
    }

    /** Four tensors of 4, 4, 9 and 1 elements. */
    private static SafeTensorsWriter four(SafeTensors.Type type) {
        return new SafeTensorsWriter(type)
                .add("a", new long[] {4}, () -> floats(1, 2, 3, 4))
                .add("b", new long[] {2, 2}, () -> floats(5, 6, 7, 8))
                .add("c", new long[] {9}, () -> floats(1, 2, 3, 4, 5, 6, 7, 8, 9))
                .add("d", new long[] {1}, () -> floats(0.5f));
    }

    private static ByteBuffer floats(float... values) {
        ByteBuffer buffer = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            buffer.putFloat(value);
        }
        return buffer.flip();
    }
}
