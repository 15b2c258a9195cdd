package io.prefstream.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DevicesTest {

    @Test
    void areNamedOneByOneOrAllTogether() {
        assertThat(Devices.of("cpu", 0)).containsExactly(Device.cpu());
        assertThat(Devices.of("cpu,cpu", 0)).containsExactly(Device.cpu(), Device.cpu());
        assertThat(Devices.of("gpu:all", 3))
                .containsExactly(Device.gpu(0), Device.gpu(1), Device.gpu(2));
        assertThat(Devices.of("gpu:0,2", 3)).containsExactly(Device.gpu(0), Device.gpu(2));
        assertThat(Devices.of("gpu:1, gpu:0", 2)).containsExactly(Device.gpu(1), Device.gpu(0));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    gpu:all | 0 | devices=gpu:all: there is no GPU 0, the engine sees 0
                    gpu:0,3 | 2 | devices=gpu:0,3: there is no GPU 3, the engine sees 2
                    cpu:1 | 0 | devices=cpu:1: expected cpu, gpu:all or GPUs by number, such as gpu:0,1
                    1 | 2 | devices=1: expected cpu
                    cpu,1 | 2 | devices=cpu,1: expected cpu
                    cpu,gpu:0 | 1 | devices=cpu,gpu:0 mixes processor and GPUs
                    """)
    void otherNamesAndGpusThatAreNotThereAreRefused(String names, int gpus, String message) {
        assertThatThrownBy(() -> Devices.of(names, gpus))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }
}
