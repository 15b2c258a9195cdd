package io.prefstream.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.prefstream.model.weights.SafeTensors;
import io.prefstream.model.weights.SafeTensorsWriter;
import io.prefstream.model.weights.WeightFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RowSlicesTest {
    private static final ModelConfig CONFIG = TinyModels.config(false);

    /** Two of the embedding's thirty rows, and 32 elements of a norm. */
    private static final int TWO_ROWS = 2 * 16 * Float.BYTES;

    @TempDir Path folder;

    /** Less than a row, rows that divide the matrices, rows that don't. */
    @ParameterizedTest
    @ValueSource(ints = {1, TWO_ROWS, 7 * 16 * Float.BYTES + 3})
    void trainingAndItsFilesAreTheSameBitForBit(int sliceBytes) throws IOException {
        assertThat(train(sliceBytes))
                .usingRecursiveComparison()
                .isEqualTo(train(RowSlices.USUAL_BYTES));
    }

    /**
     * @param files weights and moments, of the middle and of the end
     */
    private record Run(List<Double> losses, List<byte[]> files) {}

    private Run train(int sliceBytes) throws IOException {
        Run run = new Run(new ArrayList<>(), new ArrayList<>());
        try (DecoderModel model = DecoderModel.initialize(CONFIG, 4, Precision.F32, sliceBytes)) {
            train(model, false, run);
        }
        try (WeightFiles weights = WeightFiles.open(folder);
                DecoderModel model =
                        DecoderModel.load(
                                CONFIG, weights, Precision.F32, Devices.usual(), sliceBytes)) {
            train(model, true, run);
        }
        return run;
    }

    private void train(DecoderModel model, boolean resumed, Run run) throws IOException {
        Path state = folder.resolve("optimizer.safetensors");
        Path weights = folder.resolve(ModelBundle.WEIGHTS);
        try (TrainingStep step =
                model.trainingStep(new PreferenceLoss(1, 1, 0, 0), AdamW.defaults())) {
            if (resumed) {
                step.loadState(state);
            }
            for (int i = 0; i < 3; i++) {
                List<EncodedPair> pairs = TinyModels.separable(4, new Random(step.step()));
                run.losses.add(step.run(PairBatch.of(pairs, 1_000), 0.01f).loss());
            }
            model.save(weights, SafeTensors.Type.F32);
            step.saveState(state);
            run.files.add(Files.readAllBytes(weights));
            run.files.add(Files.readAllBytes(state));
        }
    }

    @ParameterizedTest
    @EnumSource(SafeTensors.Type.class)
    void everyTypeIsWrittenAndReadTheSame(SafeTensors.Type type) throws IOException {
        Path whole = folder.resolve("whole");
        Path sliced = folder.resolve("sliced");
        try (DecoderModel model = DecoderModel.initialize(CONFIG, 4);
                DecoderModel same = DecoderModel.initialize(CONFIG, 4, Precision.F32, TWO_ROWS)) {
            model.save(whole, type);
            same.save(sliced, type);
        }
        assertThat(sliced).hasSameBinaryContentAs(whole);
        try (WeightFiles weights = WeightFiles.ofFile(sliced);
                DecoderModel read =
                        DecoderModel.load(
                                CONFIG, weights, Precision.F32, Devices.usual(), TWO_ROWS)) {
            for (String name : weights.names()) {
                assertThat(HostCopy.floats(read.parameters().get(name)))
                        .as(name)
                        .isEqualTo(floats(weights.readFloats(name)));
            }
        }
    }

    /** DJL's own reader of the format. */
    @Test
    void anotherReaderReadsWhatIsWrittenInSlices() throws IOException {
        Path file = folder.resolve("a.safetensors");
        try (DecoderModel model = DecoderModel.initialize(CONFIG, 4, Precision.F32, TWO_ROWS);
                NDManager manager = NDManager.newBaseManager()) {
            model.save(file, SafeTensors.Type.F32);
            try (InputStream in = Files.newInputStream(file)) {
                NDList read = NDList.decode(manager, in);
                assertThat(read).hasSameSizeAs(model.parameters().keySet());
                for (NDArray array : read) {
                    NDArray parameter = model.parameters().get(array.getName());
                    assertThat(array.getShape()).isEqualTo(parameter.getShape());
                    assertThat(HostCopy.floats(array)).isEqualTo(HostCopy.floats(parameter));
                }
            }
        }
    }

    @Test
    void floatsThatArithmeticWouldChangeAreMovedAsTheyAre() throws IOException {
        float[] values = {-0f, Float.NaN, Float.NEGATIVE_INFINITY, Float.MIN_VALUE, 1, -1};
        RowSlices slices = new RowSlices(2 * Float.BYTES);
        Path file = folder.resolve("a.safetensors");
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray array =
                    slices.read(
                            manager,
                            new Shape(6),
                            (first, into) -> {
                                for (int i = (int) first; into.hasRemaining(); i++) {
                                    into.putFloat(values[i]);
                                }
                            });
            new SafeTensorsWriter(SafeTensors.Type.F32)
                    .add("a", new long[] {6}, slices.elementsOf(array))
                    .write(file);
            assertThat(manager.getManagedArrays()).hasSize(1);
        }
        try (SafeTensors tensors = SafeTensors.open(file)) {
            assertThat(floats(tensors.readFloats("a"))).isEqualTo(values);
        }
    }

    private static float[] floats(ByteBuffer bytes) {
        float[] floats = new float[bytes.remaining() / Float.BYTES];
        bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(floats);
        return floats;
    }
}
