package io.prefstream.validate;

import io.prefstream.jobs.common.JobOptions;
import io.prefstream.jobs.common.UsageException;
import io.prefstream.jobs.common.decontaminate.DecontaminateOptions;
import io.prefstream.schemas.RulesVersion;
import io.prefstream.validate.admission.AdmissionOptions;
import io.prefstream.validate.bias.BiasOptions;
import io.prefstream.validate.execution.ExecutionOptions;
import io.prefstream.validate.execution.ExecutionSettings;
import io.prefstream.validate.judge.JudgeOptions;
import io.prefstream.validate.judge.JudgeSettings;
import io.prefstream.validate.margin.MarginOptions;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;

/** The options of the validate job, and the checked settings that they become. */
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

    /** What no pair may hold a part of. */
    static final DecontaminateOptions DECONTAMINATION =
            new DecontaminateOptions(ValidatePipeline.STAGE, "pairs");

    private ValidateOptions() {}

    /** The options of this job alone: none of its topics or its environment. */
    public static List<ConfigOption<?>> all() {
        return Stream.of(
                        List.of(RULES_VERSION),
                        CheckOptions.all(),
                        DECONTAMINATION.all(),
                        List.of(HOLDOUT_SHARE, HOLDOUT_BY),
                        LabelOptions.all(),
                        MarginOptions.all(),
                        ExecutionOptions.all(),
                        JudgeOptions.all(),
                        AdmissionOptions.all(),
                        BiasOptions.all())
                .<ConfigOption<?>>flatMap(List::stream)
                .toList();
    }

    /**
     * The settings in force.
     *
     * @throws UsageException naming the first option that is out of its range
     */
    public static ValidateSettings settings(Configuration config) {
        CheckSettings checks = CheckOptions.settings(config);
        double share = JobOptions.fraction(config, HOLDOUT_SHARE);
        if (share == 1) {
            throw new UsageException(
                    "option --%s=1 leaves nothing to train on; it must be below 1"
                            .formatted(HOLDOUT_SHARE.key()));
        }
        ExecutionSettings execution = ExecutionOptions.settings(config);
        JudgeSettings judge = JudgeOptions.settings(config, ValidatePipeline.STAGE);
        return new ValidateSettings(
                rulesVersion(config),
                checks,
                DECONTAMINATION.fingerprints(config),
                new HoldoutSplit(share, config.get(HOLDOUT_BY)),
                LabelOptions.confidence(config),
                MarginOptions.settings(config),
                JobOptions.atLeast(config, MarginOptions.INFERENCE_THREADS, 1),
                config.getOptional(MarginOptions.MODEL).orElse(null),
                execution,
                judge,
                LabelOptions.rules(config, execution, judge),
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
}
