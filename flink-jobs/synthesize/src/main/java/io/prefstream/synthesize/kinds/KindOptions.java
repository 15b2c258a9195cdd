package io.prefstream.synthesize.kinds;

import io.prefstream.jobs.common.JobOptions;
import java.util.List;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;

/** The options of what code is for. */
public final class KindOptions {

    public static final ConfigOption<KindSettings.By> BY =
            ConfigOptions.key("synthesize.classify.by")
                    .enumType(KindSettings.By.class)
                    .defaultValue(KindSettings.By.HEURISTIC)
                    .withDescription(
                            "Who tells engineering from non-engineering code: NONE, HEURISTIC, or"
                                    + " MODEL (a generator with the role classifier).");

    public static final ConfigOption<Double> ENGINEERING_SHARE =
            share("engineering", "engineering code");

    public static final ConfigOption<Double> NON_ENGINEERING_SHARE =
            share("non-engineering", "other code");

    private KindOptions() {}

    /** The options of this class. */
    public static List<ConfigOption<?>> all() {
        return List.of(BY, ENGINEERING_SHARE, NON_ENGINEERING_SHARE);
    }

    /**
     * The settings.
     *
     * @throws io.prefstream.jobs.common.UsageException if an option is out of its range
     */
    public static KindSettings settings(Configuration config) {
        return new KindSettings(
                config.get(BY),
                JobOptions.fraction(config, ENGINEERING_SHARE),
                JobOptions.fraction(config, NON_ENGINEERING_SHARE));
    }

    private static ConfigOption<Double> share(String kind, String what) {
        return ConfigOptions.key("synthesize.classify." + kind + "-share")
                .doubleType()
                .defaultValue(1.0)
                .withDescription(
                        "Share of the snippets of " + what + ", from 0 to 1, that are wanted.");
    }
}
