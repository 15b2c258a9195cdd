package io.prefstream.validate;

import io.prefstream.jobs.common.ControlFeed;
import io.prefstream.jobs.common.JobEnvironment;
import io.prefstream.jobs.common.JobMain;
import io.prefstream.jobs.common.JobOptions;
import io.prefstream.jobs.common.StageOutputs;
import io.prefstream.jobs.common.TopicsOptions;
import io.prefstream.schemas.Benchmark;
import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.CheckpointPublished;
import io.prefstream.schemas.OptOut;
import io.prefstream.schemas.RulesVersion;
import io.prefstream.schemas.Topics;
import io.prefstream.topics.TopicsConnection;
import io.prefstream.topics.flink.Decoded;
import io.prefstream.topics.flink.TopicSource;
import io.prefstream.validate.margin.MarginScorer;
import io.prefstream.validate.rules.ReadPairLog;
import io.prefstream.validate.rules.Statement;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** The validate job: {@link ValidatePipeline} between its topics. */
public final class ValidateJob {

    private ValidateJob() {}

    /** The options of the job, those of its topics and environment included. */
    public static JobOptions options() {
        return JobOptions.of(ValidateOptions.all(), TopicsOptions.all(), JobEnvironment.all());
    }

    /**
     * Wires the real ends without executing.
     *
     * @throws io.prefstream.jobs.common.UsageException if an option is missing or out of its range
     */
    public static void build(StreamExecutionEnvironment env, Configuration config) {
        ValidateSettings settings = ValidateOptions.settings(config);
        build(
                env,
                config,
                TokenizerFile::open,
                ValidatePipeline.scorers(
                        settings, TopicsOptions.groupId(config, ValidatePipeline.STAGE)));
    }

    static void build(
            StreamExecutionEnvironment env,
            Configuration given,
            TokenEncoders encoders,
            MarginScorer.Factory scorers) {
        ValidateSettings settings = ValidateOptions.settings(given);
        Configuration config = named(given, settings.rulesVersion());
        TopicsConnection connection = TopicsOptions.connection(config);
        String stage = ValidatePipeline.STAGE;
        String group = TopicsOptions.groupId(config, stage);
        Decoded<CandidatePair> candidates =
                TopicSource.read(env, Topics.CANDIDATE_PAIRS, connection, stage, group);
        ControlFeed<CheckpointPublished> checkpoints =
                ControlFeed.ofTopic(Topics.CHECKPOINTS, env, config, stage);

        ControlFeed<OptOut> optOuts = ControlFeed.ofTopic(Topics.OPT_OUTS, env, config, stage);

        ControlFeed<Benchmark> benchmarks =
                ControlFeed.ofTopic(Topics.BENCHMARKS, env, config, stage);

        ValidatePipeline.Outputs outputs =
                ValidatePipeline.build(
                        candidates.records(),
                        checkpoints,
                        optOuts,
                        benchmarks,
                        settings.rulesVersion() > RulesVersion.FIRST
                                ? pairLog(env, connection, group, settings.rulesVersion())
                                : null,
                        settings,
                        encoders,
                        scorers);

        StageOutputs.writeChanges(outputs.pairs(), Topics.PREFERENCE_PAIRS, stage, config);
        StageOutputs.write(outputs.quarantined(), Topics.QUARANTINED_PAIRS, stage, config);
        StageOutputs.write(outputs.rejections(), Topics.REJECTIONS, stage, config);
        StageOutputs.write(
                candidates
                        .deadLetters()
                        .union(
                                checkpoints.deadLetters(),
                                optOuts.deadLetters(),
                                benchmarks.deadLetters()),
                Topics.DEAD_LETTERS,
                stage,
                config);
    }

    /**
     * The namespace of each version's job is its own. So its consumer group begins at the first
     * candidate, and its transactions don't end those of another version's job.
     */
    private static Configuration named(Configuration config, int rulesVersion) {
        Configuration named = new Configuration(config);
        if (rulesVersion > RulesVersion.FIRST) {
            named.set(
                    TopicsOptions.NAMESPACE,
                    config.get(TopicsOptions.NAMESPACE) + "-rules-" + rulesVersion);
        }
        return named;
    }

    private static DataStream<Statement> pairLog(
            StreamExecutionEnvironment env,
            TopicsConnection connection,
            String group,
            int rulesVersion) {
        return TopicSource.readRaw(
                        env, Topics.PREFERENCE_PAIRS, connection, group, "validate.read-pair-log")
                .process(new ReadPairLog(rulesVersion, connection), Statement.TYPE)
                .name("validate.decode-pair-log")
                .uid("validate.decode-pair-log");
    }

    public static void main(String[] args) throws Exception {
        new JobMain(ValidatePipeline.STAGE, options(), ValidateJob::build).main(args);
    }
}
