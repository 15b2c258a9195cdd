package io.prefstream.synthesize;

import io.prefstream.jobs.common.JobOptions;
import io.prefstream.jobs.common.UsageException;
import io.prefstream.synthesize.commit.CommitSettings;
import io.prefstream.synthesize.mutation.MutationSettings;
import java.util.List;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;

/** The options of synthesize, and the checked settings that they become. */
public final class SynthesizeOptions {

    public static final ConfigOption<Long> SEED =
            ConfigOptions.key("synthesize.seed")
                    .longType()
                    .defaultValue(1L)
                    .withDescription(
                            "Part of every attempt's seed; another one gives other pairs from the"
                                    + " same snippets.");

    public static final ConfigOption<Double> MUTATION_SHARE =
            ConfigOptions.key("synthesize.mutation.share")
                    .doubleType()
                    .defaultValue(1.0)
                    .withDescription("Share of snippets, from 0 to 1, of which mutants are made.");

    public static final ConfigOption<Integer> VARIANTS_PER_SNIPPET =
            ConfigOptions.key("synthesize.mutation.variants-per-snippet")
                    .intType()
                    .defaultValue(1)
                    .withDescription("Pairs that are tried for each snippet.");

    public static final ConfigOption<Double> NEUTRAL_SHARE =
            ConfigOptions.key("synthesize.mutation.neutral-share")
                    .doubleType()
                    .defaultValue(0.9)
                    .withDescription(
                            "Share of attempts, from 0 to 1, that only reorder tokens; the others"
                                    + " substitute some where the balance allows it. A function"
                                    + " that allows only one of the two gets that one, unless the"
                                    + " share is 0 or 1.");

    public static final ConfigOption<Integer> MAX_EDITS =
            ConfigOptions.key("synthesize.mutation.max-edits")
                    .intType()
                    .defaultValue(3)
                    .withDescription("Most edits between chosen and rejected.");

    public static final ConfigOption<Double> COMMIT_SHARE =
            ConfigOptions.key("synthesize.commit.share")
                    .doubleType()
                    .defaultValue(1.0)
                    .withDescription(
                            "Share of functions that a commit changed, from 0 to 1, that are set"
                                    + " against how they stood before, if the commit is a fix.");

    public static final ConfigOption<Integer> COMMIT_MAX_CHANGED_TOKENS =
            ConfigOptions.key("synthesize.commit.max-changed-tokens")
                    .intType()
                    .defaultValue(60)
                    .withDescription(
                            "Most tokens that a fix took out of a function and put into it,"
                                    + " together.");

    public static final ConfigOption<Integer> COMMIT_MAX_CHANGED_FILES =
            ConfigOptions.key("synthesize.commit.max-changed-files")
                    .intType()
                    .defaultValue(10)
                    .withDescription("Most files that the commit of a fix changed.");

    public static final ConfigOption<Integer> MAX_DOC_CHARS =
            ConfigOptions.key("synthesize.instruction.max-doc-chars")
                    .intType()
                    .defaultValue(240)
                    .withDescription(
                            "Most characters of the documentation comment in an instruction; whole"
                                    + " sentences are kept as far as they fit.");

    public static final ConfigOption<Integer> MAX_INSTRUCTION_CHARS =
            ConfigOptions.key("synthesize.instruction.max-chars")
                    .intType()
                    .defaultValue(1_024)
                    .withDescription("Longest instruction, in characters.");

    private SynthesizeOptions() {}

    /** The options of this class. */
    public static List<ConfigOption<?>> all() {
        return List.of(
                SEED,
                MUTATION_SHARE,
                VARIANTS_PER_SNIPPET,
                NEUTRAL_SHARE,
                MAX_EDITS,
                COMMIT_SHARE,
                COMMIT_MAX_CHANGED_TOKENS,
                COMMIT_MAX_CHANGED_FILES,
                MAX_DOC_CHARS,
                MAX_INSTRUCTION_CHARS);
    }

    /**
     * How pairs are made by mutation.
     *
     * @throws UsageException if an option is out of its range
     */
    public static MutationSettings mutation(Configuration config) {
        return new MutationSettings(
                JobOptions.fraction(config, NEUTRAL_SHARE),
                JobOptions.atLeast(config, MAX_EDITS, 1),
                JobOptions.atLeast(config, MAX_DOC_CHARS, 0),
                JobOptions.atLeast(config, MAX_INSTRUCTION_CHARS, 1));
    }

    /**
     * Which fixes become pairs.
     *
     * @throws UsageException if an option is out of its range
     */
    public static CommitSettings commit(Configuration config) {
        return new CommitSettings(
                JobOptions.atLeast(config, COMMIT_MAX_CHANGED_TOKENS, 1),
                JobOptions.atLeast(config, COMMIT_MAX_CHANGED_FILES, 1),
                JobOptions.atLeast(config, MAX_DOC_CHARS, 0),
                JobOptions.atLeast(config, MAX_INSTRUCTION_CHARS, 1));
    }
}
