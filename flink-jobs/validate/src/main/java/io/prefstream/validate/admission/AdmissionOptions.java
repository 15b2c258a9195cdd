package io.prefstream.validate.admission;

import io.prefstream.jobs.common.JobOptions;
import io.prefstream.jobs.common.UsageException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;

/** The options of quotas and of near-duplicate pairs. */
public final class AdmissionOptions {

    public static final ConfigOption<Map<String, String>> LANGUAGE_QUOTAS =
            ConfigOptions.key("validate.quota.language")
                    .mapType()
                    .defaultValue(Map.of())
                    .withDescription(
                            "Greatest share of accepted pairs that a language may have, as"
                                    + " java:0.5,python:0.3; a language without one may have any.");

    public static final ConfigOption<Map<String, String>> STRATEGY_QUOTAS =
            ConfigOptions.key("validate.quota.strategy")
                    .mapType()
                    .defaultValue(Map.of())
                    .withDescription(
                            "Greatest share of accepted pairs that a strategy may have, as"
                                    + " mutation:0.8.");

    public static final ConfigOption<Integer> QUOTA_WINDOW =
            ConfigOptions.key("validate.quota.window")
                    .intType()
                    .defaultValue(1_000)
                    .withDescription(
                            "Pairs that quotas are reckoned over: the accepted ones among so many"
                                    + " last offered, per subtask.");

    public static final ConfigOption<Boolean> NEAR_DUP_ENABLED =
            ConfigOptions.key("validate.near-dup.enabled")
                    .booleanType()
                    .defaultValue(true)
                    .withDescription(
                            "Whether pairs are refused whose sides differ from an accepted pair's"
                                    + " in layout and comments only.");

    public static final ConfigOption<Duration> NEAR_DUP_EXPIRY =
            ConfigOptions.key("validate.near-dup.expiry")
                    .durationType()
                    .defaultValue(Duration.ofDays(90))
                    .withDescription("How long an accepted pair is remembered for that.");

    private AdmissionOptions() {}

    /** The options of this class. */
    public static List<ConfigOption<?>> all() {
        return List.of(
                LANGUAGE_QUOTAS, STRATEGY_QUOTAS, QUOTA_WINDOW, NEAR_DUP_ENABLED, NEAR_DUP_EXPIRY);
    }

    /**
     * The checked settings.
     *
     * @throws UsageException naming the first option that is out of its range
     */
    public static AdmissionSettings settings(Configuration config) {
        return new AdmissionSettings(
                new QuotaSettings(
                        shares(config, LANGUAGE_QUOTAS),
                        shares(config, STRATEGY_QUOTAS),
                        JobOptions.atLeast(config, QUOTA_WINDOW, 1)),
                config.get(NEAR_DUP_ENABLED) ? JobOptions.positive(config, NEAR_DUP_EXPIRY) : null);
    }

    private static Map<String, Double> shares(
            Configuration config, ConfigOption<Map<String, String>> option) {
        Map<String, Double> shares = new TreeMap<>();
        config.get(option).forEach((name, value) -> shares.put(name, share(option, name, value)));
        return shares;
    }

    private static double share(
            ConfigOption<Map<String, String>> option, String name, String value) {
        try {
            double share = Double.parseDouble(value);
            if (share > 0 && share <= 1) {
                return share;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new UsageException(
                "option --%s: the share of %s is '%s', which must be a number above 0 and at most 1"
                        .formatted(option.key(), name, value));
    }
}
