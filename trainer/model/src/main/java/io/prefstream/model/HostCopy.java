package io.prefstream.model;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import java.nio.ByteBuffer;
import java.util.function.Function;

/**
 * What an array holds, wherever it is. Read directly, an array of a GPU leaves the copy that was
 * made to read it with its manager, for as long as that lives.
 */
final class HostCopy {
    private HostCopy() {}

    static float[] floats(NDArray array) {
        return read(array, NDArray::toFloatArray);
    }

    /** The array's elements in the processor's byte order. */
    static ByteBuffer bytes(NDArray array) {
        return read(array, NDArray::toByteBuffer);
    }

    private static <T> T read(NDArray array, Function<NDArray, T> how) {
        if (!array.getDevice().isGpu()) {
            return how.apply(array);
        }
        try (NDArray copy = array.toDevice(Device.cpu(), true)) {
            return how.apply(copy);
        }
    }
}
