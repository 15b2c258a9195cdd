package io.prefstream.jobs.generators;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.api.common.externalresource.ExternalResourceInfo;
import org.junit.jupiter.api.Test;

class AskModelsTest {

    /** As Flink's own driver describes one. */
    private record Gpu(String index) implements ExternalResourceInfo {
        @Override
        public Optional<String> getProperty(String key) {
            return key.equals("index") ? Optional.of(index) : Optional.empty();
        }

        @Override
        public Collection<String> getKeys() {
            return List.of("index");
        }
    }

    @Test
    void enginesComputeOnTheFirstGpuThatFlinkGaveTheProcess() {
        assertThat(AskModels.device(Set.of(new Gpu("10"), new Gpu("3")))).isEqualTo("cuda:3");
        assertThat(AskModels.device(Set.of())).isEqualTo("cpu");
    }
}
