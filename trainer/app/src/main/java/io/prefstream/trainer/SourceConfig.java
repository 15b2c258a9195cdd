package io.prefstream.trainer;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where pairs come from. */
public record SourceConfig(
        @Nullable Path pairs,
        @Nullable String ignoreColumns,
        double holdoutShare,
        HoldoutBy holdoutBy,
        @Nullable String bootstrapServers,
        @Nullable String registryUrl,
        Map<String, String> kafka,
        int pairsPerStep,
        boolean prefetch,
        Duration outageLimit,
        @Nullable Duration dryTimeout) {

    /** What decides on which side of the split a pair of a file is. */
    public enum HoldoutBy {
        REPOSITORY,
        PATH,
        PAIR
    }

    public SourceConfig {
        Limits.share("source.holdout-share", holdoutShare);
        Limits.atLeast("source.pairs-per-step", pairsPerStep, 1);
        Limits.notNegative("source.outage-limit", outageLimit);
        Limits.positive("source.dry-timeout", dryTimeout);
        kafka = Map.copyOf(kafka);
    }
}
