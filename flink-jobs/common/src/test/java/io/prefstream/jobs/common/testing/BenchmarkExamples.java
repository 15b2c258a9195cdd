package io.prefstream.jobs.common.testing;

import io.prefstream.jobs.common.decontaminate.FingerprintFormat;
import io.prefstream.jobs.common.decontaminate.Fingerprints;
import io.prefstream.jobs.common.decontaminate.FingerprintsBuilder;
import io.prefstream.schemas.Benchmark;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;

/** Benchmarks for tests. */
public final class BenchmarkExamples {

    /** More than 13 words, of which no other example has any run. */
    public static final String TASK =
            "Return how many of the red foxes that live in a burrow are awake at the second full"
                    + " moon of the given year.";

    private BenchmarkExamples() {}

    /** A benchmark of one item, {@link #TASK}. */
    public static Benchmark foxes() {
        FingerprintsBuilder builder = new FingerprintsBuilder("foxes", 13);
        builder.add("Foxes/1", List.of(TASK));
        Fingerprints set = builder.build();
        return Benchmark.newBuilder()
                .setName(set.benchmark())
                .setVersion(set.version())
                .setPart(0)
                .setFingerprints(ByteBuffer.wrap(FingerprintFormat.write(set)))
                .setAddedAt(Instant.parse("2026-01-01T12:00:00Z"))
                .build();
    }

    /** One that nobody can read. */
    public static Benchmark garbage() {
        return Benchmark.newBuilder(foxes())
                .setName("garbage")
                .setFingerprints(ByteBuffer.wrap(new byte[] {1, 2, 3}))
                .build();
    }
}
