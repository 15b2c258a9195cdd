package io.prefstream.model.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafeTensorsTest {
    @TempDir Path folder;

    @Test
    void floatsAreReadBackBitwise() throws IOException {
        float[] values = {1, -0f, Float.MIN_VALUE, 3.4e38f, (float) Math.PI, Float.NaN};
        Path file = folder.resolve("a.safetensors");
        new SafeTensorsWriter(SafeTensors.Type.F32)
                .metadata("step", "7")
                .add("b", new long[] {2, 3}, () -> bytes(values))
                .add("a", new long[] {1}, () -> bytes(5f))
                .write(file);
        try (SafeTensors tensors = SafeTensors.open(file)) {
            assertThat(tensors.names()).containsExactly("b", "a");
            assertThat(tensors.shape("b")).containsExactly(2, 3);
            assertThat(tensors.metadata()).containsEntry("step", "7").containsEntry("format", "pt");
            assertThat(floats(tensors.readFloats("b"))).containsExactly(values);
            assertThat(floats(tensors.readFloats("a"))).containsExactly(5f);
        }
        assertThat(folder.toFile().list()).containsExactly("a.safetensors");
    }

    @Test
    void bfloat16RoundsToNearestEven() {
        assertThat(rounded(1f)).isEqualTo(1f);
        assertThat(rounded(0x1.01p0f)).as("tie goes to the even 1.0").isEqualTo(1f);
        assertThat(rounded(0x1.03p0f)).as("tie goes to the even 1.015625").isEqualTo(0x1.04p0f);
        assertThat(rounded(0x1.010002p0f)).as("above the tie").isEqualTo(0x1.02p0f);
        assertThat(rounded(Float.MAX_VALUE)).isEqualTo(Float.POSITIVE_INFINITY);
        assertThat(rounded(Float.NaN)).isNaN();
        assertThat(rounded(Float.NEGATIVE_INFINITY)).isEqualTo(Float.NEGATIVE_INFINITY);
    }

    @ParameterizedTest
    @CsvSource({
        "0x3c00, 1.0", "0xc000, -2.0", "0x7bff, 65504", "0x0001, 5.9604645E-8",
        "0x03ff, 6.097555E-5", "0x0400, 6.1035156E-5", "0x8000, -0.0", "0x7c00, Infinity",
        "0xfc00, -Infinity", "0x3555, 0.33325195"
    })
    void halfFloatsWidenExactly(String bits, float expected) {
        short half = (short) Integer.decode(bits).intValue();
        assertThat(HalfFloats.ofHalf(half)).isEqualTo(expected);
    }

    @Test
    void halfNotANumberStaysSo() {
        assertThat(HalfFloats.ofHalf((short) 0x7e00)).isNaN();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'a':{'dtype':'I64','shape':[1],'data_offsets':[0,8]}} | 8 | tensor a: dtype must"
                        + " be F32, F16 or BF16, not \"I64\"",
                "{'a':{'shape':[1],'data_offsets':[0,8]}} | 8 | BF16, not missing",
                "{'a':{'dtype':'F32','shape':[3],'data_offsets':[0,8]}} | 8 | tensor a:"
                        + " data_offsets must span the 12 bytes of F32 [3], not [0,8]",
                "{'a':{'dtype':'F32','shape':[2],'data_offsets':[8,0]}} | 8 | not [8,0]",
                "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0]}} | 8 | not [0]",
                "{'a':{'dtype':'F32','shape':[2],'data_offsets':[4,12]}} | 12 | tensor a:"
                    + " data_offsets must begin at 0, where the one before ends, not at 4: hole",
                "{'b':{'dtype':'F32','shape':[2],'data_offsets':[4,12]},"
                        + "'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}} | 12 | tensor b:"
                        + " data_offsets must begin at 8, where the one before ends, not at 4:"
                        + " overlap",
                "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},"
                        + "'a':{'dtype':'F32','shape':[2],'data_offsets':[8,16]}} | 16 | each name"
                        + " once: Duplicate field 'a'",
                "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}} | 9 | 9 bytes of data",
                "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}} | 4 | 4 bytes of data",
                "{'a':{'dtype':'F32','shape':[-1],'data_offsets':[0,8]}} | 8 | tensor a: shape must"
                        + " be a list of whole numbers from 0 on, not [-1]",
                "{'a':{'dtype':'F32','shape':['2'],'data_offsets':[0,8]}} | 8 | not [\"2\"]",
                "{'a':{'dtype':'F32','shape':[2.5],'data_offsets':[0,8]}} | 8 | not [2.5]",
                "{'a':{'dtype':'F32','shape':[9223372036854775807],'data_offsets':[0,8]}} | 8 |"
                        + " shape must have fewer elements",
                "{'a':{'dtype':'F32','data_offsets':[0,8]}} | 8 | shape must be a list of whole"
                        + " numbers from 0 on, not missing",
                "['a'] | 0 | header must be a JSON object, it is [\"a\"]",
                "{'a' | 0 | header must be a JSON object with each name once: Unexpected"
            })
    void aMalformedFileIsRefused(String header, int dataBytes, String message) throws IOException {
        byte[] text = header.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        ByteBuffer buffer =
                ByteBuffer.allocate(8 + text.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putLong(text.length).put(text);
        Path file = Files.write(folder.resolve("bad"), buffer.array());
        assertThatThrownBy(() -> SafeTensors.open(file))
                .isInstanceOf(CorruptWeightsException.class)
                .hasMessageContaining(message);
    }

    @Test
    void aHeaderLongerThanTheFileIsRefused() throws IOException {
        Path file = Files.write(folder.resolve("bad"), new byte[] {9, 9, 9, 0, 0, 0, 0, 0, 1});
        assertThatThrownBy(() -> SafeTensors.open(file))
                .isInstanceOf(CorruptWeightsException.class)
                .hasMessageContaining("header of 592137 bytes in a file of 9");
    }

    @Test
    void aFailedWriteLeavesTheOldFile() throws IOException {
        Path file = Files.writeString(folder.resolve("kept"), "old");
        SafeTensorsWriter writer =
                new SafeTensorsWriter(SafeTensors.Type.F32)
                        .add("a", new long[] {2}, () -> bytes(1f));
        assertThatThrownBy(() -> writer.write(file)).hasMessageContaining("its shape says 2");
        assertThat(file).hasContent("old");
        assertThat(folder.toFile().list()).containsExactly("kept");
    }

    private static float rounded(float value) {
        return HalfFloats.ofBfloat(HalfFloats.toBfloat(value));
    }

    private static ByteBuffer bytes(float... values) {
        ByteBuffer buffer = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            buffer.putFloat(value);
        }
        return buffer.flip();
    }

    private static float[] floats(ByteBuffer bytes) {
        float[] values = new float[bytes.remaining() / 4];
        bytes.asFloatBuffer().get(values);
        return values;
    }
}
