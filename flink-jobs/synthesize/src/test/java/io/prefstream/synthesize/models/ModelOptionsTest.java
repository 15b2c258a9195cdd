package io.prefstream.synthesize.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prefstream.jobs.common.UsageException;
import io.prefstream.jobs.generators.GeneratorPool;
import io.prefstream.jobs.generators.GeneratorSpec;
import io.prefstream.jobs.generators.PromptStyle;
import io.prefstream.jobs.generators.Role;
import io.prefstream.model.DemoModel;
import io.prefstream.synthesize.StrategyShare;
import io.prefstream.synthesize.SynthesizeJob;
import io.prefstream.synthesize.kinds.KindOptions;
import io.prefstream.synthesize.tests.TestOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelOptionsTest {
    @TempDir private static Path folder;
    private static Path model;

    @BeforeAll
    static void writeModel() throws IOException {
        model = DemoModel.writeTo(folder.resolve("model"), 1).folder();
    }

    @Test
    void nobodyIsAskedByDefault() {
        assertThat(models().specs()).isEmpty();
        assertThat(shares()).isEmpty();
    }

    @Test
    void aStrongAndAWeakOneAreNamedByOptions() {
        GeneratorPool.Factory models =
                models(
                        "--synthesize.model-gap.share=0.5",
                        "--generation.strong=http://gpu:8000/v1,http://b/v1",
                        "--generation.strong-model=large",
                        "--generation.weak=" + model,
                        "--generation.max-answer=77");

        assertThat(models.specs())
                .extracting(GeneratorSpec::name)
                .containsExactly("strong", "weak");
        assertThat(models.specs()).allMatch(spec -> spec.maxTokens() == 77);
        assertThat(models.has(Role.CRITIC)).isFalse();
    }

    @Test
    void theDeviceMayBeFlinksChoice() throws IOException {
        GeneratorSpec spec =
                models(
                                "--synthesize.source-vs-model.share=1",
                                "--generation.weak=" + model,
                                "--generation.device=flink")
                        .specs()
                        .get(0);

        spec.factory().open("cpu").close();
        assertThatThrownBy(() -> spec.factory().open("cuda:99"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("device=cuda:99");
    }

    @Test
    void aFileNamesAnyNumber() throws IOException {
        GeneratorPool.Factory models =
                models(
                        "--synthesize.model-gap.share=0.5",
                        "--synthesize.critic.share=0.1",
                        "--synthesize.describe.source=MODEL",
                        "--generation.pool="
                                + file(
                                        """
                                        {"generators": [
                                          {"name": "big", "where": "http://gpu:8000/v1", "model": "Big",
                                           "roles": {"strong": 2, "critic": 1, "describer": 1},
                                           "temperature": 0.3, "max-answer": 99, "in-flight": 5000,
                                           "prompt-price": 0.5},
                                          {"name": "own", "where": "%s", "roles": {"weak": 1},
                                           "prompt": "code"}]}
                                        """
                                                .formatted(model)));

        GeneratorSpec big = models.specs().get(0);
        assertThat(big.roles())
                .isEqualTo(Map.of(Role.STRONG, 2.0, Role.CRITIC, 1.0, Role.DESCRIBER, 1.0));
        assertThat(big.sampling().temperature()).isEqualTo(0.3);
        assertThat(big.maxTokens()).isEqualTo(99);
        assertThat(big.reliable().maxTokens()).isEqualTo(5_000);
        assertThat(big.reliable().promptPrice()).isEqualTo(0.5);
        assertThat(big.style()).isEqualTo(PromptStyle.CHAT);
        assertThat(models.specs().get(1).style()).isEqualTo(PromptStyle.CODE);
    }

    @Test
    void whatIsWrongWithAFileIsNamed() throws IOException {
        assertWrongFile("{\"generators\": []}", "must hold {\"generators\": [{…}]}");
        assertWrongFile("{\"generators\"", "no JSON");
        assertWrongFile("{\"generators\": [{\"where\": \"x\"}]}", "generator 1: name is missing");
        assertWrongFile(
                "{\"generators\": [{\"name\": \"a\", \"temprature\": 1}]}",
                "generator 1: unknown field temprature");
        assertWrongFile("{\"generators\": [{\"name\": \"a\"}]}", "roles is missing");
        assertWrongFile(
                "{\"generators\": [{\"name\": \"a\", \"roles\": {\"boss\": 1}}]}",
                "role boss must be one of [strong, weak, sampler, describer, critic, judge, tester,"
                        + " classifier]");
        assertWrongFile(
                "{\"generators\": [{\"name\": \"a\", \"roles\": {\"weak\": 0}, \"where\": \"%s\"}]}"
                        .formatted(model),
                "the weight 0.0 of role weak must be more than 0");
        assertWrongFile(
                "{\"generators\": [{\"name\": \"a\", \"roles\": {\"weak\": 1}, \"where\": \"%s\","
                                .formatted(model)
                        + "\"temperature\": \"hot\"}]}",
                "(a): temperature=\"hot\" must be a number");
    }

    @Test
    void aRoleThatNobodyPlaysIsNamed() {
        assertWrong(
                "option --synthesize.model-gap.share=0.5 needs a generator with the role strong",
                "--synthesize.model-gap.share=0.5");
        assertWrong(
                "option --synthesize.critic.share=1.0 needs a generator with the role critic",
                "--synthesize.critic.share=1",
                "--generation.weak=" + model);
        assertWrong(
                "needs a generator with the role describer",
                "--synthesize.source-vs-model.share=1",
                "--synthesize.describe.source=MODEL",
                "--generation.weak=" + model);
    }

    @Test
    void whatIsWrongWithAnOptionIsNamed() {
        assertWrong(
                "option --synthesize.model-gap.share=2.0 must be from 0 to 1",
                "--synthesize.model-gap.share=2");
        assertWrong(
                "option --generation.weak: /nowhere is no folder and no URL",
                "--synthesize.source-vs-model.share=1",
                "--generation.weak=/nowhere");
        assertWrong(
                "option --generation.weak: %s: no model bundle: config.json is missing"
                        .formatted(folder),
                "--synthesize.source-vs-model.share=1",
                "--generation.weak=" + folder);
        assertWrong(
                "option --generation.weak: the name of the model at http://gpu:8000/v1"
                        + " is missing",
                "--synthesize.source-vs-model.share=1",
                "--generation.weak=http://gpu:8000/v1");
        assertWrong(
                "option --generation.answers=%s/config.json/x is no folder for answers"
                        .formatted(model),
                "--synthesize.source-vs-model.share=1",
                "--generation.weak=" + model,
                "--generation.answers=" + model + "/config.json/x");
        assertWrong(
                "device=tpu must be cpu, cuda or cuda:N",
                "--synthesize.source-vs-model.share=1",
                "--generation.weak=" + model,
                "--generation.device=tpu");
    }

    @Test
    void selfContrastNeedsASamplerAndAPreferenceModel() throws IOException {
        String pool =
                "--generation.pool="
                        + file(
                                "{\"generators\": [{\"name\": \"s\", \"roles\": {\"sampler\": 1}, \"where\": \"%s\"}]}"
                                        .formatted(model));
        assertWrong(
                "option --synthesize.self-contrast.model is missing",
                "--synthesize.self-contrast.share=1",
                "--synthesize.self-contrast.follow=false",
                pool);
        assertWrong(
                "option --synthesize.self-contrast.model: /nowhere",
                "--synthesize.self-contrast.share=1",
                "--synthesize.self-contrast.model=/nowhere",
                pool);
        assertWrong(
                "option --synthesize.self-contrast.samples=1 must be at least 2",
                "--synthesize.self-contrast.share=1",
                "--synthesize.self-contrast.samples=1",
                "--synthesize.self-contrast.model=" + model,
                pool);
        assertThat(
                        shares(
                                "--synthesize.self-contrast.share=1",
                                "--synthesize.self-contrast.model=" + model,
                                pool))
                .hasSize(1);
        assertThat(shares("--synthesize.self-contrast.share=1", pool)).hasSize(1);
    }

    @Test
    void selfContrastMayAskAServerWhichThenIsTheOneAsked() throws IOException {
        String contrast = "--synthesize.self-contrast.share=1";
        String endpoint = "--synthesize.self-contrast.endpoint=http://gpu:8000";
        String pool =
                "--generation.pool="
                        + file(
                                "{\"generators\": [{\"name\": \"s\", \"roles\": {\"sampler\": 1}, \"where\": \"%s\"}]}"
                                        .formatted(model));
        assertThat(shares(contrast, endpoint, pool)).hasSize(1);
        assertThat(ModelOptions.followsReleases(SynthesizeJob.options().parse(contrast, endpoint)))
                .isFalse();
        for (String other : List.of("follow=true", "follow-name=main", "model=" + model)) {
            assertWrong(
                    "option --synthesize.self-contrast."
                            + other
                            + " is of a model in this process, and"
                            + " --synthesize.self-contrast.endpoint=http://gpu:8000 asks another",
                    contrast,
                    endpoint,
                    pool,
                    "--synthesize.self-contrast." + other);
        }
        assertWrong(
                "option --synthesize.self-contrast.endpoint: base-urls has gpu:8000, which is no"
                        + " http or https URL",
                contrast,
                pool,
                "--synthesize.self-contrast.endpoint=gpu:8000");
        assertWrong(
                "option --synthesize.self-contrast.endpoint=http://gpu:8000 asks a preference"
                        + " model, which --synthesize.self-contrast.judge=TESTS doesn't",
                contrast,
                endpoint,
                pool,
                "--synthesize.self-contrast.judge=TESTS");
    }

    @Test
    void selfContrastByTestsNeedsATesterAndNoPreferenceModel() throws IOException {
        String contrast = "--synthesize.self-contrast.share=1";
        String tests = "--synthesize.self-contrast.judge=TESTS";
        String generator =
                "{\"generators\": [{\"name\": \"s\", \"roles\": {%s}, \"where\": \"%s\"}]}";
        String pool = "--generation.pool=" + file(generator.formatted("\"sampler\": 1", model));
        assertWrong(
                "option --synthesize.self-contrast.share=1.0 needs a generator with the role"
                        + " tester",
                contrast,
                tests,
                pool);
        file(generator.formatted("\"sampler\": 1, \"tester\": 1", model));
        assertThat(shares(contrast, tests, pool)).hasSize(1);
        assertThat(ModelOptions.followsReleases(SynthesizeJob.options().parse(contrast, tests)))
                .isFalse();
        assertThat(ModelOptions.followsReleases(SynthesizeJob.options().parse(contrast))).isTrue();
        assertWrong(
                "option --synthesize.self-contrast.min-margin=1.0 asks a preference model, which"
                        + " --synthesize.self-contrast.judge=TESTS doesn't",
                contrast,
                tests,
                pool,
                "--synthesize.self-contrast.min-margin=1");
        assertWrong(
                "option --synthesize.execution.min-gap=4.0 must be from 0 to 1",
                contrast,
                tests,
                pool,
                "--synthesize.execution.min-gap=4");
        assertWrong(
                "option --synthesize.execution.capacity=0 must be at least 1",
                contrast,
                tests,
                pool,
                "--synthesize.execution.capacity=0");
        assertWrong(
                "option --synthesize.self-contrast.judge cannot be 'votes'",
                "--synthesize.self-contrast.judge=votes");
    }

    @Test
    void testsAndJudgementsOfModelsNeedOneWithTheRole() throws IOException {
        assertWrong(
                "option --synthesize.tests.share=0.5 needs a generator with the role tester",
                "--synthesize.tests.share=0.5");
        assertWrong(
                "option --synthesize.classify.by=MODEL needs a generator with the role classifier",
                "--synthesize.classify.by=MODEL");
        GeneratorPool.Factory models =
                models(
                        "--synthesize.tests.share=0.5",
                        "--synthesize.classify.by=MODEL",
                        "--generation.pool="
                                + file(
                                        "{\"generators\": [{\"name\": \"t\", \"roles\": {\"tester\": 1, \"classifier\": 1}, \"where\": \"%s\"}]}"
                                                .formatted(model)));
        assertThat(models.has(Role.TESTER)).isTrue();
    }

    @Test
    void whoDescribesTestsOrClassifiesMustFollowInstructions() throws IOException {
        String generator =
                "{\"generators\": [{\"name\": \"c\", \"prompt\": \"code\", \"where\": \"%s\","
                        + " \"roles\": {\"weak\": 1, \"%s\": 1}}]}";
        Map<String, String> asks =
                Map.of(
                        "describer", "--synthesize.describe.source=MODEL",
                        "tester", "--synthesize.tests.share=1",
                        "classifier", "--synthesize.classify.by=MODEL");
        for (Map.Entry<String, String> ask : asks.entrySet()) {
            assertWrong(
                    "generator c with the role %s must follow instructions: its prompt is code"
                            .formatted(ask.getKey()),
                    "--synthesize.source-vs-model.share=1",
                    ask.getValue(),
                    "--generation.pool=" + file(generator.formatted(model, ask.getKey())));
        }
    }

    @Test
    void anAnswerIsSlowBeforeItsExchangeIsGivenUp() {
        List<GeneratorSpec> specs =
                models(
                                "--synthesize.model-gap.share=1",
                                "--generation.strong=http://gpu:8000/v1",
                                "--generation.strong-model=large",
                                "--generation.weak=" + model)
                        .specs();

        assertThat(specs.get(0).reliable().slow()).isEqualTo(Duration.ofMinutes(1));
        assertThat(specs.get(1).reliable().slow()).isEqualTo(Duration.ofSeconds(150));
    }

    @Test
    void whatIsWrongWithTestsAndKindsIsNamed() {
        assertThatThrownBy(
                        () ->
                                TestOptions.settings(
                                        SynthesizeJob.options()
                                                .parse(
                                                        "--synthesize.tests.least=5",
                                                        "--synthesize.tests.count=4")))
                .isInstanceOf(UsageException.class)
                .hasMessage(
                        "option --synthesize.tests.least=5 must be at most"
                                + " --synthesize.tests.count=4");
        assertThatThrownBy(
                        () ->
                                KindOptions.settings(
                                        SynthesizeJob.options()
                                                .parse(
                                                        "--synthesize.classify.engineering-share=2")))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining(
                        "option --synthesize.classify.engineering-share=2.0 must be from 0 to 1");
    }

    @Test
    void anExchangeEndsBeforeItsTryAndATryBeforeACheckpoint() {
        assertWrong(
                "option --generation.http-timeout=PT5M must be less than"
                        + " --generation.timeout=PT5M",
                "--synthesize.source-vs-model.share=1",
                "--generation.weak=" + model,
                "--generation.http-timeout=5min");
        assertWrong(
                "option --generation.timeout=PT10M must be less than"
                        + " --job.checkpoint-timeout=PT10M",
                "--synthesize.source-vs-model.share=1",
                "--generation.weak=" + model,
                "--generation.timeout=10min");
    }

    private static void assertWrongFile(String json, String message) throws IOException {
        assertWrong(
                message, "--synthesize.source-vs-model.share=1", "--generation.pool=" + file(json));
    }

    private static void assertWrong(String message, String... options) {
        assertThatThrownBy(() -> shares(options))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining(message);
    }

    private static Path file(String json) throws IOException {
        return Files.writeString(folder.resolve("pool.json"), json);
    }

    private static GeneratorPool.Factory models(String... options) {
        return ModelOptions.models(SynthesizeJob.options().parse(options));
    }

    private static List<StrategyShare> shares(String... options) {
        Configuration config = SynthesizeJob.options().parse(options);
        return new ArrayList<>(ModelOptions.shares(config, ModelOptions.models(config)));
    }
}
