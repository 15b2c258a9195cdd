package io.prefstream.jobs.common;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;

class JobOptionsTest {

    private static final ConfigOption<Integer> MIN_LINES =
            ConfigOptions.key("demo.min-lines")
                    .intType()
                    .defaultValue(3)
                    .withDescription("Fewest lines.");
    private static final ConfigOption<Duration> WAIT =
            ConfigOptions.key("demo.wait")
                    .durationType()
                    .noDefaultValue()
                    .withDescription("How long to wait.");
    private static final ConfigOption<Boolean> BOUNDED =
            ConfigOptions.key("demo.bounded")
                    .booleanType()
                    .defaultValue(false)
                    .withDescription("Whether it ends.");
    private static final ConfigOption<Map<String, String>> PROPERTIES =
            ConfigOptions.key("demo.properties")
                    .mapType()
                    .defaultValue(Map.of())
                    .withDescription("More properties.");
    private static final ConfigOption<String> PASSWORD =
            ConfigOptions.key("demo.password")
                    .stringType()
                    .noDefaultValue()
                    .withDescription("Secret.");

    private static final JobOptions OPTIONS =
            JobOptions.of(List.of(MIN_LINES, WAIT), List.of(BOUNDED, PROPERTIES, PASSWORD));

    @Test
    void readsBothSpellingsAndFlags() {
        Configuration config =
                OPTIONS.parse("--demo.min-lines", "7", "--demo.bounded", "--demo.wait=5 s");

        assertThat(config.get(MIN_LINES)).isEqualTo(7);
        assertThat(config.get(WAIT)).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.get(BOUNDED)).isTrue();
    }

    @Test
    void keepsEqualsSignsOfTheValue() {
        Configuration config = OPTIONS.parse("--demo.password=a=b");

        assertThat(config.get(PASSWORD)).isEqualTo("a=b");
    }

    @Test
    void takesEnvironmentVariablesAsAContainersArgumentsDo() {
        Map<String, String> environment =
                Map.of("WAIT", "5 s", "JAAS", "Login required password=\"a,b:$1\";");

        Configuration config =
                OPTIONS.parse(
                        environment,
                        "--demo.wait",
                        "$(WAIT)",
                        "--demo.properties={mechanism: PLAIN, sasl.jaas.config: '$(JAAS)'}",
                        "--demo.password=$$(WAIT)");

        assertThat(config.get(WAIT)).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.get(PROPERTIES))
                .containsEntry("sasl.jaas.config", environment.get("JAAS"))
                .hasSize(2);
        assertThat(config.get(PASSWORD)).isEqualTo("$(WAIT)");
    }

    @Test
    void refusesAnEnvironmentVariableThatIsNotSet() {
        assertThatThrownBy(() -> OPTIONS.parse(Map.of(), "--demo.wait=$(WAIT)"))
                .isInstanceOf(UsageException.class)
                .hasMessage("no environment variable WAIT, which $(WAIT) stands for");
    }

    @Test
    void refusesAnUnknownKeyAndSuggestsTheClosest() {
        assertThatThrownBy(() -> OPTIONS.parse("--demo.min-line", "7"))
                .isInstanceOf(UsageException.class)
                .hasMessage("unknown option --demo.min-line; did you mean --demo.min-lines?");
        assertThatThrownBy(() -> OPTIONS.parse("--elsewhere", "7"))
                .isInstanceOf(UsageException.class)
                .hasMessage("unknown option --elsewhere");
    }

    @Test
    void refusesAMissingValue() {
        assertThatThrownBy(() -> OPTIONS.parse("--demo.wait"))
                .isInstanceOf(UsageException.class)
                .hasMessage("option --demo.wait needs a value: How long to wait.");
        assertThatThrownBy(() -> OPTIONS.parse("--demo.wait", "--demo.bounded"))
                .isInstanceOf(UsageException.class);
    }

    @Test
    void refusesAValueOfAnotherTypeInOneLine() {
        assertThatThrownBy(() -> OPTIONS.parse("--demo.min-lines", "many"))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("option --demo.min-lines cannot be 'many'")
                .hasMessageContaining("Fewest lines.")
                .message()
                .doesNotContain("\n");
    }

    @Test
    void refusesAnArgumentThatIsNoOption() {
        assertThatThrownBy(() -> OPTIONS.parse("demo.min-lines"))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("'demo.min-lines'");
    }

    @Test
    void namesTheMissingRequiredOption() {
        assertThatThrownBy(() -> JobOptions.required(new Configuration(), WAIT))
                .isInstanceOf(UsageException.class)
                .hasMessage("option --demo.wait is missing: How long to wait.");
        assertThat(JobOptions.required(new Configuration(), MIN_LINES)).isEqualTo(3);
    }

    @Test
    void namesValueAndMinimumOfANumberThatIsTooSmall() {
        Configuration config = OPTIONS.parse("--demo.min-lines", "-1");

        assertThatThrownBy(() -> JobOptions.atLeast(config, MIN_LINES, 1))
                .isInstanceOf(UsageException.class)
                .hasMessage("option --demo.min-lines=-1 must be at least 1");
    }

    @Test
    void showsTheEffectiveConfigurationWithoutItsSecrets() {
        Configuration config =
                OPTIONS.parse(
                        "--demo.password=hunter2",
                        "--demo.properties=sasl.jaas.config:hunter3,client.id:me,"
                                + "proxy:'http://me:hunter4@host:1'");

        assertThat(OPTIONS.effective(config))
                .contains("demo.min-lines = 3", "demo.wait = (not set)", "client.id:me")
                .contains("http://******@host:1")
                .doesNotContain("hunter2", "hunter3", "hunter4");
    }

    @Test
    void describesEveryOption() {
        assertThat(OPTIONS.reference())
                .contains("--demo.min-lines (default: 3)", "Fewest lines.", "(no default)");
    }
}
