package io.prefstream.validate.bias;

import io.prefstream.jobs.common.JobOptions;
import io.prefstream.jobs.common.UsageException;
import io.prefstream.validate.checks.Measure;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;

/** The options of the bias monitor. */
public final class BiasOptions {

    public static final ConfigOption<Duration> WINDOW =
            ConfigOptions.key("validate.bias.window")
                    .durationType()
                    .defaultValue(Duration.ofDays(1))
                    .withDescription(
                            "Size of the windows of publication time in which accepted pairs are"
                                    + " watched for bias.");

    public static final ConfigOption<Duration> ALLOWED_LATENESS =
            ConfigOptions.key("validate.bias.allowed-lateness")
                    .durationType()
                    .defaultValue(Duration.ofDays(1))
                    .withDescription(
                            "How far the newest publication may be past a window's end before older"
                                    + " pairs count in the newest one's window instead.");

    public static final ConfigOption<Integer> REPORT_EVERY =
            ConfigOptions.key("validate.bias.report-every")
                    .intType()
                    .defaultValue(1_000)
                    .withDescription(
                            "Pairs of a group after which a window that has not ended is"
                                    + " reported.");

    public static final ConfigOption<Double> LIMIT =
            ConfigOptions.key("validate.bias.limit")
                    .doubleType()
                    .defaultValue(0.6)
                    .withDescription(
                            "Accuracy of predicting labels by one surface feature; an alarm is"
                                    + " raised where the lower end of its 95 % interval is above.");

    public static final ConfigOption<Integer> MIN_PAIRS =
            ConfigOptions.key("validate.bias.min-pairs")
                    .intType()
                    .defaultValue(50)
                    .withDescription(
                            "Pairs of a group in a window below which it neither raises an alarm"
                                    + " nor is shown.");

    public static final ConfigOption<List<String>> ALARMS =
            ConfigOptions.key("validate.bias.alarms")
                    .stringType()
                    .asList()
                    .defaultValues(
                            Stream.of(Measure.values()).map(Measure::code).toArray(String[]::new))
                    .withDescription(
                            "Features that raise an alarm, of length, compression, lines,"
                                    + " comment-share and generator; all are measured. Strategies"
                                    + " that take the chosen side from one generator and the"
                                    + " rejected one from another always alarm by generator.");

    private BiasOptions() {}

    /** The options of this class. */
    public static List<ConfigOption<?>> all() {
        return List.of(WINDOW, ALLOWED_LATENESS, REPORT_EVERY, LIMIT, MIN_PAIRS, ALARMS);
    }

    /**
     * The checked settings.
     *
     * @throws UsageException naming the first option that is out of its range
     */
    public static BiasSettings settings(Configuration config) {
        List<String> alarms = JobOptions.values(config, ALARMS);
        for (String feature : alarms) {
            if (!feature.equals(BiasTally.GENERATOR) && Measure.ofCode(feature).isEmpty()) {
                throw new UsageException(
                        "option --%s: no feature is called '%s', only %s and %s"
                                .formatted(
                                        ALARMS.key(),
                                        feature,
                                        List.of(Measure.values()),
                                        BiasTally.GENERATOR));
            }
        }
        return new BiasSettings(
                JobOptions.positive(config, WINDOW),
                JobOptions.atLeast(config, ALLOWED_LATENESS, Duration.ZERO),
                JobOptions.atLeast(config, REPORT_EVERY, 1),
                JobOptions.fraction(config, LIMIT),
                JobOptions.atLeast(config, MIN_PAIRS, 1),
                alarms);
    }
}
