package io.prefstream.ingest;

import io.prefstream.content.ContentLimits;
import io.prefstream.content.DispatchingContentFetcher;
import io.prefstream.content.git.GitAccess;
import io.prefstream.content.http.HttpAccess;
import io.prefstream.content.maven.MavenSettings;
import io.prefstream.ingest.feeds.FeedOptions;
import io.prefstream.ingest.feeds.GitFeed;
import io.prefstream.ingest.feeds.IngestFeeds;
import io.prefstream.ingest.feeds.MavenFeed;
import io.prefstream.ingest.filter.FileOptions;
import io.prefstream.ingest.filter.PartOptions;
import io.prefstream.ingest.licence.LicenceOptions;
import io.prefstream.ingest.neardup.NearDupOptions;
import io.prefstream.ingest.redact.RedactOptions;
import io.prefstream.jobs.common.ControlFeed;
import io.prefstream.jobs.common.JobEnvironment;
import io.prefstream.jobs.common.JobMain;
import io.prefstream.jobs.common.JobOptions;
import io.prefstream.jobs.common.TopicsOptions;
import io.prefstream.jobs.common.UsageException;
import io.prefstream.schemas.DeadLetter;
import io.prefstream.schemas.RepoEvent;
import io.prefstream.schemas.Topics;
import io.prefstream.topics.flink.Decoded;
import io.prefstream.topics.flink.TopicSource;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The ingest job on its real ends: {@code repo-events} to {@code code-snippets}, and the feeds that
 * fill {@code repo-events} where they are configured.
 *
 * <p>Feeds and pipeline are two graphs in one job that only the topic joins, so that the pipeline
 * can be run alone over old events.
 */
public final class IngestJob {

    private IngestJob() {}

    /** Every option of the job. */
    public static JobOptions options() {
        return JobOptions.of(
                TopicsOptions.all(),
                JobEnvironment.all(),
                FeedOptions.all(),
                HttpOptions.all(),
                IngestOptions.all(),
                IngestOptions.DECONTAMINATION.all(),
                LicenceOptions.all(),
                RedactOptions.all(),
                NearDupOptions.all());
    }

    /**
     * Wires the job in an environment that {@link JobEnvironment} has set up; doesn't execute it.
     *
     * @throws UsageException if an option is missing or out of its range
     */
    public static void build(StreamExecutionEnvironment env, Configuration config) {
        List<DataStream<DeadLetter>> unreadable = IngestFeeds.build(env, config);
        Decoded<RepoEvent> events =
                TopicSource.read(
                        env,
                        Topics.REPO_EVENTS,
                        TopicsOptions.connection(config),
                        IngestPipeline.STAGE,
                        TopicsOptions.groupId(config, IngestPipeline.STAGE));
        DataStream<DeadLetter> deadLetters = events.deadLetters();
        for (DataStream<DeadLetter> ofAFeed : unreadable) {
            deadLetters = deadLetters.union(ofAFeed);
        }
        pipeline(config)
                .apply(
                        events.records(),
                        ControlFeed.ofTopic(Topics.OPT_OUTS, env, config, IngestPipeline.STAGE),
                        ControlFeed.ofTopic(Topics.BENCHMARKS, env, config, IngestPipeline.STAGE),
                        deadLetters)
                .writeTo(Topics.CODE_SNIPPETS, IngestPipeline.STAGE, config);
    }

    /**
     * What a configuration makes of the stage, for ends of one's own.
     *
     * @throws UsageException if an option is missing or out of its range
     */
    public static IngestPipeline pipeline(Configuration config) {
        return new IngestPipeline(
                fetchers(config),
                FetchOptions.fetchSettings(config),
                FileOptions.limits(config),
                FileOptions.commentLimits(config),
                PartOptions.limits(config),
                LicenceOptions.policy(config),
                RedactOptions.rules(config),
                IngestOptions.dedupExpiry(config),
                IngestOptions.DECONTAMINATION.fingerprints(config),
                NearDupOptions.settings(config));
    }

    private static ContentFetchers fetchers(Configuration config) {
        MavenSettings maven = MavenFeed.settings(config);
        String gitCache = GitFeed.cacheDir(config).toString();
        ContentLimits limits = FetchOptions.contentLimits(config);
        HttpAccess archives = HttpOptions.archives(config);
        GitAccess git = GitFeed.access(config);
        return () ->
                DispatchingContentFetcher.open(maven, Path.of(gitCache), git, archives, limits);
    }

    public static void main(String[] args) throws Exception {
        new JobMain(IngestPipeline.STAGE, options(), IngestJob::build).main(args);
    }
}
