package io.prefstream.ingest.neardup;

import io.prefstream.ingest.testing.RealCode;
import io.prefstream.jobs.common.tokens.TokenHashes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.apache.flink.util.MathUtils;
import org.apache.kafka.common.utils.Utils;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * Bandwidth of one core over the functions of the project's own sources: MB of text a second
 * ({@code megabytes}) that are hashed once (murmur2, and CRC-32C, which has an instruction of its
 * own), cut into words, and signed with 256 minima.
 *
 * <p>Usage: {@code MinHasherBenchmark}, in the module's folder.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class MinHasherBenchmark {

    /** Functions, as text and as bytes. */
    @State(Scope.Benchmark)
    public static class Code {
        private final MinHasher hasher = new MinHasher(256, 5);
        private List<String> texts = List.of();
        private List<byte[]> bytes = List.of();
        private double megabytes;

        @Setup
        public void read() throws IOException {
            texts = RealCode.distinct(List.of(RealCode.OWN_SOURCES));
            bytes = texts.stream().map(text -> text.getBytes(StandardCharsets.UTF_8)).toList();
            megabytes = bytes.stream().mapToLong(text -> text.length).sum() / 1e6;
        }
    }

    /** Counts what a pass over all functions went through. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.OPERATIONS)
    public static class Volume {
        public double megabytes;

        @Setup(Level.Iteration)
        public void reset() {
            megabytes = 0;
        }
    }

    @Benchmark
    public void murmur2(Code code, Volume volume, Blackhole hole) {
        for (byte[] text : code.bytes) {
            hole.consume(Utils.murmur2(text));
        }
        volume.megabytes += code.megabytes;
    }

    @Benchmark
    public void crc32c(Code code, Volume volume, Blackhole hole) {
        for (byte[] text : code.bytes) {
            CRC32C crc = new CRC32C();
            crc.update(text);
            hole.consume(MathUtils.longToIntWithBitMixing(crc.getValue()));
        }
        volume.megabytes += code.megabytes;
    }

    @Benchmark
    public void words(Code code, Volume volume, Blackhole hole) {
        for (String text : code.texts) {
            hole.consume(TokenHashes.of(text));
        }
        volume.megabytes += code.megabytes;
    }

    @Benchmark
    public void signature(Code code, Volume volume, Blackhole hole) {
        for (String text : code.texts) {
            hole.consume(code.hasher.minima(text).map(Signatures::signature));
        }
        volume.megabytes += code.megabytes;
    }

    public static void main(String[] args) throws Exception {
        new Runner(new OptionsBuilder().include(MinHasherBenchmark.class.getSimpleName()).build())
                .run();
    }
}
