package io.prefstream.local;

import io.prefstream.feeds.github.GhArchiveFeedSource;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the command line of a run says: null or empty where it says nothing. A new run takes the
 * defaults there, a resumed one what its folder remembers.
 *
 * <p>A resumed run may get another end with {@code --steps}. All else is in the state that it goes
 * on from and cannot change; saying it again is allowed, contradicting it is bad usage. That goes
 * for {@code --forever} too: the feed of a run with an end looks once, and its end is part of the
 * state; resumed without end such a run would train for ever and never look again.
 */
record RunWishes(
        @Nullable String feed,
        List<String> coordinates,
        List<String> repositories,
        @Nullable Integer depth,
        @Nullable Long steps,
        boolean forever,
        @Nullable Long seed,
        @Nullable Integer parallelism,
        Map<String, String> config,
        @Nullable String archive,
        @Nullable String from,
        @Nullable String to,
        List<String> packages,
        @Nullable String githubSecretFile,
        @Nullable String gitlabTokenFile,
        @Nullable Integer webhookPort) {

    RunWishes {
        if (forever && steps != null) {
            throw new BadUsageException(
                    "--forever and --steps=%d exclude each other".formatted(steps));
        }
    }

    /** What a new run is asked. */
    RunRequest ofNewRun() {
        Long end = steps == null ? Long.valueOf(RunRequest.DEFAULT_STEPS) : steps;
        RunRequest.Feed newFeed = newFeed();
        return new RunRequest(
                newFeed,
                coordinates,
                repositories,
                depth == null ? newFeed.defaultDepth() : depth,
                forever ? null : end,
                seed == null ? RunRequest.DEFAULT_SEED : seed,
                parallelism == null ? RunRequest.DEFAULT_PARALLELISM : parallelism,
                config,
                hours(),
                packages,
                webhooks(newFeed));
    }

    /**
     * What a resumed run is asked.
     *
     * @param stored what it was asked before
     * @param out its folder, for the message
     * @throws BadUsageException naming both values if they contradict each other
     */
    RunRequest ofResumed(RunRequest stored, Path out) {
        if (feed != null) {
            same("--feed", RunRequest.Feed.of(feed).word(), stored.feed().word(), out);
        }
        same("--coordinates", listed(coordinates), listed(stored.coordinates()), out);
        same(
                "--repo",
                listed(RunRequest.located(stored.feed(), repositories)),
                listed(stored.repositories()),
                out);
        ArchiveRange hours = stored.hours();
        same(
                "--archive",
                archive == null ? null : RunRequest.absolute(archive),
                hours == null ? null : hours.archive(),
                out);
        same("--from", from, hours == null ? null : hours.from(), out);
        same("--to", to, hours == null ? null : hours.to(), out);
        same("--package", listed(packages), listed(stored.packages()), out);
        Webhooks webhooks = stored.webhooks();
        same(
                "--github-secret-file",
                Webhooks.absolute(githubSecretFile),
                webhooks == null ? null : webhooks.githubSecretFile(),
                out);
        same(
                "--gitlab-token-file",
                Webhooks.absolute(gitlabTokenFile),
                webhooks == null ? null : webhooks.gitlabTokenFile(),
                out);
        same("--webhook-port", webhookPort, webhooks == null ? null : webhooks.port(), out);
        same("--depth", depth, stored.depth(), out);
        same("--seed", seed, stored.seed(), out);
        same("--parallelism", parallelism, stored.parallelism(), out);
        for (Map.Entry<String, String> entry : new TreeMap<>(config).entrySet()) {
            same(
                    "--config " + entry.getKey(),
                    entry.getValue(),
                    stored.config().getOrDefault(entry.getKey(), "(not set)"),
                    out);
        }
        if (forever && !stored.forever()) {
            throw contradiction("--forever", "--steps=" + stored.steps(), out);
        }
        return steps == null ? stored : stored.withSteps(steps);
    }

    private @Nullable ArchiveRange hours() {
        if (from == null) {
            if (archive != null || to != null) {
                throw new BadUsageException(
                        "%s needs --from HOUR, such as --from 2026-01-01-0"
                                .formatted(
                                        archive != null ? "--archive=" + archive : "--to=" + to));
            }
            return null;
        }
        return new ArchiveRange(archive == null ? GhArchiveFeedSource.ARCHIVE : archive, from, to);
    }

    private @Nullable Webhooks webhooks(RunRequest.Feed newFeed) {
        boolean named = githubSecretFile != null || gitlabTokenFile != null || webhookPort != null;
        if (newFeed == RunRequest.Feed.WEBHOOK) {
            return new Webhooks(
                    githubSecretFile,
                    gitlabTokenFile,
                    webhookPort == null ? Receiver.DEFAULT_PORT : webhookPort);
        }
        if (named) {
            throw new BadUsageException(
                    "%s is for --feed webhook, not for --feed %s"
                            .formatted(
                                    githubSecretFile != null
                                            ? "--github-secret-file=" + githubSecretFile
                                            : gitlabTokenFile != null
                                                    ? "--gitlab-token-file=" + gitlabTokenFile
                                                    : "--webhook-port=" + webhookPort,
                                    newFeed.word()));
        }
        return null;
    }

    private RunRequest.Feed newFeed() {
        if (feed == null) {
            return repositories.isEmpty() ? RunRequest.Feed.MAVEN : RunRequest.Feed.GIT;
        }
        return RunRequest.Feed.of(feed);
    }

    /** In an order of its own: it doesn't matter which was named first. Null if there are none. */
    private static @Nullable String listed(List<String> values) {
        return values.isEmpty() ? null : String.join(",", new TreeSet<>(values));
    }

    private static void same(
            String option, @Nullable Object asked, @Nullable Object stored, Path out) {
        if (asked != null && !asked.equals(stored)) {
            throw contradiction(
                    option + "=" + asked,
                    option + "=" + (stored == null ? "(not set)" : stored),
                    out);
        }
    }

    private static BadUsageException contradiction(String asked, String stored, Path out) {
        return new BadUsageException(
                "%s contradicts the run in --out=%s, which has %s: leave the option out, or name another folder"
                        .formatted(asked, out, stored));
    }
}
