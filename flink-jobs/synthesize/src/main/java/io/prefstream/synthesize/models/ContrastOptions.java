package io.prefstream.synthesize.models;

import io.prefstream.execution.BenchSettings;
import io.prefstream.execution.PassRule;
import io.prefstream.execution.TestPool;
import io.prefstream.generation.openai.OpenAiSettings;
import io.prefstream.jobs.common.JobOptions;
import io.prefstream.jobs.common.SandboxOptions;
import io.prefstream.jobs.common.TopicsOptions;
import io.prefstream.jobs.common.UsageException;
import io.prefstream.jobs.generators.GenerationOptions;
import io.prefstream.jobs.generators.Role;
import io.prefstream.jobs.generators.release.AnswerScorerFactory;
import io.prefstream.jobs.generators.release.EndpointScorer;
import io.prefstream.jobs.generators.release.FolderScorer;
import io.prefstream.jobs.generators.release.ReleaseScorer;
import io.prefstream.jobs.generators.release.RewardEndpointOptions;
import io.prefstream.model.ModelBundle;
import io.prefstream.model.engine.EngineOptions;
import io.prefstream.synthesize.StrategyFactory;
import io.prefstream.synthesize.SynthesizeOptions;
import io.prefstream.synthesize.SynthesizePipeline;
import io.prefstream.synthesize.tests.TestOptions;
import io.prefstream.synthesize.tests.TestSettings;
import io.prefstream.synthesize.tests.TestWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;

/** The options of {@code self-contrast}: how many answers, and who tells best from worst. */
public final class ContrastOptions {

    /** Who tells best from worst. */
    public enum Judge {
        /** A preference model's rewards. */
        PREFERENCE,
        /** Tests that a model writes, run in a sandbox. */
        TESTS
    }

    public static final ConfigOption<Judge> JUDGE =
            ConfigOptions.key("synthesize.self-contrast.judge")
                    .enumType(Judge.class)
                    .defaultValue(Judge.PREFERENCE)
                    .withDescription(
                            "Who tells best from worst: PREFERENCE, a preference model, or TESTS"
                                    + " that a generator with the role tester writes, run in a"
                                    + " sandbox (docs/execution.md).");

    public static final ConfigOption<Integer> SAMPLES =
            ConfigOptions.key("synthesize.self-contrast.samples")
                    .intType()
                    .defaultValue(4)
                    .withDescription("Answers that are written to each function, at least 2.");

    public static final ConfigOption<Boolean> FOLLOW =
            ConfigOptions.key("synthesize.self-contrast.follow")
                    .booleanType()
                    .defaultValue(true)
                    .withDescription(
                            "Whether the newest release on the topic of checkpoints tells best from"
                                    + " worst; else synthesize.self-contrast.model does.");

    public static final ConfigOption<String> FOLLOW_NAME =
            ConfigOptions.key("synthesize.self-contrast.follow-name")
                    .stringType()
                    .noDefaultValue()
                    .withDescription(
                            "Name of the model whose releases are followed; without it the newest"
                                    + " release of any.");

    public static final ConfigOption<String> MODEL =
            ConfigOptions.key("synthesize.self-contrast.model")
                    .stringType()
                    .noDefaultValue()
                    .withDescription(
                            "Folder of the preference model that is asked before the first release,"
                                    + " or always where none is followed.");

    public static final ConfigOption<Double> MIN_MARGIN =
            ConfigOptions.key("synthesize.self-contrast.min-margin")
                    .doubleType()
                    .defaultValue(0.5)
                    .withDescription("Least difference of the rewards of best and worst.");

    private static final RewardEndpointOptions SERVER =
            new RewardEndpointOptions(
                    "synthesize.self-contrast.", List.of(FOLLOW, FOLLOW_NAME, MODEL));

    private static final SandboxOptions SANDBOX = new SandboxOptions(SynthesizePipeline.STAGE);

    private ContrastOptions() {}

    /** The options of this class. */
    public static List<ConfigOption<?>> all() {
        List<ConfigOption<?>> all =
                new ArrayList<>(List.of(JUDGE, SAMPLES, FOLLOW, FOLLOW_NAME, MODEL, MIN_MARGIN));
        all.addAll(SERVER.all());
        all.addAll(SANDBOX.all());
        return all;
    }

    /** Who is asked. */
    static Role[] roles(Configuration config) {
        return config.get(JUDGE) == Judge.TESTS
                ? new Role[] {Role.SAMPLER, Role.TESTER}
                : new Role[] {Role.SAMPLER};
    }

    /**
     * The strategy.
     *
     * @throws UsageException naming the first option that is out of its range, or of no use with
     *     the judge
     */
    static StrategyFactory factory(Configuration config, Describer.Settings instructions) {
        int samples = JobOptions.atLeast(config, SAMPLES, 2);
        double minMargin = JobOptions.atLeast(config, MIN_MARGIN, 0.0);
        if (config.get(JUDGE) == Judge.PREFERENCE) {
            return models ->
                    new PreferenceContrast(
                            samples, minMargin, instructions, models, models.scorer());
        }
        List<ConfigOption<?>> ofPreference =
                new ArrayList<>(List.of(FOLLOW, FOLLOW_NAME, MODEL, MIN_MARGIN));
        ofPreference.addAll(SERVER.all());
        for (ConfigOption<?> option : ofPreference) {
            if (config.containsKey(option.key())) {
                throw new UsageException(
                        "option --%s=%s asks a preference model, which --%s=%s doesn't"
                                .formatted(
                                        option.key(),
                                        config.get(option),
                                        JUDGE.key(),
                                        Judge.TESTS));
            }
        }
        BenchSettings bench = SANDBOX.bench(config);
        int capacity = SANDBOX.capacity(config);
        PassRule rule = SANDBOX.rule(config);
        TestSettings tests = TestOptions.settings(config);
        long seed = JobOptions.required(config, SynthesizeOptions.SEED);
        return models ->
                new TestContrast(
                        samples,
                        instructions,
                        models,
                        new TestWriter(tests, models, seed),
                        TestPool.open(bench, SANDBOX.isolationKey(), capacity),
                        rule);
    }

    /** Whether the preference model is the newest that is released. */
    static boolean followsReleases(Configuration config) {
        return config.get(FOLLOW) && !SERVER.given(config);
    }

    /**
     * The preference model that tells best from worst.
     *
     * @throws UsageException naming an option that names none, or of no use with the others
     */
    static AnswerScorerFactory scorer(Configuration config) {
        OpenAiSettings endpoint =
                SERVER.settings(
                        config,
                        config.get(GenerationOptions.HTTP_TIMEOUT),
                        JobOptions.atLeast(config, GenerationOptions.CAPACITY, 1));
        if (endpoint != null) {
            return EndpointScorer.factory(
                    TopicsOptions.groupId(config, SynthesizePipeline.STAGE), endpoint);
        }
        if (!config.get(FOLLOW)) {
            return folderScorer(config, JobOptions.required(config, MODEL));
        }
        return ReleaseScorer.factory(
                TopicsOptions.groupId(config, SynthesizePipeline.STAGE),
                config.get(GenerationOptions.THREADS),
                config.getOptional(MODEL).map(folder -> folderScorer(config, folder)).orElse(null));
    }

    private static AnswerScorerFactory folderScorer(Configuration config, String folder) {
        String option = "option --" + MODEL.key();
        try {
            if (!ModelBundle.open(Path.of(folder)).config().heads().reward()) {
                throw new UsageException(
                        "%s=%s has no reward head: a release of the trainer has"
                                .formatted(option, folder));
            }
            return FolderScorer.factory(
                    folder,
                    EngineOptions.forScores().withThreads(config.get(GenerationOptions.THREADS)));
        } catch (IOException | IllegalArgumentException e) {
            throw new UsageException("%s: %s".formatted(option, e.getMessage()));
        }
    }
}
