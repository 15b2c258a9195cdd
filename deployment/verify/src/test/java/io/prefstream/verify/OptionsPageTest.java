package io.prefstream.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.ingest.IngestJob;
import io.prefstream.jobs.common.JobOptions;
import io.prefstream.synthesize.SynthesizeJob;
import io.prefstream.validate.ValidateJob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.flink.configuration.ConfigOption;
import org.junit.jupiter.api.Test;

/**
 * {@code docs/options.md} is what the options of the jobs say of themselves; {@code
 * -Dprefstream.record-options=true} writes it.
 */
class OptionsPageTest {

    private static final Path PAGE = Path.of("../../docs/options.md");

    private static final String BEGIN =
            """
            # Options of the jobs

            Written by `mvn -pl deployment/verify -am verify -Dtest=OptionsPageTest -Dprefstream.record-options=true -Dsurefire.failIfNoSpecifiedTests=false`;
            a test compares it with the program. The same text: `./prefstream job ingest --help` (`synthesize`, `validate`). What `./prefstream run` sets
            differently is in [run.md](run.md#what-run-sets). The trainer's options, each with default and meaning, are in
            [trainer-defaults.yaml](../trainer/app/src/main/resources/io/prefstream/trainer/trainer-defaults.yaml).

            Lengths of time are written as `500 ms`, `10 s`, `5 min`, `1 h`, `1 d`; values of a list are parted by commas.
            """;

    @Test
    void pageSaysWhatTheProgramSays() throws IOException {
        String page = page();
        if (Boolean.getBoolean("prefstream.record-options")) {
            Files.writeString(PAGE, page);
        }
        assertThat(PAGE).content().isEqualTo(page);
    }

    private static String page() {
        Map<String, List<ConfigOption<?>>> jobs = new LinkedHashMap<>();
        jobs.put("ingest", IngestJob.options().all());
        jobs.put("synthesize", SynthesizeJob.options().all());
        jobs.put("validate", ValidateJob.options().all());
        StringBuilder page = new StringBuilder(BEGIN);
        page.append(
                section(
                        "All jobs",
                        jobs.get("ingest").stream().filter(o -> inAll(jobs, o)).toList()));
        jobs.forEach(
                (job, options) ->
                        page.append(
                                section(
                                        job,
                                        options.stream().filter(o -> !inAll(jobs, o)).toList())));
        return page.toString();
    }

    private static boolean inAll(Map<String, List<ConfigOption<?>>> jobs, ConfigOption<?> option) {
        return jobs.values().stream().allMatch(options -> options.contains(option));
    }

    private static String section(String title, List<ConfigOption<?>> options) {
        return options.stream()
                .map(OptionsPageTest::row)
                .collect(
                        Collectors.joining(
                                "",
                                "\n## %s\n\n| option | default | |\n|---|---|---|\n"
                                        .formatted(title),
                                ""));
    }

    private static String row(ConfigOption<?> option) {
        return "| `%s` | %s | %s |\n"
                .formatted(
                        option.key(),
                        JobOptions.defaultOf(option).map(value -> "`" + value + "`").orElse(""),
                        JobOptions.description(option).replace("|", "\\|"));
    }
}
