package io.prefstream.replay;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.prefstream.topics.testing.HandClock;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * Changes of a buffer with everything in it, each a function of its number alone; and a process
 * that makes them until it is killed.
 */
final class Churn {

    private static final String NUMBER = "number";

    private Churn() {}

    static ReplaySettings settings() {
        TreeMap<String, Double> shares = new TreeMap<>();
        shares.put("java", 0.5);
        TableSettings fresh =
                TableSettings.table("fresh", 40)
                        .sampler(Selection.PRIORITIZED)
                        .priorityExponent(0.6)
                        .gate(new ConfidenceGate(0.5, 0.1))
                        .maxTimesSampled(5)
                        .staleness(new Staleness(30L, null, Staleness.Policy.DROP))
                        .strata(new Strata(Strata.By.LANGUAGE, shares))
                        .build();
        TableSettings history =
                TableSettings.table("history", 60).remover(Selection.UNIFORM).build();
        return ReplaySettings.freshAndHistory(fresh, history, 0.25).withImportanceExponent(0.4);
    }

    static ReplayBuffer open(Path folder) {
        return Buffers.open(folder, settings(), new HandClock());
    }

    /** The number of the last change that is in the buffer; 0 before the first. */
    static long last(ReplayBuffer buffer) {
        return buffer.note(NUMBER).map(bytes -> ByteBuffer.wrap(bytes).getLong()).orElse(0L);
    }

    /** Makes the change of a number, as one update. */
    static void change(ReplayBuffer buffer, long number) {
        try (ReplayUpdate update = buffer.begin()) {
            prepare(update, number);
            update.commit();
        }
    }

    /** The change of a number, not committed. */
    static void prepare(ReplayUpdate update, long number) {
        SplitMix64 random = new SplitMix64(number);
        update.modelVersion(number);
        for (int i = random.nextInt(8); i > 0; i--) {
            String key = "k" + random.nextInt(400);
            ItemTraits traits =
                    new ItemTraits(
                            "repository" + random.nextInt(20),
                            random.nextBoolean() ? "java" : "go",
                            "mutation",
                            random.nextDouble());
            update.insert(
                    new ReplayItem(key, (key + number).getBytes(UTF_8), random.nextInt(4), traits));
        }
        if (update.stats().size() > 0) {
            for (Sample sample : update.sample(3, random)) {
                update.prioritize(sample.key(), random.nextDouble() * 5);
            }
        }
        update.remove("k" + random.nextInt(400));
        if (random.nextInt(10) == 0) {
            update.removeRepository("repository" + random.nextInt(20));
        }
        update.note(NUMBER, ByteBuffer.allocate(Long.BYTES).putLong(number).array());
    }

    /** All that can be told of a buffer: items, counters, and what would be drawn from it. */
    static List<String> portrait(ReplayBuffer buffer) {
        List<String> portrait = new ArrayList<>();
        portrait.add(buffer.stats() + " " + buffer.stats("fresh") + " " + buffer.stats("history"));
        buffer.forEach(
                Long.MAX_VALUE, (key, value) -> portrait.add(key + "=" + new String(value, UTF_8)));
        if (buffer.stats().size() > 0) {
            for (Sample sample : buffer.peek(40, new SplitMix64(9))) {
                portrait.add(
                        "%s %s %s %s %d %d %d"
                                .formatted(
                                        sample.key(),
                                        sample.table(),
                                        sample.probability(),
                                        sample.weight(),
                                        sample.timesSampled(),
                                        sample.tableSize(),
                                        sample.staleVersions()));
            }
        }
        return portrait;
    }

    /** Goes on with changes, and says the number of each once it is committed. */
    public static void main(String[] args) {
        try (ReplayBuffer buffer = open(Path.of(args[0]))) {
            for (long number = last(buffer) + 1; number < Long.MAX_VALUE; number++) {
                change(buffer, number);
                System.out.println(number);
            }
        }
    }
}
