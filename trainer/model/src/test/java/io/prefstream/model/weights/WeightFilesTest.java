package io.prefstream.model.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WeightFilesTest {
    @TempDir Path folder;

    @BeforeEach
    void writeTwoShards() throws IOException {
        write("one", "a", "b");
        write("two", "c");
    }

    @Test
    void shardsAreReadAsOne() throws IOException {
        index("{'weight_map': {'a': 'one', 'b': 'one', 'c': 'two'}}");
        try (WeightFiles weights = WeightFiles.open(folder)) {
            assertThat(weights.names()).containsExactly("a", "b", "c");
            assertThat(weights.readFloats("c").getFloat()).isEqualTo('c');
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{}; weight_map must name a shard for each tensor, it is missing or empty",
                "{'weight_map': {}}; it is missing or empty",
                "{'weight_map': {'a': 'one', 'b': 'one', 'd': 'two'}}; weight_map: d is not in two",
                "{'weight_map': {'a': '../one'}}; weight_map: a must be in a file of this folder,"
                        + " not in \"../one\"",
                "{'weight_map': {'a': '/'}}; not in \"/\"",
                "{'weight_map': {'a': ''}}; not in \"\"",
                "{'weight_map': {'a': '\\u0000'}}; not in \"\\u0000\"",
                "{'weight_map': {'a': 1}}; not in 1",
                "{'weight_map': {'a': 'one'}}; weight_map: b is in one, the index says nothing of"
                        + " it",
            })
    void anIndexThatDisagreesWithItsShardsIsRefused(String index, String message)
            throws IOException {
        index(index);
        assertThatThrownBy(() -> WeightFiles.open(folder))
                .isInstanceOf(CorruptWeightsException.class)
                .hasMessageStartingWith(folder.resolve(WeightFiles.INDEX) + ": ")
                .hasMessageContaining(message);
    }

    @Test
    void aTensorOfTwoShardsIsRefused() throws IOException {
        write("two", "c", "a");
        index("{'weight_map': {'a': 'one', 'b': 'one', 'c': 'two'}}");
        assertThatThrownBy(() -> WeightFiles.open(folder))
                .isInstanceOf(CorruptWeightsException.class)
                .hasMessageContaining("weight_map: a is in two, the index says one");
    }

    @Test
    void aFolderIsNoShard() throws IOException {
        index("{'weight_map': {'a': '..'}}");
        assertThatThrownBy(() -> WeightFiles.open(folder))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("names it, it is missing");
    }

    private void index(String json) throws IOException {
        Files.writeString(folder.resolve(WeightFiles.INDEX), json.replace('\'', '"'));
    }

    /** Tensors of one number, their name's. */
    private void write(String shard, String... names) throws IOException {
        SafeTensorsWriter writer = new SafeTensorsWriter(SafeTensors.Type.F32);
        for (String name : names) {
            writer.add(
                    name,
                    new long[] {1},
                    () ->
                            ByteBuffer.allocate(4)
                                    .order(ByteOrder.LITTLE_ENDIAN)
                                    .putFloat(name.charAt(0))
                                    .flip());
        }
        writer.write(folder.resolve(shard));
    }
}
