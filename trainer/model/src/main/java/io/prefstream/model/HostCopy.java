package io.prefstream.model;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;

/**
 * What an array holds, wherever it is. Read directly, an array of a GPU leaves the copy that was
 * made to read it with its manager, for as long as that lives.
 */
final class HostCopy {
    private HostCopy() {}

    static float[] floats(NDArray array) {
        if (!array.getDevice().isGpu()) {
            return array.toFloatArray();
        }
        try (NDArray copy = of(array)) {
            return copy.toFloatArray();
        }
    }

    /** The array itself if it is the processor's, else a copy there, to be closed. */
    static NDArray of(NDArray array) {
        return array.getDevice().isGpu() ? array.toDevice(Device.cpu(), true) : array;
    }
}
