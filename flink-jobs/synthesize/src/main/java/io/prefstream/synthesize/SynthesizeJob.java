package io.prefstream.synthesize;

import io.prefstream.jobs.common.ControlFeed;
import io.prefstream.jobs.common.JobEnvironment;
import io.prefstream.jobs.common.JobMain;
import io.prefstream.jobs.common.JobOptions;
import io.prefstream.jobs.common.TopicsOptions;
import io.prefstream.jobs.generators.GenerationOptions;
import io.prefstream.jobs.generators.GeneratorPool;
import io.prefstream.schemas.CodeSnippet;
import io.prefstream.schemas.Topics;
import io.prefstream.synthesize.commit.CommitSettings;
import io.prefstream.synthesize.commit.CommitStrategy;
import io.prefstream.synthesize.kinds.KindOptions;
import io.prefstream.synthesize.models.ContrastOptions;
import io.prefstream.synthesize.models.ModelOptions;
import io.prefstream.synthesize.mutation.MutationSettings;
import io.prefstream.synthesize.mutation.MutationStrategy;
import io.prefstream.synthesize.tests.TestOptions;
import io.prefstream.topics.flink.Decoded;
import io.prefstream.topics.flink.TopicSource;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;

/** The synthesize job on its real ends: {@code code-snippets} to {@code candidate-pairs}. */
public final class SynthesizeJob {

    private SynthesizeJob() {}

    /** Every option of the job. */
    public static JobOptions options() {
        return JobOptions.of(
                TopicsOptions.all(),
                JobEnvironment.all(),
                SynthesizeOptions.all(),
                GenerationOptions.all(),
                ModelOptions.all(),
                ContrastOptions.all(),
                KindOptions.all(),
                TestOptions.all());
    }

    /**
     * Wires the job in an environment that {@link JobEnvironment} has set up; doesn't execute it.
     *
     * @throws io.prefstream.jobs.common.UsageException if an option is missing or out of its range
     */
    public static void build(StreamExecutionEnvironment env, Configuration config) {
        Decoded<CodeSnippet> snippets =
                TopicSource.read(
                        env,
                        Topics.CODE_SNIPPETS,
                        TopicsOptions.connection(config),
                        SynthesizePipeline.STAGE,
                        TopicsOptions.groupId(config, SynthesizePipeline.STAGE));
        pipeline(config)
                .apply(
                        snippets.records(),
                        ControlFeed.ofTopic(Topics.OPT_OUTS, env, config, SynthesizePipeline.STAGE),
                        releases(env, config),
                        snippets.deadLetters())
                .writeTo(Topics.CANDIDATE_PAIRS, SynthesizePipeline.STAGE, config);
    }

    private static @Nullable ReleaseFeed releases(
            StreamExecutionEnvironment env, Configuration config) {
        return ModelOptions.followsReleases(config)
                ? new ReleaseFeed(
                        ControlFeed.ofTopic(
                                Topics.CHECKPOINTS, env, config, SynthesizePipeline.STAGE),
                        config.getOptional(ContrastOptions.FOLLOW_NAME).orElse(null))
                : null;
    }

    /**
     * What a configuration makes of the stage, for ends of one's own.
     *
     * @throws io.prefstream.jobs.common.UsageException if an option is missing or out of its range
     */
    public static SynthesizePipeline pipeline(Configuration config) {
        MutationSettings mutation = SynthesizeOptions.mutation(config);
        List<StrategyShare> shares = new ArrayList<>();
        shares.add(
                new StrategyShare(
                        MutationStrategy.NAME,
                        JobOptions.fraction(config, SynthesizeOptions.MUTATION_SHARE),
                        JobOptions.atLeast(config, SynthesizeOptions.VARIANTS_PER_SNIPPET, 1),
                        models -> new MutationStrategy(mutation)));
        CommitSettings commit = SynthesizeOptions.commit(config);
        shares.add(
                new StrategyShare(
                        CommitStrategy.NAME,
                        JobOptions.fraction(config, SynthesizeOptions.COMMIT_SHARE),
                        1,
                        models -> new CommitStrategy(commit)));
        GeneratorPool.Factory generators = ModelOptions.models(config);
        shares.addAll(ModelOptions.shares(config, generators));
        return new SynthesizePipeline(
                new Recipe(
                        shares,
                        JobOptions.required(config, SynthesizeOptions.SEED),
                        KindOptions.settings(config),
                        TestOptions.settings(config)),
                generators,
                JobOptions.atLeast(config, GenerationOptions.CAPACITY, 1));
    }

    public static void main(String[] args) throws Exception {
        new JobMain(SynthesizePipeline.STAGE, options(), SynthesizeJob::build).main(args);
    }
}
