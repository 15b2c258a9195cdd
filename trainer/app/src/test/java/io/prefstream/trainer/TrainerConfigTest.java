package io.prefstream.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainerConfigTest {

    @TempDir Path folder;

    @Test
    void defaultsNeedOnlyASource() {
        TrainerConfig config = read("schedule.steps", "10");
        assertThat(config.schedule().steps()).isEqualTo(10);
        assertThat(config.schedule().trunkEveryTime()).isEqualTo(Duration.ofMinutes(5));
        assertThat(config.optimizer().weightDecay()).isEqualTo(0.1);
        assertThat(config.schedule().decayShape()).isEqualTo(TrainerConfig.DecayShape.LINEAR);
    }

    @Test
    void aFileOverridesDefaultsAndTheCommandLineOverridesTheFile() throws IOException {
        Path file = folder.resolve("trainer.yaml");
        Files.writeString(
                file,
                """
                schedule:
                  steps: 7
                  decay-shape: one-minus-sqrt
                  trunk-every-time: 90s
                batch: {pairs: 4}
                source: {pairs: in.jsonl}
                """);
        TrainerConfig config = TrainerConfigReader.read(file, Map.of("schedule.steps", "9"));
        assertThat(config.schedule().steps()).isEqualTo(9);
        assertThat(config.batch().pairs()).isEqualTo(4);
        assertThat(config.schedule().trunkEveryTime()).isEqualTo(Duration.ofSeconds(90));
        assertThat(config.schedule().decayShape())
                .isEqualTo(TrainerConfig.DecayShape.ONE_MINUS_SQRT);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    optimizer.lr | 1 | unknown key optimizer.lr; there are: beta1, beta2
                    optimizer.learning-rate | -1 | optimizer.learning-rate=-1.0 must be above 0
                    schedule.steps | 0 | schedule.steps=0 must be at least 1
                    schedule.steps | many | schedule.steps=many isn't valid
                    schedule.decay-shape | cubic | not one of linear, one-minus-sqrt
                    schedule.trunk-every-time | soon | not a duration such as 90s, 5m or 2h
                    replay.sampler | fifo | max-times-sampled
                    replay.min-size | 500000 | exceeds the replay capacity of 200,000
                    source.holdout-share | 2 | source.holdout-share=2.0 must be in [0, 1]
                    batch | 4 | unknown key batch
                    """)
    void aBadValueIsNamedWithItsKeyAndLimit(String key, String value, String expected) {
        assertThatThrownBy(() -> read(key, value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    --stepz 4 | Unknown option
                    --set optimizer.lr=4 | unknown key optimizer.lr
                    --pairs does-not-exist.jsonl --steps 4 | source.pairs=does-not-exist.jsonl
                    --config does-not-exist.yaml | configuration does-not-exist.yaml is no file
                    --steps 4 | source.pairs (a file), or source.bootstrap-servers
                    """)
    void badUsageIsOneLineAndExitCodeTwo(String arguments, String expected) {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        String[] args = ("train --set out=" + folder + " " + arguments).split(" ", -1);
        int exit =
                TrainerMain.run(
                        args,
                        new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        TokenLearner::create);
        assertThat(exit).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8).lines())
                .hasSize(1)
                .first()
                .asString()
                .contains(expected);
    }

    @Test
    void secretsAreMasked() {
        TrainerConfig config = read("source.kafka.sasl.jaas.config", "hush");
        assertThat(TrainerConfigReader.describe(config))
                .contains("sasl.jaas.config")
                .doesNotContain("hush");
    }

    private static TrainerConfig read(String key, String value) {
        Map<String, String> settings = new HashMap<>();
        settings.put("source.pairs", "in.jsonl");
        settings.put("schedule.steps", "1");
        settings.put(key, value);
        return TrainerConfigReader.read(null, settings);
    }
}
