package io.prefstream.jobs.common.decontaminate;

import io.prefstream.jobs.common.JobOptions;
import io.prefstream.jobs.common.UsageException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;

/** The options of decontamination under a stage's own prefix: {@code STAGE.decontaminate.*}. */
public final class DecontaminateOptions {

    private final ConfigOption<Boolean> enabled;
    private final ConfigOption<Boolean> shipped;
    private final ConfigOption<List<String>> benchmarks;
    private final ConfigOption<Integer> ngram;

    /**
     * Options of a stage.
     *
     * @param stage such as {@code ingest}
     * @param units what it drops, such as {@code snippets}
     */
    public DecontaminateOptions(String stage, String units) {
        String prefix = stage + ".decontaminate.";
        enabled =
                ConfigOptions.key(prefix + "enabled")
                        .booleanType()
                        .defaultValue(true)
                        .withDescription(
                                "Whether %s that hold a part of one of the following benchmarks are dropped. Those of `prefstream benchmark add` always count."
                                        .formatted(units));
        shipped =
                ConfigOptions.key(prefix + "shipped")
                        .booleanType()
                        .defaultValue(true)
                        .withDescription(
                                "Whether HumanEval and the test set of GSM8K, whose fingerprints"
                                        + " are shipped (n = 13), are among the benchmarks.");
        benchmarks =
                ConfigOptions.key(prefix + "benchmarks")
                        .stringType()
                        .asList()
                        .defaultValues()
                        .withDescription(
                                "Further benchmarks, each PATH[:FIELD+FIELD]: a .jsonl or .jsonl.gz"
                                    + " file and the fields whose text counts (without them all"
                                    + " that are strings), or a .fingerprints file. Read where the"
                                    + " job is submitted, when it is submitted.");
        ngram =
                ConfigOptions.key(prefix + "ngram")
                        .intType()
                        .defaultValue(13)
                        .withDescription(
                                "Words in a row that a benchmark of %s and what is dropped must share."
                                        .formatted(benchmarks.key()));
    }

    /** All of them. */
    public List<ConfigOption<?>> all() {
        return List.of(enabled, shipped, benchmarks, ngram);
    }

    /**
     * The fingerprints to look for; none where decontamination is off.
     *
     * @throws UsageException if a benchmark can't be read
     */
    public List<Fingerprints> fingerprints(Configuration config) {
        if (!config.get(enabled)) {
            return List.of();
        }
        List<Fingerprints> sets = new ArrayList<>();
        if (config.get(shipped)) {
            sets.addAll(ShippedFingerprints.all());
        }
        int words = JobOptions.atLeast(config, ngram, BenchmarkFile.MIN_NGRAM);
        for (String spec : JobOptions.values(config, benchmarks)) {
            sets.add(read(spec, words));
        }
        return List.copyOf(sets);
    }

    private Fingerprints read(String spec, int words) {
        try {
            return BenchmarkFile.parse(spec).read(words);
        } catch (IOException | IllegalArgumentException e) {
            throw new UsageException(
                    "option --%s: cannot read %s: %s"
                            .formatted(benchmarks.key(), spec, e.getMessage()));
        }
    }
}
