package io.prefstream.synthesize.tests;

import io.prefstream.jobs.common.JobOptions;
import io.prefstream.jobs.common.UsageException;
import java.util.List;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;

/** The options of tests that a model writes. */
public final class TestOptions {

    public static final ConfigOption<Double> SHARE =
            ConfigOptions.key("synthesize.tests.share")
                    .doubleType()
                    .defaultValue(0.0)
                    .withDescription(
                            "Share of the Java and Python functions with a candidate, from 0 to 1,"
                                    + " for which a generator with the role tester writes tests; 0"
                                    + " for none.");

    public static final ConfigOption<Integer> COUNT =
            ConfigOptions.key("synthesize.tests.count")
                    .intType()
                    .defaultValue(16)
                    .withDescription("Tests that are asked for, and most that are kept.");

    public static final ConfigOption<Integer> LEAST =
            ConfigOptions.key("synthesize.tests.least")
                    .intType()
                    .defaultValue(4)
                    .withDescription(
                            "Tests that must be usable, or none is kept: a few that are wrong would"
                                    + " decide.");

    public static final ConfigOption<Integer> MAX_CHARS =
            ConfigOptions.key("synthesize.tests.max-chars")
                    .intType()
                    .defaultValue(400)
                    .withDescription("Longest test, in characters; longer ones are dropped.");

    private TestOptions() {}

    /** The options of this class. */
    public static List<ConfigOption<?>> all() {
        return List.of(SHARE, COUNT, LEAST, MAX_CHARS);
    }

    /**
     * The settings.
     *
     * @throws UsageException if an option is out of its range
     */
    public static TestSettings settings(Configuration config) {
        int count = JobOptions.atLeast(config, COUNT, 1);
        int least = JobOptions.atLeast(config, LEAST, 1);
        if (least > count) {
            throw new UsageException(
                    "option --%s=%d must be at most --%s=%d"
                            .formatted(LEAST.key(), least, COUNT.key(), count));
        }
        return new TestSettings(
                JobOptions.fraction(config, SHARE),
                count,
                least,
                JobOptions.atLeast(config, MAX_CHARS, 1));
    }
}
