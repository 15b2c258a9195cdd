package io.prefstream.local;

import io.prefstream.content.git.GitAddress;
import io.prefstream.content.maven.MavenCoordinates;
import io.prefstream.jobs.common.JobEnvironment;
import io.prefstream.jobs.common.TopicsOptions;
import io.prefstream.topics.TopicsConnection;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a run tells its jobs, as their options; what the user says with --config goes over it. */
final class JobSettings {

    private JobSettings() {}

    /**
     * For all jobs.
     *
     * @param out the run's folder
     */
    static Map<String, String> of(RunRequest request, TopicsConnection topics, Path out) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put(TopicsOptions.BOOTSTRAP_SERVERS.key(), topics.bootstrapServers());
        settings.put(TopicsOptions.REGISTRY_URL.key(), topics.registryUrl());
        settings.put(JobEnvironment.CHECKPOINT_INTERVAL.key(), "3 s");
        settings.put(JobEnvironment.PARALLELISM.key(), Integer.toString(request.parallelism()));
        // Tokens are counted as the trainer will count them.
        settings.put("validate.tokenizer", tokenizer(out).toString());
        settings.put("validate.context-tokens", Integer.toString(RunRequest.CONTEXT_TOKENS));
        // The ones that pairs can be made of.
        settings.put("ingest.languages", "java,python");
        split(request, settings);
        settings.putAll(feed(request, out));
        return settings;
    }

    /** For the feed alone. */
    static Map<String, String> feed(RunRequest request, Path out) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("ingest.feeds", request.feed().word());
        settings.put("ingest.feed.bounded", Boolean.toString(!request.forever()));
        if (request.feed() == RunRequest.Feed.MAVEN) {
            settings.put("ingest.maven.coordinates", String.join(",", request.coordinates()));
        } else {
            settings.put("ingest.git.repositories", String.join(",", request.repositories()));
            settings.put("ingest.git.initial-depth", Integer.toString(request.depth()));
            settings.put("ingest.git.cache-dir", out.resolve("git").toString());
        }
        settings.putAll(request.jobConfig());
        return settings;
    }

    /** Where the tokenizer is that the jobs count with. */
    static Path tokenizer(Path out) {
        return out.resolve("tokenizer");
    }

    /** Sides of the split never share a repository; where there is only one, they share no file. */
    private static void split(RunRequest request, Map<String, String> settings) {
        List<String> repositories =
                request.targets().stream()
                        .map(
                                target ->
                                        request.feed() == RunRequest.Feed.MAVEN
                                                ? MavenCoordinates.parse(target).repository()
                                                : GitAddress.canonicalName(target))
                        .distinct()
                        .toList();
        if (repositories.size() == 1) {
            settings.put("validate.holdout-by", "FILE");
        } else {
            settings.put("validate.holdout-by", "REPOSITORY");
            settings.put("validate.holdout-share", Double.toString(HoldoutShare.of(repositories)));
        }
    }
}
