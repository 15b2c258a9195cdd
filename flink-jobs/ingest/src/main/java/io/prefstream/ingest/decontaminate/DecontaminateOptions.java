package io.prefstream.ingest.decontaminate;

import io.prefstream.jobs.common.JobOptions;
import io.prefstream.jobs.common.UsageException;
import io.prefstream.jobs.common.decontaminate.BenchmarkFile;
import io.prefstream.jobs.common.decontaminate.Fingerprints;
import io.prefstream.jobs.common.decontaminate.ShippedFingerprints;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;

/** The options of decontamination. */
public final class DecontaminateOptions {

    public static final ConfigOption<Boolean> ENABLED =
            ConfigOptions.key("ingest.decontaminate.enabled")
                    .booleanType()
                    .defaultValue(true)
                    .withDescription(
                            "Whether snippets that hold a part of one of the following benchmarks"
                                    + " are dropped. Those of `prefstream benchmark add` always"
                                    + " count.");

    public static final ConfigOption<Boolean> SHIPPED =
            ConfigOptions.key("ingest.decontaminate.shipped")
                    .booleanType()
                    .defaultValue(true)
                    .withDescription(
                            "Whether HumanEval and the test set of GSM8K, whose fingerprints are"
                                    + " shipped (n = 13), are among the benchmarks.");

    public static final ConfigOption<List<String>> BENCHMARKS =
            ConfigOptions.key("ingest.decontaminate.benchmarks")
                    .stringType()
                    .asList()
                    .defaultValues()
                    .withDescription(
                            "Further benchmarks, each PATH[:FIELD+FIELD]: a .jsonl or .jsonl.gz"
                                + " file and the fields whose text counts (without them all that"
                                + " are strings), or a .fingerprints file. Read where the job is"
                                + " submitted, when it is submitted.");

    public static final ConfigOption<Integer> NGRAM =
            ConfigOptions.key("ingest.decontaminate.ngram")
                    .intType()
                    .defaultValue(13)
                    .withDescription(
                            "Words in a row that a benchmark of ingest.decontaminate.benchmarks and"
                                    + " a snippet must share.");

    private DecontaminateOptions() {}

    /** The options of this class. */
    public static List<ConfigOption<?>> all() {
        return List.of(ENABLED, SHIPPED, BENCHMARKS, NGRAM);
    }

    /**
     * The fingerprints to look for; none where decontamination is off.
     *
     * @throws UsageException if a benchmark can't be read
     */
    public static List<Fingerprints> fingerprints(Configuration config) {
        if (!config.get(ENABLED)) {
            return List.of();
        }
        List<Fingerprints> sets = new ArrayList<>();
        if (config.get(SHIPPED)) {
            sets.addAll(ShippedFingerprints.all());
        }
        int ngram = JobOptions.atLeast(config, NGRAM, BenchmarkFile.MIN_NGRAM);
        for (String spec : JobOptions.values(config, BENCHMARKS)) {
            sets.add(read(spec, ngram));
        }
        return sets;
    }

    private static Fingerprints read(String spec, int ngram) {
        try {
            return BenchmarkFile.parse(spec).read(ngram);
        } catch (IOException | IllegalArgumentException e) {
            throw new UsageException(
                    "option --%s: cannot read %s: %s"
                            .formatted(BENCHMARKS.key(), spec, e.getMessage()));
        }
    }
}
