package io.prefstream.validate;

import io.prefstream.jobs.common.JobOptions;
import io.prefstream.jobs.common.UsageException;
import io.prefstream.validate.execution.ExecutionSettings;
import io.prefstream.validate.judge.JudgeSettings;
import java.util.List;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;
import org.jspecify.annotations.Nullable;

/** The options that say how much of a label is believed, and what becomes of a doubtful one. */
final class LabelOptions {

    static final ConfigOption<Double> MIN_MARGIN =
            ConfigOptions.key("validate.min-margin")
                    .doubleType()
                    .noDefaultValue()
                    .withDescription(
                            "Pairs with a smaller margin are quarantined; without it none is, and a"
                                    + " negative margin only lowers the label's confidence.");

    static final ConfigOption<Double> MIN_CONFIDENCE =
            ConfigOptions.key("validate.min-confidence")
                    .doubleType()
                    .defaultValue(0.5)
                    .withDescription(
                            "Pairs whose label is right with a smaller probability, by all that is"
                                    + " known, are quarantined; 0 for none.");

    static final ConfigOption<String> CALIBRATION =
            ConfigOptions.key("validate.calibration")
                    .stringType()
                    .noDefaultValue()
                    .withDescription(
                            "JSON file of priors and weights that the label's confidence was fitted"
                                    + " to; what the two options of the confidence say counts"
                                    + " more. Without it the shipped ones.");

    static final ConfigOption<Double> MARGIN_WEIGHT =
            ConfigOptions.key("validate.confidence.margin-weight")
                    .doubleType()
                    .defaultValue(0.25)
                    .withDescription(
                            "Weight of the margin in the label's confidence; 0 ignores it.");

    static final ConfigOption<Double> JUDGE_ACCURACY =
            ConfigOptions.key("validate.confidence.judge-accuracy")
                    .doubleType()
                    .defaultValue(0.7)
                    .withDescription(
                            "How often judges of one mind are right, from 0.5 (ignores them) to"
                                    + " 0.99.");

    private LabelOptions() {}

    /** The options of this class. */
    static List<ConfigOption<?>> all() {
        return List.of(MIN_MARGIN, MIN_CONFIDENCE, CALIBRATION, MARGIN_WEIGHT, JUDGE_ACCURACY);
    }

    /**
     * How the confidence in a label is reckoned.
     *
     * @throws UsageException naming the first option that is out of its range
     */
    static LabelConfidence confidence(Configuration config) {
        double weight = JobOptions.within(config, MARGIN_WEIGHT, 0, 100);
        double accuracy = JobOptions.within(config, JUDGE_ACCURACY, 0.5, 0.99);
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

    /**
     * What becomes of a pair by what tests, judges and the model said.
     *
     * @throws UsageException if an option is out of its range
     */
    static LabelRules rules(
            Configuration config,
            @Nullable ExecutionSettings execution,
            @Nullable JudgeSettings judge) {
        return new LabelRules(
                execution == null ? null : execution.rule(),
                judge == null ? null : judge.rule(),
                config.getOptional(MIN_MARGIN).orElse(null),
                JobOptions.fraction(config, MIN_CONFIDENCE));
    }
}
