package io.prefstream.ingest.neardup;

import io.prefstream.jobs.common.JobOptions;
import io.prefstream.jobs.common.UsageException;
import java.time.Duration;
import java.util.List;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;

/** The options of near-duplicate removal. */
public final class NearDupOptions {

    public static final ConfigOption<Boolean> ENABLED =
            ConfigOptions.key("ingest.near-dup.enabled")
                    .booleanType()
                    .defaultValue(true)
                    .withDescription("Whether near-duplicates of earlier snippets are dropped.");

    public static final ConfigOption<Integer> PERMUTATIONS =
            ConfigOptions.key("ingest.near-dup.permutations")
                    .intType()
                    .defaultValue(256)
                    .withDescription(
                            "Minima of a signature; more tell similarity more exactly and cost as"
                                    + " much more. A multiple of 32.");

    public static final ConfigOption<Integer> SHINGLE =
            ConfigOptions.key("ingest.near-dup.shingle")
                    .intType()
                    .defaultValue(5)
                    .withDescription(
                            "Words of a shingle, the unit in which snippets are compared.");

    public static final ConfigOption<Double> THRESHOLD =
            ConfigOptions.key("ingest.near-dup.threshold")
                    .doubleType()
                    .defaultValue(0.7)
                    .withDescription(
                            "Estimated Jaccard similarity of shingles from which a snippet is a"
                                    + " near-duplicate.");

    public static final ConfigOption<Integer> MAX_BANDS =
            ConfigOptions.key("ingest.near-dup.max-bands")
                    .intType()
                    .defaultValue(8)
                    .withDescription(
                            "Most bands that a signature is cut into; each costs a look-up in the"
                                    + " state for each snippet.");

    public static final ConfigOption<Duration> EXPIRY =
            ConfigOptions.key("ingest.near-dup.expiry")
                    .durationType()
                    .defaultValue(Duration.ofDays(90))
                    .withDescription(
                            "How long a snippet is remembered after the last one that agreed with"
                                    + " it in a band.");

    private static final int MINIMA_PER_LONG = 32;

    private NearDupOptions() {}

    /** The options of this class. */
    public static List<ConfigOption<?>> all() {
        return List.of(ENABLED, PERMUTATIONS, SHINGLE, THRESHOLD, MAX_BANDS, EXPIRY);
    }

    /**
     * The checked settings.
     *
     * @throws UsageException if one is out of its range
     */
    public static NearDupSettings settings(Configuration config) {
        int permutations = JobOptions.atLeast(config, PERMUTATIONS, MINIMA_PER_LONG);
        if (permutations % MINIMA_PER_LONG != 0) {
            throw new UsageException(
                    "option --%s=%d must be a multiple of %d"
                            .formatted(PERMUTATIONS.key(), permutations, MINIMA_PER_LONG));
        }
        double threshold = config.get(THRESHOLD);
        if (!(threshold > 0 && threshold <= 1)) {
            throw new UsageException(
                    "option --%s=%s must be above 0 and at most 1"
                            .formatted(THRESHOLD.key(), threshold));
        }
        return new NearDupSettings(
                config.get(ENABLED),
                permutations,
                JobOptions.atLeast(config, SHINGLE, 1),
                threshold,
                JobOptions.atLeast(config, MAX_BANDS, 1),
                JobOptions.positive(config, EXPIRY));
    }
}
