package io.prefstream.model.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prefstream.model.DemoModel;
import io.prefstream.model.ModelBundle;
import io.prefstream.model.kernels.EngineKernels.Weights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedEngineTest {
    private static final EngineOptions OPTIONS =
            EngineOptions.defaults().withLimits(8, 64, 4L << 20);

    @TempDir static Path folder;
    private static Path first;
    private static Path second;

    @BeforeAll
    static void writeModels() throws IOException {
        first = DemoModel.writeTo(folder.resolve("first"), 1).folder();
        second = DemoModel.writeTo(folder.resolve("second"), 2).folder();
    }

    @Test
    void usersOfOneNameShareOneEngineUntilTheLastLeaves() throws Exception {
        SharedEngine one = SharedEngine.acquire("m", first, "1", OPTIONS);
        SharedEngine two = SharedEngine.acquire("m", first, "1", OPTIONS);
        assertThat(two.engine()).isSameAs(one.engine());
        two.reload(second, "2");
        one.reload(second, "2");
        one.close();
        one.close();
        assertThat(two.engine().score("a", "b").get().model()).isEqualTo("2");
        two.close();
        assertThatThrownBy(() -> two.engine().score("a", "b").get())
                .hasMessageContaining("the engine is closed");
        try (SharedEngine three = SharedEngine.acquire("m", first, "1", OPTIONS)) {
            assertThat(three.engine()).isNotSameAs(one.engine());
        }
    }

    @Test
    void aCheckpointThatCannotBeReadLeavesTheCurrentOne() throws Exception {
        Path broken = DemoModel.writeTo(folder.resolve("broken"), 3).folder();
        Files.write(broken.resolve(ModelBundle.WEIGHTS), new byte[20]);
        try (SharedEngine shared = SharedEngine.acquire("b", first, "first", OPTIONS)) {
            assertThatThrownBy(() -> shared.reload(broken, "broken"))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("model.safetensors");
            assertThat(shared.engine().score("a", "b").get().model()).isEqualTo("first");
        }
    }

    @Test
    void aGpuThatIsNotThereIsNamedBeforeAnythingIsLoaded() {
        assertThatThrownBy(() -> SharedEngine.acquire("g", first, "1", EngineOptions.of("cuda:99")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("device=cuda:99")
                .hasMessageContaining("GPUs");
        assertThatThrownBy(() -> EngineOptions.of("tpu")).hasMessageContaining("device=tpu");
        assertThatThrownBy(() -> EngineOptions.of("cuda").withWeights(Weights.FLOAT16))
                .hasMessageContaining("weights=FLOAT16 is for processors");
    }
}
