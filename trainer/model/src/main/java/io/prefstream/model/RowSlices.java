package io.prefstream.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.prefstream.model.weights.SafeTensorsWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Moves arrays of 32-bit floats between files and the engine, in slices of whole rows: a buffer
 * holds at most 2 GiB, and the embedding of a 7 B model has more. Beside an array only a slice of
 * it is in memory.
 */
public final class RowSlices {
    public static final int USUAL_BYTES = 64 << 20;

    private final int bytes;
    private @Nullable ByteBuffer buffer;

    /**
     * @param bytes of a slice; a single larger row is one by itself
     */
    public RowSlices(int bytes) {
        this.bytes = bytes;
    }

    /** What an array is filled with. */
    public interface Source {
        /**
         * Fills a buffer.
         *
         * @param first the array's element that it begins with, row by row
         * @param into takes little-endian floats from its position to its limit
         */
        void read(long first, ByteBuffer into) throws IOException;
    }

    private interface Slice {
        void at(long firstRow, long endRow, long width) throws IOException;
    }

    /** A new array of a manager and its device. */
    public NDArray read(NDManager manager, Shape shape, Source source) throws IOException {
        NDArray array = manager.create(shape, DataType.FLOAT32);
        fill(array, source);
        return array;
    }

    /** Overwrites an array, on whichever device. */
    void fill(NDArray array, Source source) throws IOException {
        try (NDManager scope = array.getManager().newSubManager()) {
            eachOf(
                    array.getShape(),
                    (row, end, width) -> {
                        ByteBuffer floats = buffer((end - row) * width * Float.BYTES);
                        source.read(row * width, floats);
                        Shape part = rows(array.getShape(), end - row);
                        // On a processor it is the buffer's memory, which the next one overwrites.
                        try (NDArray slice = scope.create(floats.flip(), part, DataType.FLOAT32)) {
                            JniUtils.indexSet(
                                    (PtNDArray) array,
                                    (PtNDArray) slice,
                                    new long[] {row},
                                    new long[] {end},
                                    new long[] {1});
                        }
                    });
        }
    }

    /** An array's elements for a writer, read when it asks for them. */
    SafeTensorsWriter.Elements elementsOf(NDArray array) {
        return target ->
                eachOf(
                        array.getShape(),
                        (row, end, width) -> {
                            try (NDArray slice = JniUtils.slice((PtNDArray) array, 0, row, end, 1);
                                    NDArray here = HostCopy.of(slice)) {
                                target.put(here.toByteBuffer(true));
                            }
                        });
    }

    private void eachOf(Shape shape, Slice slice) throws IOException {
        long rows = shape.get(0);
        long width = shape.size() / rows;
        long some = Math.max(1, bytes / (width * Float.BYTES));
        for (long row = 0; row < rows; row += some) {
            slice.at(row, Math.min(rows, row + some), width);
        }
    }

    private static Shape rows(Shape shape, long rows) {
        long[] lengths = shape.getShape().clone();
        lengths[0] = rows;
        return new Shape(lengths);
    }

    private ByteBuffer buffer(long size) {
        ByteBuffer known = buffer;
        if (known == null || known.capacity() < size) {
            known = ByteBuffer.allocateDirect(Math.toIntExact(size));
            buffer = known;
        }
        return known.clear().limit((int) size).order(ByteOrder.LITTLE_ENDIAN);
    }
}
