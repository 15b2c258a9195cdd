package io.prefstream.replay;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import java.time.Clock;
import java.util.List;

/** Buffers as facts, and a clock that is set by hand. */
final class Buffers {

    private Buffers() {}

    static ReplayBuffer open(Path folder, ReplaySettings settings, Clock clock) {
        return ReplayBuffer.open(folder, settings, clock, (table, what, waited, why) -> {});
    }

    static ReplayItem item(String key) {
        return item(key, 1);
    }

    static ReplayItem item(String key, double priority) {
        return new ReplayItem(key, key.getBytes(UTF_8), priority, ItemTraits.NONE);
    }

    static ReplayItem item(String key, String repository, String language, String strategy) {
        return new ReplayItem(
                key, key.getBytes(UTF_8), 1, new ItemTraits(repository, language, strategy, 1));
    }

    static void insert(ReplayBuffer buffer, String... keys) {
        try (ReplayUpdate update = buffer.begin()) {
            for (String key : keys) {
                update.insert(item(key));
            }
            update.commit();
        }
    }

    /** Draws for good. */
    static List<Sample> sample(ReplayBuffer buffer, int count, long seed) {
        try (ReplayUpdate update = buffer.begin()) {
            List<Sample> samples = update.sample(count, new SplitMix64(seed));
            update.commit();
            return samples;
        }
    }

    static List<String> keys(List<Sample> samples) {
        return samples.stream().map(Sample::key).toList();
    }
}
