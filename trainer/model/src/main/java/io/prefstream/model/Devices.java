package io.prefstream.model;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.StandardCapabilities;
import ai.djl.util.cuda.CudaUtils;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where copies of a model are: the engine's devices by their names. */
public final class Devices {
    private static final String ALL = "gpu:all";
    private static final String GPU = "gpu:";
    private static final String CPU = "cpu";

    private Devices() {}

    /** The first GPU that the engine sees, or the processor. */
    public static Device usual() {
        return engine().defaultDevice();
    }

    /**
     * Devices as they are written in a configuration: {@code cpu}, {@code gpu:all}, {@code
     * gpu:0,1}; a device that is named twice has two copies. Null is the usual one alone.
     *
     * @throws IllegalArgumentException if it names a GPU that the engine doesn't see
     */
    public static List<Device> of(@Nullable String names) {
        if (names == null) {
            return List.of(usual());
        }
        // A library without CUDA can't use a GPU that is there.
        int gpus = engine().hasCapability(StandardCapabilities.CUDA) ? engine().getGpuCount() : 0;
        return of(names, gpus);
    }

    static List<Device> of(String names, int gpus) {
        List<Device> devices = new ArrayList<>();
        String[] parts = names.strip().split("\\s*,\\s*", -1);
        for (int i = 0; i < parts.length; i++) {
            boolean goesOn = i > 0 && parts[i].matches("\\d+") && parts[0].startsWith(GPU);
            String name = goesOn ? GPU + parts[i] : parts[i];
            if (name.equals(CPU)) {
                devices.add(Device.cpu());
            } else if (name.equals(ALL)) {
                for (int gpu = 0; gpu < Math.max(1, gpus); gpu++) {
                    devices.add(gpu(gpu, names, gpus));
                }
            } else if (name.matches(GPU + "\\d{1,4}")) {
                devices.add(gpu(Integer.parseInt(name.substring(GPU.length())), names, gpus));
            } else {
                throw new IllegalArgumentException(
                        "devices=%s: expected cpu, gpu:all or GPUs by number, such as gpu:0,1"
                                .formatted(names));
            }
        }
        if (devices.stream().map(Device::getDeviceType).distinct().count() > 1) {
            throw new IllegalArgumentException(
                    "devices=%s mixes processor and GPUs: each step would wait for the processor"
                            .formatted(names));
        }
        return devices;
    }

    /**
     * Memory of the GPUs among devices that is in use, by whomever, in MiB; 0 if there are none.
     */
    public static long usedGpuMebibytes(List<Device> devices) {
        return devices.stream()
                .filter(Device::isGpu)
                .distinct()
                .mapToLong(device -> CudaUtils.getGpuMemory(device).getUsed() >> 20)
                .sum();
    }

    private static Device gpu(int number, String names, int gpus) {
        if (number >= gpus) {
            throw new IllegalArgumentException(
                    "devices=%s: there is no GPU %d, the engine sees %d (they need a driver and a libtorch with CUDA); devices=cpu uses the processor"
                            .formatted(names, number, gpus));
        }
        return Device.gpu(number);
    }

    private static Engine engine() {
        return Engine.getEngine("PyTorch");
    }
}
