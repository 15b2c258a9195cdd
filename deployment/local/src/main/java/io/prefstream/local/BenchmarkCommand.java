package io.prefstream.local;

import io.prefstream.jobs.common.decontaminate.BenchmarkFile;
import io.prefstream.jobs.common.decontaminate.FingerprintFormat;
import io.prefstream.jobs.common.decontaminate.Fingerprints;
import io.prefstream.schemas.Benchmark;
import io.prefstream.schemas.Topics;
import io.prefstream.topics.TopicReader;
import io.prefstream.topics.TopicWriter;
import io.prefstream.topics.TopicsConnection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Benchmarks that nothing must be trained on: adds and lists them. */
@Command(
        name = "benchmark",
        mixinStandardHelpOptions = true,
        description = "Keep a benchmark out of everything: benchmark add, benchmark list.",
        subcommands = {BenchmarkCommand.Add.class, BenchmarkCommand.ListAll.class})
final class BenchmarkCommand implements Callable<Integer> {

    /** Fingerprints in one record: some 10 bytes each, and a broker takes 1 MB. */
    private static final int PART = 50_000;

    @Override
    public Integer call() {
        throw new BadUsageException("benchmark needs the word add or list");
    }

    @Command(
            name = "add",
            mixinStandardHelpOptions = true,
            description = {
                "Add a benchmark. Running jobs drop what holds a part of it from now on,",
                "and pairs that were accepted already and do are taken back."
            })
    static final class Add implements Callable<Integer> {

        @Mixin private ConnectionOptions connection = new ConnectionOptions();

        @Parameters(
                paramLabel = "PATH[:FIELD+FIELD]",
                description =
                        "A .jsonl or .jsonl.gz file and the fields whose text counts (without them"
                                + " all that are strings), or a .fingerprints file.")
        private String spec = "";

        @Option(
                names = "--name",
                paramLabel = "NAME",
                description = "Name of the benchmark (default: the file's).")
        private @Nullable String name;

        @Option(
                names = "--ngram",
                defaultValue = "13",
                paramLabel = "N",
                description = "Words in a row that must be shared (default: ${DEFAULT-VALUE}).")
        private int ngram;

        @Override
        public Integer call() throws Exception {
            Fingerprints set = fingerprints();
            List<Benchmark> records = new ArrayList<>();
            Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
            for (Fingerprints part : set.parts(PART)) {
                records.add(
                        Benchmark.newBuilder()
                                .setName(set.benchmark())
                                .setVersion(set.version())
                                .setPart(records.size())
                                .setFingerprints(ByteBuffer.wrap(FingerprintFormat.write(part)))
                                .setAddedAt(now)
                                .build());
            }
            TopicsConnection topics = connection.open();
            // Asked first: a broker might make a topic that isn't there, and forget it some day.
            TopicReader.readAll(Topics.BENCHMARKS, topics);
            TopicWriter.writeAll(Topics.BENCHMARKS, topics, records);
            System.out.printf(
                    "%s, version %s: %,d fingerprints of %d words%n",
                    set.benchmark(), set.version(), set.size(), set.ngram());
            return Prefstream.DONE;
        }

        private Fingerprints fingerprints() {
            if (ngram < BenchmarkFile.MIN_NGRAM) {
                throw new BadUsageException(
                        "--ngram=%d must be at least %d".formatted(ngram, BenchmarkFile.MIN_NGRAM));
            }
            if (name != null && spec.endsWith(".fingerprints")) {
                throw new BadUsageException(
                        "--name=%s: the fingerprints in %s have a name".formatted(name, spec));
            }
            Fingerprints set;
            try {
                BenchmarkFile file = BenchmarkFile.parse(spec);
                set = name == null ? file.read(ngram) : file.fingerprints(name, ngram);
            } catch (IOException | IllegalArgumentException e) {
                throw new BadUsageException(
                        "cannot read %s: %s".formatted(spec, Failures.oneLine(e)));
            }
            if (set.size() == 0) {
                throw new BadUsageException(
                        "%s gives no fingerprints: no text in it has %d different words in a row"
                                .formatted(spec, ngram));
            }
            return set;
        }
    }

    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            description = "List the benchmarks that were added; jobs may be started with more.")
    static final class ListAll implements Callable<Integer> {

        @Mixin private ConnectionOptions connection = new ConnectionOptions();

        @Override
        public Integer call() {
            Map<String, Instant> added = new TreeMap<>();
            for (Benchmark part : TopicReader.readAll(Topics.BENCHMARKS, connection.open())) {
                added.put(
                        "%s, version %s".formatted(part.getName(), part.getVersion()),
                        part.getAddedAt());
            }
            if (added.isEmpty()) {
                System.out.println("no benchmarks were added");
            }
            added.forEach((name, at) -> System.out.printf("%s, added %s%n", name, at));
            return Prefstream.DONE;
        }
    }
}
