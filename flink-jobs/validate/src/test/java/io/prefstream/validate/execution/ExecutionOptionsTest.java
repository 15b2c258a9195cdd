package io.prefstream.validate.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prefstream.execution.BenchSettings;
import io.prefstream.execution.Isolation;
import io.prefstream.execution.PassRule;
import io.prefstream.jobs.common.JobOptions;
import io.prefstream.jobs.common.UsageException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExecutionOptionsTest {

    @Test
    void nothingIsRunUnlessAskedFor() {
        assertThat(settings()).isNull();
    }

    @Test
    void defaultsAreThese() {
        assertThat(settings("--validate.execution.mode=on"))
                .isEqualTo(
                        new ExecutionSettings(
                                new BenchSettings(
                                        Isolation.Level.FILES,
                                        Duration.ofSeconds(20),
                                        Duration.ofSeconds(3),
                                        1L << 30),
                                2,
                                new ExecutionRule(new PassRule(0.8, 0.4))));
    }

    @Test
    void aPairsTimeIsMoreThanBothSidesTake() {
        assertThat(settings("--validate.execution.mode=on").pairTimeout())
                .isEqualTo(Duration.ofSeconds(100));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--validate.execution.min-pass-rate=80 | option"
                        + " --validate.execution.min-pass-rate=80.0 must be from 0 to 1",
                "--validate.execution.min-gap=-1 | option --validate.execution.min-gap=-1.0 must be"
                        + " from 0 to 1",
                "--validate.execution.capacity=0 | must be at least 1",
                "--validate.execution.timeout=1s | option --validate.execution.test-timeout=PT3S"
                        + " must not be more than --validate.execution.timeout=PT1S",
                "--validate.execution.timeout=5m | option --validate.execution.timeout=PT5M gives a"
                        + " pair PT11M, which must be less than --job.checkpoint-timeout=PT10M",
                "--validate.execution.test-timeout=0 | must be positive",
                "--validate.execution.memory=64m | must be at least 512 mb",
                "--validate.execution.isolation=none | option --validate.execution.isolation cannot"
                        + " be 'none'",
            })
    void aValueOutOfRangeIsOneClearLine(String argument, String message) {
        assertThatThrownBy(() -> settings("--validate.execution.mode=on", argument))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining(message);
    }

    private static ExecutionSettings settings(String... args) {
        return ExecutionOptions.settings(JobOptions.of(ExecutionOptions.all()).parse(args));
    }
}
