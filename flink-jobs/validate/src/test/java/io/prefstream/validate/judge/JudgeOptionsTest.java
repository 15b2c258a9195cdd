package io.prefstream.validate.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prefstream.jobs.common.JobEnvironment;
import io.prefstream.jobs.common.UsageException;
import io.prefstream.model.DemoModel;
import io.prefstream.validate.ValidateJob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JudgeOptionsTest {

    @TempDir private static Path folder;
    private static Path model;

    @BeforeAll
    static void writeModel() throws IOException {
        model = DemoModel.writeTo(folder.resolve("model"), 1).folder();
    }

    @Test
    void nobodyJudgesByDefault() {
        assertThat(settings()).isNull();
        assertThat(settings("--generation.pool=/nowhere")).isNull();
    }

    @Test
    void thoseWithTheRoleJudge() throws IOException {
        JudgeSettings settings =
                settings(
                        "--validate.judge.votes=3",
                        "--validate.judge.min-support=0.6",
                        pool("judge", "chat"));

        assertThat(settings.votes()).isEqualTo(3);
        assertThat(settings.rule().minSupport()).isEqualTo(0.6);
        assertThat(settings.models().specs()).hasSize(1);
        assertThat(
                        settings(
                                "--validate.judge.votes=1",
                                "--generation.temperature=0",
                                pool("judge", "chat")))
                .isNotNull();
    }

    @Test
    void whatIsWrongIsNamed() throws IOException {
        assertWrong(
                "option --validate.judge.votes=1 needs a generator with the role judge",
                "--validate.judge.votes=1");
        assertWrong(
                "option --validate.judge.votes=2 needs a generator with the role judge",
                "--validate.judge.votes=2",
                pool("weak", "chat"));
        assertWrong(
                "generator one with the role judge must follow instructions: its prompt is code",
                "--validate.judge.votes=2",
                pool("judge", "code"));
        assertWrong(
                "option --validate.judge.votes=2 is more than there are judges (1), all of them at"
                        + " temperature 0: one votes on a pair as it did before; lower it, or"
                        + " raise a temperature (--generation.temperature, or of"
                        + " --generation.pool)",
                "--validate.judge.votes=2",
                "--generation.temperature=0",
                pool("judge", "chat"));
        assertWrong(
                "option --validate.judge.votes=-1 must be at least 0", "--validate.judge.votes=-1");
        assertWrong(
                "option --validate.judge.min-support=1.5 must be from 0 to 1",
                "--validate.judge.min-support=1.5");
    }

    @Test
    void theVotesAreAnOperatorOfTheJob() throws IOException {
        List<String> options =
                List.of(
                        "--kafka.bootstrap-servers=localhost:1",
                        "--schema-registry.url=http://l:1");
        assertThat(uids(options)).doesNotContain("validate.judge-pairs");

        List<String> more = new ArrayList<>(options);
        more.add("--validate.judge.votes=1");
        more.add(pool("judge", "chat"));
        assertThat(uids(more)).contains("validate.judge-pairs");
    }

    private static List<String> uids(List<String> options) {
        Configuration config = ValidateJob.options().parse(options.toArray(String[]::new));
        StreamExecutionEnvironment env = JobEnvironment.create(config);
        ValidateJob.build(env, config);
        return env.getStreamGraph().getStreamNodes().stream()
                .map(StreamNode::getTransformationUID)
                .toList();
    }

    private static String pool(String role, String prompt) throws IOException {
        Path file = folder.resolve("pool.json");
        Files.writeString(
                file,
                "{\"generators\": [{\"name\": \"one\", \"where\": \"%s\", \"roles\": {\"%s\": 1}, \"prompt\": \"%s\"}]}"
                        .formatted(model, role, prompt));
        return "--generation.pool=" + file;
    }

    private static void assertWrong(String message, String... options) {
        assertThatThrownBy(() -> settings(options))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining(message);
    }

    private static JudgeSettings settings(String... options) {
        return JudgeOptions.settings(ValidateJob.options().parse(options), "validate");
    }
}
