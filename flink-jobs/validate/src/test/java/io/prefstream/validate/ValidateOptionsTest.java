package io.prefstream.validate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prefstream.generation.openai.OpenAiSettings;
import io.prefstream.jobs.common.UsageException;
import io.prefstream.jobs.common.decontaminate.Fingerprints;
import io.prefstream.validate.admission.AdmissionSettings;
import io.prefstream.validate.admission.QuotaSettings;
import io.prefstream.validate.bias.BiasSettings;
import io.prefstream.validate.checks.Measure;
import io.prefstream.validate.checks.TokenBudgetCheck.OverBudget;
import io.prefstream.validate.checks.ValidateReason;
import io.prefstream.validate.margin.MarginSettings;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValidateOptionsTest {

    @Test
    void defaultsAreThese() {
        assertThat(settings("--validate.decontaminate.shipped=false"))
                .isEqualTo(
                        new ValidateSettings(
                                1,
                                new CheckSettings(
                                        1024,
                                        null,
                                        OverBudget.REJECT,
                                        0.5,
                                        0,
                                        512,
                                        0.2,
                                        1.0,
                                        null,
                                        Set.of(
                                                ValidateReason.CUT_ANSWER,
                                                ValidateReason.CHATTER,
                                                ValidateReason.REFUSAL,
                                                ValidateReason.OTHER_LANGUAGE,
                                                ValidateReason.STUB,
                                                ValidateReason.TRIVIAL_DIFFERENCE,
                                                ValidateReason.OTHER_SIGNATURE),
                                        16,
                                        List.of(Measure.LENGTH, Measure.COMPRESSION)),
                                List.of(),
                                new HoldoutSplit(0.1, HoldoutSplit.Unit.REPOSITORY),
                                new LabelConfidence(0.25, 0.7),
                                new MarginSettings(
                                        64, Duration.ofMinutes(1), 3, Duration.ofMillis(200), null),
                                1,
                                null,
                                null,
                                null,
                                new LabelRules(null, null, null, 0.5),
                                new AdmissionSettings(
                                        new QuotaSettings(Map.of(), Map.of(), 1_000),
                                        Duration.ofDays(90)),
                                new BiasSettings(
                                        Duration.ofDays(1),
                                        Duration.ofDays(1),
                                        1_000,
                                        0.6,
                                        50,
                                        List.of(
                                                "length",
                                                "compression",
                                                "lines",
                                                "comment-share"))));
    }

    @Test
    void theShippedBenchmarksAreLookedForUnlessSwitchedOff() {
        assertThat(settings().benchmarks())
                .extracting(Fingerprints::benchmark)
                .containsExactly("HumanEval", "GSM8K-test");
        assertThat(settings("--validate.decontaminate.enabled=false").benchmarks()).isEmpty();
    }

    @Test
    void valuesAreReadFromTheCommandLine() {
        ValidateSettings settings =
                settings(
                        "--validate.holdout-by=file",
                        "--validate.over-budget=truncate",
                        "--validate.tokenizer=/models/tokenizer.json",
                        "--validate.min-margin=-0.5",
                        "--validate.max-undefined-names=2",
                        "--validate.balance.measures=lines,comment-share",
                        "--validate.quota.language=java:0.5,python:0.25",
                        "--validate.near-dup.enabled=false",
                        "--validate.min-confidence=0.7");

        assertThat(settings.split().by()).isEqualTo(HoldoutSplit.Unit.FILE);
        assertThat(settings.checks().overBudget()).isEqualTo(OverBudget.TRUNCATE);
        assertThat(settings.checks().tokenizer()).isEqualTo("/models/tokenizer.json");
        assertThat(settings.checks().balanced())
                .containsExactly(Measure.LINES, Measure.COMMENT_SHARE);
        assertThat(settings.admission().quotas().languages())
                .isEqualTo(Map.of("java", 0.5, "python", 0.25));
        assertThat(settings.admission().nearDupExpiry()).isNull();
        assertThat(settings.rules()).isEqualTo(new LabelRules(null, null, -0.5, 0.7));
        assertThat(settings.checks().maxUndefinedNames()).isEqualTo(2);
    }

    @Test
    void anEndpointIsAskedBelowV1UnlessItsUrlSaysOtherwise() {
        OpenAiSettings endpoint =
                settings(
                                "--validate.margin.endpoint=http://gpu:8000,"
                                        + " http://gpu-2:80/api/v2",
                                "--validate.margin.timeout=30s",
                                "--validate.margin.capacity=7",
                                "--validate.margin.key-file=/keys/score")
                        .margin()
                        .endpoint();

        assertThat(endpoint.baseUrls())
                .containsExactly(
                        URI.create("http://gpu:8000/v1"), URI.create("http://gpu-2:80/api/v2"));
        assertThat(endpoint.requestTimeout()).isEqualTo(Duration.ofSeconds(30));
        assertThat(endpoint.maxInFlight()).isEqualTo(7);
        assertThat(endpoint.apiKeyFile()).isEqualTo("/keys/score");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "gpu:8000 | option --validate.margin.endpoint: base-urls has gpu:8000, which is no"
                        + " http or https URL",
                "ftp://gpu | which is no http or https URL",
                "http://user:word@gpu | holds a user, a query or a fragment",
                "http://gpu?key=1 | holds a user, a query or a fragment",
                "http://gpu,http://gpu/ | must name each replica once",
                "http://g pu | option --validate.margin.endpoint: Illegal character"
            })
    void whatIsNoEndpointIsOneClearLine(String endpoint, String message) {
        assertThatThrownBy(() -> settings("--validate.margin.endpoint=" + endpoint))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--validate.model=main | option --validate.model=main is of a model in this"
                        + " process, and --validate.margin.endpoint=http://gpu asks another",
                "--validate.inference.threads=2 | option --validate.inference.threads=2 is of a"
                        + " model in this process"
            })
    void optionsOfAModelInThisProcessAreOfNoUseBesideAnEndpoint(String option, String message) {
        assertThatThrownBy(() -> settings("--validate.margin.endpoint=http://gpu", option))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining(message);
    }

    @Test
    void whatAUrlHidesIsNotToldWhateverElseIsWrong() {
        assertThatThrownBy(
                        () ->
                                settings(
                                        "--validate.margin.endpoint=http://me:hunter2@gpu",
                                        "--validate.model=main"))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("--validate.margin.endpoint")
                .message()
                .doesNotContain("hunter2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cut-answer",
                "chatter",
                "refusal",
                "other-language",
                "stub",
                "trivial-difference",
                "other-signature"
            })
    void whatAFindingDoesIsAnOptionByTheNameOfItsReason(String reason) {
        Set<ValidateReason> refused = settings().checks().refused();

        assertThat(settings("--validate.refuse-" + reason + "=false").checks().refused())
                .hasSize(refused.size() - 1)
                .isSubsetOf(refused)
                .noneMatch(other -> other.code().equals(reason));
    }

    /** Wire values: a reason may be added, none renamed. */
    @Test
    void reasonsKeepTheirCodes() {
        assertThat(Arrays.stream(ValidateReason.values()).map(ValidateReason::code))
                .containsExactly(
                        "empty-side",
                        "over-token-budget",
                        "identical-after-truncation",
                        "chosen-does-not-parse",
                        "rejected-does-not-parse",
                        "identical-after-normalisation",
                        "too-dissimilar",
                        "too-similar",
                        "length-imbalance",
                        "compression-imbalance",
                        "cut-answer",
                        "chatter",
                        "refusal",
                        "loop",
                        "other-language",
                        "too-deep",
                        "stub",
                        "trivial-difference",
                        "other-signature",
                        "undefined-names",
                        "lines-imbalance",
                        "comment-share-imbalance",
                        "margin-below-minimum",
                        "judge-disagrees",
                        "confidence-below-minimum",
                        "chosen-fails-tests",
                        "test-gap-too-small",
                        "contaminated",
                        "near-duplicate-pair",
                        "over-quota");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--validate.context-tokens=1 | option --validate.context-tokens=1 must be at least"
                        + " 2",
                "--validate.max-loop-share=1.1 | option --validate.max-loop-share=1.1 must be from"
                        + " 0 to 1",
                "--validate.max-depth=0 | must be at least 1",
                "--validate.max-undefined-names=-1 | must be at least 0",
                "--validate.refuse-stub=perhaps | option --validate.refuse-stub cannot be"
                        + " 'perhaps'",
                "--validate.holdout-share=1.5 | option --validate.holdout-share=1.5 must be from"
                        + " 0 to 1",
                "--validate.holdout-share=1 | leaves nothing to train on",
                "--validate.holdout-by=moon | option --validate.holdout-by cannot be 'moon'",
                "--validate.min-similarity=NaN | option --validate.min-similarity=NaN must be from"
                        + " 0 to 1",
                "--validate.max-similarity=0.1 | option --validate.min-similarity=0.2 must be below"
                        + " --validate.max-similarity=0.1",
                "--validate.imbalance-limit=0 | must be at least 1",
                "--validate.balance.measures=mood | no measure is called 'mood', only [length,",
                "--validate.decontaminate.benchmarks=/no/such.jsonl:q | option"
                        + " --validate.decontaminate.benchmarks: cannot read /no/such.jsonl:q",
                "--validate.decontaminate.ngram=4 | must be at least 5",
                "--validate.margin.timeout=0 | must be at least 1 ms",
                "--validate.margin.timeout=10m | option --validate.margin.timeout=PT10M must be"
                        + " less than --job.checkpoint-timeout=PT10M",
                "--job.checkpoint-timeout=30s | option --validate.margin.timeout=PT1M must be less"
                        + " than --job.checkpoint-timeout=PT30S",
                "--validate.margin.attempts=0 | must be at least 1",
                "--validate.margin.key-file=/key | option --validate.margin.key-file=/key needs"
                        + " --validate.margin.endpoint",
                "--validate.inference.threads=0 | must be at least 1",
                "--validate.quota.language=java:0 | the share of java is '0', which must be a"
                        + " number above 0",
                "--validate.quota.strategy=mutation:half | the share of mutation is 'half'",
                "--validate.near-dup.expiry=0 | must be positive",
                "--validate.bias.window=0 | must be positive",
                "--validate.bias.limit=1.5 | must be from 0 to 1",
                "--validate.bias.alarms=mood | no feature is called 'mood', only [length,",
            })
    void aValueOutOfRangeIsOneClearLine(String argument, String message) {
        assertThatThrownBy(() -> settings(argument))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining(message);
    }

    private static ValidateSettings settings(String... args) {
        return ValidateOptions.settings(ValidateJob.options().parse(args));
    }
}
