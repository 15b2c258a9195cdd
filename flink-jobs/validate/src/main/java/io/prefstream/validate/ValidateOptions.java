package io.prefstream.validate;

import io.prefstream.jobs.common.JobOptions;
import io.prefstream.jobs.common.UsageException;
import io.prefstream.schemas.RulesVersion;
import io.prefstream.validate.admission.AdmissionOptions;
import io.prefstream.validate.bias.BiasOptions;
import io.prefstream.validate.checks.Measure;
import io.prefstream.validate.checks.Objection;
import io.prefstream.validate.checks.TokenBudgetCheck.OverBudget;
import io.prefstream.validate.checks.ValidateReason;
import io.prefstream.validate.execution.ExecutionOptions;
import io.prefstream.validate.execution.ExecutionSettings;
import io.prefstream.validate.judge.JudgeOptions;
import io.prefstream.validate.judge.JudgeSettings;
import io.prefstream.validate.margin.MarginSettings;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;
import org.jspecify.annotations.Nullable;

/** The options of the validate job, in the order of the checks; long because it is a list. */
public final class ValidateOptions {

    public static final ConfigOption<Integer> RULES_VERSION =
            ConfigOptions.key("validate.rules-version")
                    .intType()
                    .defaultValue(RulesVersion.FIRST)
                    .withDescription(
                            "Version of the rules that the options of this job are; above 1 the"
                                    + " job judges all candidates from the first one on, beside"
                                    + " or instead of the one of lower rules, and supersedes"
                                    + " its results.");

    public static final ConfigOption<Boolean> REFUSE_CUT_ANSWER =
            refuse(
                    ValidateReason.CUT_ANSWER,
                    "pairs with a side that its generator's token limit cut");

    public static final ConfigOption<Boolean> REFUSE_CHATTER =
            refuse(
                    ValidateReason.CHATTER,
                    "pairs with a side that has Markdown fences or sentences around its code");

    public static final ConfigOption<Boolean> REFUSE_REFUSAL =
            refuse(ValidateReason.REFUSAL, "pairs with a side in which a model refuses to answer");

    public static final ConfigOption<Double> MAX_LOOP_SHARE =
            ConfigOptions.key("validate.max-loop-share")
                    .doubleType()
                    .defaultValue(0.5)
                    .withDescription(
                            "Greatest share of a side's words in one passage that comes four times"
                                    + " or more in a row.");

    public static final ConfigOption<Integer> CONTEXT_TOKENS =
            ConfigOptions.key("validate.context-tokens")
                    .intType()
                    .defaultValue(1024)
                    .withDescription(
                            "Tokens of the preference model's context: each side with its"
                                    + " instruction and the end token must fit.");

    public static final ConfigOption<String> TOKENIZER =
            ConfigOptions.key("validate.tokenizer")
                    .stringType()
                    .noDefaultValue()
                    .withDescription(
                            "Path of the tokenizer.json that counts tokens; without it bytes are"
                                    + " counted, which is never fewer.");

    public static final ConfigOption<OverBudget> OVER_BUDGET =
            ConfigOptions.key("validate.over-budget")
                    .enumType(OverBudget.class)
                    .defaultValue(OverBudget.REJECT)
                    .withDescription(
                            "What becomes of a candidate over validate.context-tokens: reject, or"
                                    + " truncate where the trainer cuts (refused only if both sides"
                                    + " become equal).");

    public static final ConfigOption<Boolean> REFUSE_OTHER_LANGUAGE =
            refuse(
                    ValidateReason.OTHER_LANGUAGE,
                    "pairs with a side that parses in another language and not in its own");

    public static final ConfigOption<Integer> MAX_SYNTAX_ERRORS =
            ConfigOptions.key("validate.max-syntax-errors")
                    .intType()
                    .defaultValue(0)
                    .withDescription("Syntax errors allowed on each side.");

    public static final ConfigOption<Integer> MAX_DEPTH =
            ConfigOptions.key("validate.max-depth")
                    .intType()
                    .defaultValue(512)
                    .withDescription("Greatest depth of a side's syntax tree, in nodes.");

    public static final ConfigOption<Boolean> REFUSE_STUB =
            refuse(
                    ValidateReason.STUB,
                    "pairs with a side that is only the instruction again, or whose functions do"
                            + " nothing");

    public static final ConfigOption<Boolean> REFUSE_TRIVIAL_DIFFERENCE =
            refuse(
                    ValidateReason.TRIVIAL_DIFFERENCE,
                    "pairs that differ only in names of local variables or in parentheses");

    public static final ConfigOption<Double> MIN_SIMILARITY =
            ConfigOptions.key("validate.min-similarity")
                    .doubleType()
                    .defaultValue(0.2)
                    .withDescription(
                            "Least token similarity of the two sides (1 - edit distance / longer"
                                    + " length), inclusive.");

    public static final ConfigOption<Double> MAX_SIMILARITY =
            ConfigOptions.key("validate.max-similarity")
                    .doubleType()
                    .defaultValue(1.0)
                    .withDescription("Greatest token similarity of the two sides, exclusive.");

    public static final ConfigOption<Boolean> REFUSE_OTHER_SIGNATURE =
            refuse(
                    ValidateReason.OTHER_SIGNATURE,
                    "pairs whose chosen side doesn't declare the function of the instruction's"
                            + " signature");

    public static final ConfigOption<Integer> MAX_UNDEFINED_NAMES =
            ConfigOptions.key("validate.max-undefined-names")
                    .intType()
                    .noDefaultValue()
                    .withDescription(
                            "Names that the chosen side may use although neither it declares nor"
                                    + " the other side or the instruction mentions them; without it"
                                    + " any number, which is only recorded.");

    public static final ConfigOption<Long> IMBALANCE_LIMIT =
            ConfigOptions.key("validate.imbalance-limit")
                    .longType()
                    .defaultValue(16L)
                    .withDescription(
                            "Pairs by which the side with more of a measure (longer, compressing"
                                + " worse, …) may lead as chosen or as rejected, per subtask and"
                                + " side of the split.");

    public static final ConfigOption<List<String>> BALANCED =
            ConfigOptions.key("validate.balance.measures")
                    .stringType()
                    .asList()
                    .defaultValues(Measure.LENGTH.code(), Measure.COMPRESSION.code())
                    .withDescription(
                            "Measures that are kept within validate.imbalance-limit, of length,"
                                    + " compression, lines and comment-share.");

    public static final ConfigOption<Double> HOLDOUT_SHARE =
            ConfigOptions.key("validate.holdout-share")
                    .doubleType()
                    .defaultValue(0.1)
                    .withDescription(
                            "Part of the repositories (or files) whose pairs are for evaluation"
                                    + " only.");

    public static final ConfigOption<HoldoutSplit.Unit> HOLDOUT_BY =
            ConfigOptions.key("validate.holdout-by")
                    .enumType(HoldoutSplit.Unit.class)
                    .defaultValue(HoldoutSplit.Unit.REPOSITORY)
                    .withDescription(
                            "What train and holdout never share: repository, or file where one or a"
                                    + " few repositories are read.");

    public static final ConfigOption<String> MODEL =
            ConfigOptions.key("validate.model")
                    .stringType()
                    .noDefaultValue()
                    .withDescription(
                            "Name of the model whose releases give margins; without it the newest"
                                    + " release of any.");

    public static final ConfigOption<Double> MIN_MARGIN =
            ConfigOptions.key("validate.min-margin")
                    .doubleType()
                    .noDefaultValue()
                    .withDescription(
                            "Pairs with a smaller margin are quarantined; without it none is, and a"
                                    + " negative margin only lowers the label's confidence.");

    public static final ConfigOption<Double> MIN_CONFIDENCE =
            ConfigOptions.key("validate.min-confidence")
                    .doubleType()
                    .defaultValue(0.5)
                    .withDescription(
                            "Pairs whose label is right with a smaller probability, by all that is"
                                    + " known, are quarantined; 0 for none.");

    public static final ConfigOption<String> CALIBRATION =
            ConfigOptions.key("validate.calibration")
                    .stringType()
                    .noDefaultValue()
                    .withDescription(
                            "JSON file of priors and weights that the label's confidence was fitted"
                                    + " to; what the two options of the confidence say counts"
                                    + " more. Without it the shipped ones.");

    public static final ConfigOption<Double> MARGIN_WEIGHT =
            ConfigOptions.key("validate.confidence.margin-weight")
                    .doubleType()
                    .defaultValue(0.25)
                    .withDescription(
                            "Weight of the margin in the label's confidence; 0 ignores it.");

    public static final ConfigOption<Double> JUDGE_ACCURACY =
            ConfigOptions.key("validate.confidence.judge-accuracy")
                    .doubleType()
                    .defaultValue(0.7)
                    .withDescription(
                            "How often judges of one mind are right, from 0.5 (ignores them) to"
                                    + " 0.99.");

    public static final ConfigOption<Integer> MARGIN_CAPACITY =
            ConfigOptions.key("validate.margin.capacity")
                    .intType()
                    .defaultValue(64)
                    .withDescription("Pairs under way to the preference model, per subtask.");

    public static final ConfigOption<Duration> MARGIN_TIMEOUT =
            ConfigOptions.key("validate.margin.timeout")
                    .durationType()
                    .defaultValue(Duration.ofMinutes(1))
                    .withDescription(
                            "Time after which a pair goes on without a margin, all attempts"
                                    + " included.");

    public static final ConfigOption<Integer> MARGIN_ATTEMPTS =
            ConfigOptions.key("validate.margin.attempts")
                    .intType()
                    .defaultValue(3)
                    .withDescription("Attempts after which a pair goes on without a margin.");

    public static final ConfigOption<Duration> MARGIN_RETRY_DELAY =
            ConfigOptions.key("validate.margin.retry-delay")
                    .durationType()
                    .defaultValue(Duration.ofMillis(200))
                    .withDescription("Wait before another attempt.");

    public static final ConfigOption<Integer> INFERENCE_THREADS =
            ConfigOptions.key("validate.inference.threads")
                    .intType()
                    .defaultValue(1)
                    .withDescription("Threads of the process's scorer.");

    private static final Map<ValidateReason, ConfigOption<Boolean>> REFUSE =
            new EnumMap<>(
                    Map.of(
                            ValidateReason.CUT_ANSWER, REFUSE_CUT_ANSWER,
                            ValidateReason.CHATTER, REFUSE_CHATTER,
                            ValidateReason.REFUSAL, REFUSE_REFUSAL,
                            ValidateReason.OTHER_LANGUAGE, REFUSE_OTHER_LANGUAGE,
                            ValidateReason.STUB, REFUSE_STUB,
                            ValidateReason.TRIVIAL_DIFFERENCE, REFUSE_TRIVIAL_DIFFERENCE,
                            ValidateReason.OTHER_SIGNATURE, REFUSE_OTHER_SIGNATURE));

    private ValidateOptions() {}

    /** The options of this class. */
    public static List<ConfigOption<?>> all() {
        return List.of(
                RULES_VERSION,
                REFUSE_CUT_ANSWER,
                REFUSE_CHATTER,
                REFUSE_REFUSAL,
                MAX_LOOP_SHARE,
                CONTEXT_TOKENS,
                TOKENIZER,
                OVER_BUDGET,
                REFUSE_OTHER_LANGUAGE,
                MAX_SYNTAX_ERRORS,
                MAX_DEPTH,
                REFUSE_STUB,
                REFUSE_TRIVIAL_DIFFERENCE,
                MIN_SIMILARITY,
                MAX_SIMILARITY,
                REFUSE_OTHER_SIGNATURE,
                MAX_UNDEFINED_NAMES,
                IMBALANCE_LIMIT,
                BALANCED,
                HOLDOUT_SHARE,
                HOLDOUT_BY,
                MODEL,
                MIN_MARGIN,
                MIN_CONFIDENCE,
                CALIBRATION,
                MARGIN_WEIGHT,
                JUDGE_ACCURACY,
                MARGIN_CAPACITY,
                MARGIN_TIMEOUT,
                MARGIN_ATTEMPTS,
                MARGIN_RETRY_DELAY,
                INFERENCE_THREADS);
    }

    /**
     * The settings in force.
     *
     * @throws UsageException naming the first option that is out of its range
     */
    public static ValidateSettings settings(Configuration config) {
        double minSimilarity = within(config, MIN_SIMILARITY, 0, 1);
        double maxSimilarity = within(config, MAX_SIMILARITY, 0, 2);
        if (minSimilarity >= maxSimilarity) {
            throw new UsageException(
                    "option --%s=%s must be below --%s=%s"
                            .formatted(
                                    MIN_SIMILARITY.key(),
                                    minSimilarity,
                                    MAX_SIMILARITY.key(),
                                    maxSimilarity));
        }
        double share = within(config, HOLDOUT_SHARE, 0, 1);
        if (share == 1) {
            throw new UsageException(
                    "option --%s=1 leaves nothing to train on; it must be below 1"
                            .formatted(HOLDOUT_SHARE.key()));
        }
        ExecutionSettings execution = ExecutionOptions.settings(config);
        JudgeSettings judge = JudgeOptions.settings(config, ValidatePipeline.STAGE);
        return new ValidateSettings(
                rulesVersion(config),
                new CheckSettings(
                        JobOptions.atLeast(config, CONTEXT_TOKENS, 2),
                        config.getOptional(TOKENIZER).orElse(null),
                        config.get(OVER_BUDGET),
                        within(config, MAX_LOOP_SHARE, 0, 1),
                        JobOptions.atLeast(config, MAX_SYNTAX_ERRORS, 0),
                        JobOptions.atLeast(config, MAX_DEPTH, 1),
                        minSimilarity,
                        maxSimilarity,
                        maxUndefinedNames(config),
                        refused(config),
                        JobOptions.atLeast(config, IMBALANCE_LIMIT, 1L),
                        balanced(config)),
                new HoldoutSplit(share, config.get(HOLDOUT_BY)),
                confidence(config),
                new MarginSettings(
                        JobOptions.atLeast(config, MARGIN_CAPACITY, 1),
                        atLeastOneMilli(config, MARGIN_TIMEOUT),
                        JobOptions.atLeast(config, MARGIN_ATTEMPTS, 1),
                        notNegative(config, MARGIN_RETRY_DELAY)),
                JobOptions.atLeast(config, INFERENCE_THREADS, 1),
                config.getOptional(MODEL).orElse(null),
                execution,
                judge,
                new LabelRules(
                        execution == null ? null : execution.rule(),
                        judge == null ? null : judge.rule(),
                        config.getOptional(MIN_MARGIN).orElse(null),
                        within(config, MIN_CONFIDENCE, 0, 1)),
                AdmissionOptions.settings(config),
                BiasOptions.settings(config));
    }

    /**
     * The version of the rules.
     *
     * @throws UsageException if it is below the first
     */
    static int rulesVersion(Configuration config) {
        return JobOptions.atLeast(config, RULES_VERSION, RulesVersion.FIRST);
    }

    private static LabelConfidence confidence(Configuration config) {
        double weight = within(config, MARGIN_WEIGHT, 0, 100);
        double accuracy = within(config, JUDGE_ACCURACY, 0.5, 0.99);
        return config.getOptional(CALIBRATION)
                .map(file -> CalibrationFile.read(CALIBRATION.key(), file))
                .map(
                        fitted ->
                                fitted.with(
                                        config.contains(MARGIN_WEIGHT)
                                                ? weight
                                                : fitted.marginWeight(),
                                        config.contains(JUDGE_ACCURACY)
                                                ? accuracy
                                                : fitted.judgeAccuracy()))
                .orElseGet(() -> new LabelConfidence(weight, accuracy));
    }

    private static ConfigOption<Boolean> refuse(ValidateReason reason, String what) {
        return ConfigOptions.key(Objection.option(reason))
                .booleanType()
                .defaultValue(true)
                .withDescription("Whether " + what + " are refused; otherwise it is recorded.");
    }

    private static Set<ValidateReason> refused(Configuration config) {
        Set<ValidateReason> refused = new TreeSet<>();
        REFUSE.forEach(
                (reason, option) -> {
                    if (config.get(option)) {
                        refused.add(reason);
                    }
                });
        return refused;
    }

    private static @Nullable Integer maxUndefinedNames(Configuration config) {
        return config.getOptional(MAX_UNDEFINED_NAMES).isEmpty()
                ? null
                : JobOptions.atLeast(config, MAX_UNDEFINED_NAMES, 0);
    }

    private static double within(
            Configuration config, ConfigOption<Double> option, double min, double max) {
        double value = JobOptions.required(config, option);
        if (!(value >= min && value <= max)) {
            throw new UsageException(
                    "option --%s=%s must be from %s to %s"
                            .formatted(option.key(), value, min, max));
        }
        return value;
    }

    private static List<Measure> balanced(Configuration config) {
        return JobOptions.values(config, BALANCED).stream().map(ValidateOptions::measure).toList();
    }

    private static Measure measure(String code) {
        return Measure.ofCode(code)
                .orElseThrow(
                        () ->
                                new UsageException(
                                        "option --%s: no measure is called '%s', only %s"
                                                .formatted(
                                                        BALANCED.key(),
                                                        code,
                                                        List.of(Measure.values()))));
    }

    private static Duration atLeastOneMilli(Configuration config, ConfigOption<Duration> option) {
        Duration value = notNegative(config, option);
        if (value.toMillis() < 1) {
            throw new UsageException(
                    "option --%s=%s must be at least 1 ms".formatted(option.key(), value));
        }
        return value;
    }

    private static Duration notNegative(Configuration config, ConfigOption<Duration> option) {
        Duration value = JobOptions.required(config, option);
        if (value.isNegative()) {
            throw new UsageException(
                    "option --%s=%s must not be negative".formatted(option.key(), value));
        }
        return value;
    }
}
