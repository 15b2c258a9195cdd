package io.prefstream.validate;

import io.prefstream.jobs.common.JobOptions;
import io.prefstream.jobs.common.UsageException;
import io.prefstream.validate.checks.Measure;
import io.prefstream.validate.checks.Objection;
import io.prefstream.validate.checks.TokenBudgetCheck.OverBudget;
import io.prefstream.validate.checks.ValidateReason;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;
import org.jspecify.annotations.Nullable;

/** The options of the checks of a candidate's text, in the order of the checks. */
final class CheckOptions {

    static final ConfigOption<Boolean> REFUSE_CUT_ANSWER =
            refuse(
                    ValidateReason.CUT_ANSWER,
                    "pairs with a side that its generator's token limit cut");

    static final ConfigOption<Boolean> REFUSE_CHATTER =
            refuse(
                    ValidateReason.CHATTER,
                    "pairs with a side that has Markdown fences or sentences around its code");

    static final ConfigOption<Boolean> REFUSE_REFUSAL =
            refuse(ValidateReason.REFUSAL, "pairs with a side in which a model refuses to answer");

    static final ConfigOption<Double> MAX_LOOP_SHARE =
            ConfigOptions.key("validate.max-loop-share")
                    .doubleType()
                    .defaultValue(0.5)
                    .withDescription(
                            "Greatest share of a side's words in one passage that comes four times"
                                    + " or more in a row.");

    static final ConfigOption<Integer> CONTEXT_TOKENS =
            ConfigOptions.key("validate.context-tokens")
                    .intType()
                    .defaultValue(1024)
                    .withDescription(
                            "Tokens of the preference model's context: each side with its"
                                    + " instruction and the end token must fit.");

    static final ConfigOption<String> TOKENIZER =
            ConfigOptions.key("validate.tokenizer")
                    .stringType()
                    .noDefaultValue()
                    .withDescription(
                            "Path of the tokenizer.json that counts tokens; without it bytes are"
                                    + " counted, which is never fewer.");

    static final ConfigOption<OverBudget> OVER_BUDGET =
            ConfigOptions.key("validate.over-budget")
                    .enumType(OverBudget.class)
                    .defaultValue(OverBudget.REJECT)
                    .withDescription(
                            "What becomes of a candidate over validate.context-tokens: reject, or"
                                    + " truncate for readers that cut: refused only if that makes"
                                    + " both sides equal. This project's trainer cuts nothing and"
                                    + " skips what exceeds its context.");

    static final ConfigOption<Boolean> REFUSE_OTHER_LANGUAGE =
            refuse(
                    ValidateReason.OTHER_LANGUAGE,
                    "pairs with a side that parses in another language and not in its own");

    static final ConfigOption<Integer> MAX_SYNTAX_ERRORS =
            ConfigOptions.key("validate.max-syntax-errors")
                    .intType()
                    .defaultValue(0)
                    .withDescription("Syntax errors allowed on each side.");

    static final ConfigOption<Integer> MAX_DEPTH =
            ConfigOptions.key("validate.max-depth")
                    .intType()
                    .defaultValue(512)
                    .withDescription("Greatest depth of a side's syntax tree, in nodes.");

    static final ConfigOption<Boolean> REFUSE_STUB =
            refuse(
                    ValidateReason.STUB,
                    "pairs with a side that is only the instruction again, or whose functions do"
                            + " nothing");

    static final ConfigOption<Boolean> REFUSE_TRIVIAL_DIFFERENCE =
            refuse(
                    ValidateReason.TRIVIAL_DIFFERENCE,
                    "pairs that differ only in names of local variables or in parentheses");

    static final ConfigOption<Double> MIN_SIMILARITY =
            ConfigOptions.key("validate.min-similarity")
                    .doubleType()
                    .defaultValue(0.2)
                    .withDescription(
                            "Least token similarity of the two sides (1 - edit distance / longer"
                                    + " length), inclusive.");

    static final ConfigOption<Double> MAX_SIMILARITY =
            ConfigOptions.key("validate.max-similarity")
                    .doubleType()
                    .defaultValue(1.0)
                    .withDescription("Greatest token similarity of the two sides, exclusive.");

    static final ConfigOption<Boolean> REFUSE_OTHER_SIGNATURE =
            refuse(
                    ValidateReason.OTHER_SIGNATURE,
                    "pairs whose chosen side doesn't declare the function of the instruction's"
                            + " signature");

    static final ConfigOption<Integer> MAX_UNDEFINED_NAMES =
            ConfigOptions.key("validate.max-undefined-names")
                    .intType()
                    .noDefaultValue()
                    .withDescription(
                            "Names that the chosen side may use although neither it declares nor"
                                    + " the other side or the instruction mentions them; without it"
                                    + " any number, which is only recorded.");

    static final ConfigOption<Long> IMBALANCE_LIMIT =
            ConfigOptions.key("validate.imbalance-limit")
                    .longType()
                    .defaultValue(16L)
                    .withDescription(
                            "Pairs by which the side with more of a measure (longer, compressing"
                                + " worse, …) may lead as chosen or as rejected, per subtask and"
                                + " side of the split.");

    static final ConfigOption<List<String>> BALANCED =
            ConfigOptions.key("validate.balance.measures")
                    .stringType()
                    .asList()
                    .defaultValues(Measure.LENGTH.code(), Measure.COMPRESSION.code())
                    .withDescription(
                            "Measures that are kept within validate.imbalance-limit, of length,"
                                    + " compression, lines and comment-share.");

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

    private CheckOptions() {}

    /** The options of this class. */
    static List<ConfigOption<?>> all() {
        return List.of(
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
                BALANCED);
    }

    /**
     * The checked settings.
     *
     * @throws UsageException naming the first option that is out of its range
     */
    static CheckSettings settings(Configuration config) {
        double minSimilarity = JobOptions.within(config, MIN_SIMILARITY, 0, 1);
        double maxSimilarity = JobOptions.within(config, MAX_SIMILARITY, 0, 2);
        if (minSimilarity >= maxSimilarity) {
            throw new UsageException(
                    "option --%s=%s must be below --%s=%s"
                            .formatted(
                                    MIN_SIMILARITY.key(),
                                    minSimilarity,
                                    MAX_SIMILARITY.key(),
                                    maxSimilarity));
        }
        return new CheckSettings(
                JobOptions.atLeast(config, CONTEXT_TOKENS, 2),
                config.getOptional(TOKENIZER).orElse(null),
                config.get(OVER_BUDGET),
                JobOptions.fraction(config, MAX_LOOP_SHARE),
                JobOptions.atLeast(config, MAX_SYNTAX_ERRORS, 0),
                JobOptions.atLeast(config, MAX_DEPTH, 1),
                minSimilarity,
                maxSimilarity,
                maxUndefinedNames(config),
                refused(config),
                JobOptions.atLeast(config, IMBALANCE_LIMIT, 1L),
                balanced(config));
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

    private static List<Measure> balanced(Configuration config) {
        return JobOptions.values(config, BALANCED).stream().map(CheckOptions::measure).toList();
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
}
