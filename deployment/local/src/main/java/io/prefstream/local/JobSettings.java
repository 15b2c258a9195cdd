package io.prefstream.local;

import io.prefstream.content.git.GitAddress;
import io.prefstream.content.maven.MavenCoordinates;
import io.prefstream.feeds.packages.PackageFeedSource;
import io.prefstream.jobs.common.JobEnvironment;
import io.prefstream.jobs.common.TopicsOptions;
import io.prefstream.jobs.generators.GenerationOptions;
import io.prefstream.jobs.generators.PromptStyle;
import io.prefstream.model.DemoGenerator;
import io.prefstream.synthesize.models.ModelOptions;
import io.prefstream.topics.TopicsConnection;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What a run tells its jobs, as their options; what the user says with --config goes over it. */
final class JobSettings {

    /** So that the models take a tenth of two cores' time or so. */
    private static final String MODEL_GAP_SHARE = "0.02";

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
        String model = request.model();
        settings.put("validate.tokenizer", model == null ? tokenizer(out).toString() : model);
        settings.put("validate.context-tokens", Integer.toString(request.contextTokens()));
        // The ones that pairs can be made of.
        settings.put("ingest.languages", "java,python");
        generators(request, out, settings);
        split(request, settings);
        settings.putAll(feed(request, out));
        return settings;
    }

    /** For the feed alone. */
    static Map<String, String> feed(RunRequest request, Path out) {
        Map<String, String> settings = new LinkedHashMap<>();
        if (request.feed() != RunRequest.Feed.WEBHOOK) {
            settings.put("ingest.feeds", request.feed().word());
        }
        settings.put("ingest.feed.bounded", Boolean.toString(!request.forever()));
        settings.put("ingest.git.cache-dir", out.resolve("git").toString());
        String repositories = String.join(",", request.repositories());
        switch (request.feed()) {
            case MAVEN ->
                    settings.put(
                            "ingest.maven.coordinates", String.join(",", request.coordinates()));
            case GIT -> {
                // Whoever names a repository of their own knows its licence, written there or not.
                settings.put("ingest.licence.unknown", "accept");
                settings.put("ingest.git.repositories", repositories);
                settings.put("ingest.git.initial-depth", Integer.toString(request.depth()));
            }
            case GITHUB -> {
                if (!repositories.isEmpty()) {
                    settings.put("ingest.github.repositories", repositories);
                }
                settings.put("ingest.github.initial-events", Integer.toString(request.depth()));
            }
            case GHARCHIVE -> archive(request, settings, repositories);
            case NPM, PYPI, CRATES -> {
                String prefix = "ingest." + request.feed().word() + ".";
                if (!request.packages().isEmpty()) {
                    settings.put(prefix + "packages", String.join(",", request.packages()));
                }
                settings.put(prefix + "initial-versions", Integer.toString(request.depth()));
            }
            case SWH, WEBHOOK -> {
                // SWH's broker and credentials are options of the job; webhooks come to the topic.
            }
        }
        settings.putAll(request.jobConfig());
        return settings;
    }

    private static void archive(
            RunRequest request, Map<String, String> settings, String repositories) {
        ArchiveRange hours = Objects.requireNonNull(request.hours());
        settings.put("ingest.gharchive.archive", hours.archive());
        settings.put("ingest.gharchive.from", hours.from());
        if (hours.to() != null) {
            settings.put("ingest.gharchive.to", hours.to());
        }
        if (!repositories.isEmpty()) {
            settings.put("ingest.gharchive.repositories", repositories);
        }
    }

    /** Where the tokenizer is that the jobs count with. */
    static Path tokenizer(Path out) {
        return out.resolve("tokenizer");
    }

    /** Where the models are that write pairs. */
    static Path generators(Path out) {
        return out.resolve("generators");
    }

    /** The models that come with the project write short Java functions. */
    private static void generators(RunRequest request, Path out, Map<String, String> settings) {
        Path folder = generators(out);
        settings.put(ModelOptions.MODEL_GAP_SHARE.key(), MODEL_GAP_SHARE);
        settings.put(
                GenerationOptions.STRONG.key(),
                folder.resolve(DemoGenerator.STRONG.model()).toString());
        settings.put(
                GenerationOptions.WEAK.key(),
                folder.resolve(DemoGenerator.WEAK.model()).toString());
        settings.put(GenerationOptions.PROMPT.key(), PromptStyle.CODE.name());
        settings.put(
                GenerationOptions.MAX_ANSWER.key(), Integer.toString(request.contextTokens() / 2));
        settings.put(GenerationOptions.ANSWERS.key(), out.resolve("answers").toString());
        // What waits for the models must not hold up the mutations behind it.
        settings.put(GenerationOptions.CAPACITY.key(), "512");
    }

    /** Sides of the split never share a repository; where there is only one, they share no file. */
    private static void split(RunRequest request, Map<String, String> settings) {
        List<String> repositories = known(request);
        if (repositories.isEmpty()) {
            settings.put("validate.holdout-by", "REPOSITORY");
            return;
        }
        if (repositories.size() == 1) {
            settings.put("validate.holdout-by", "FILE");
        } else {
            settings.put("validate.holdout-by", "REPOSITORY");
            settings.put("validate.holdout-share", Double.toString(HoldoutShare.of(repositories)));
        }
    }

    /** Canonical names of all repositories that can come; none if that isn't known. */
    private static List<String> known(RunRequest request) {
        return switch (request.feed()) {
            case MAVEN ->
                    request.targets().stream()
                            .map(target -> MavenCoordinates.parse(target).repository())
                            .distinct()
                            .toList();
            case GIT ->
                    request.targets().stream().map(GitAddress::canonicalName).distinct().toList();
            case GITHUB, GHARCHIVE ->
                    request.targets().stream().anyMatch(target -> !target.contains("/"))
                            ? List.of()
                            : request.targets().stream()
                                    .map(name -> "https://github.com/" + name)
                                    .distinct()
                                    .toList();
            case NPM, PYPI, CRATES ->
                    request.targets().stream()
                            .map(name -> PackageFeedSource.repository(request.feed().word(), name))
                            .distinct()
                            .toList();
            case SWH, WEBHOOK -> List.of();
        };
    }
}
