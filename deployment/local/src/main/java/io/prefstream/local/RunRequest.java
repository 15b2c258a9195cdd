package io.prefstream.local;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a run is asked to do, checked when it is made. Its folder remembers it ({@link
 * RunRequestFile}), so that a resumed run need not be told again; how a run is shown and where it
 * lies is in {@link RunOptions}.
 *
 * @param repositories URLs and absolute paths; for the feeds of GitHub {@code owner/name}, none for
 *     all
 * @param depth commits of each repository that the first look takes; events, of GitHub's API
 * @param steps optimizer steps after which the run ends; null for a run without end
 * @param config options of the jobs by key, and of the trainer by {@code trainer.KEY}
 * @param hours what is read of GH Archive; null for other feeds
 * @param packages names in a registry, none for all of it
 * @param webhooks what is received; null for other feeds
 */
record RunRequest(
        Feed feed,
        List<String> coordinates,
        List<String> repositories,
        int depth,
        @Nullable Long steps,
        long seed,
        int parallelism,
        Map<String, String> config,
        @Nullable ArchiveRange hours,
        List<String> packages,
        @Nullable Webhooks webhooks) {

    /** Where code comes from. */
    enum Feed {
        MAVEN,
        GIT,
        GITHUB,
        GHARCHIVE,
        NPM,
        PYPI,
        CRATES,
        SWH,
        WEBHOOK;

        /** Whether it is told of packages of a registry. */
        boolean isRegistry() {
            return this == NPM || this == PYPI || this == CRATES;
        }

        /** Whether its repositories are {@code owner/name} of GitHub. */
        boolean isGithub() {
            return this == GITHUB || this == GHARCHIVE;
        }

        /** How much of what is there already is read where nothing is said. */
        int defaultDepth() {
            return isRegistry() ? DEFAULT_VERSIONS : DEFAULT_DEPTH;
        }

        /** As it is written on the command line. */
        String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }

        static Feed of(String word) {
            return Arrays.stream(values())
                    .filter(feed -> feed.word().equals(word))
                    .findFirst()
                    .orElseThrow(
                            () ->
                                    new BadUsageException(
                                            "--feed=%s must be %s".formatted(word, words())));
        }

        private static String words() {
            List<String> words = Arrays.stream(values()).map(Feed::word).toList();
            int last = words.size() - 1;
            return String.join(", ", words.subList(0, last)) + " or " + words.get(last);
        }
    }

    /** Steps of a run that was not told how many: two cores make them in some minutes. */
    static final long DEFAULT_STEPS = 450;

    static final int DEFAULT_DEPTH = 100;
    static final int DEFAULT_VERSIONS = 1;
    static final long DEFAULT_SEED = 1;
    static final int DEFAULT_PARALLELISM = 2;

    /** Context of the demo model in a run: most functions fit, and a step stays below a second. */
    static final int DEFAULT_CONTEXT_TOKENS = 128;

    private static final int MIN_CONTEXT_TOKENS = 8;

    private static final String TRAINER = "trainer.";

    /** Folder of the model that is trained. */
    static final String MODEL = TRAINER + "model.path";

    /** Tokens of a pair's side. */
    static final String CONTEXT = TRAINER + "model.context";

    /** What YAML writes for an option that is not set. */
    private static final String NONE = "null";

    private static final Pattern COORDINATE = Pattern.compile("[\\w.-]+:[\\w.-]+(:[\\w.-]+)?");
    private static final Pattern GITHUB_NAME = Pattern.compile("[\\w.-]+(/[\\w.-]+)?");
    private static final Pattern URL = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]+:.*");
    private static final int MAX_PARALLELISM = 64;

    RunRequest {
        if (feed == Feed.GIT && repositories.isEmpty()) {
            throw new BadUsageException("--feed git needs --repo PATH or URL, once or more");
        }
        onlyFor(feed == Feed.MAVEN, "--coordinates", coordinates, "maven", feed);
        onlyFor(feed == Feed.GIT || feed.isGithub(), "--repo", repositories, "git", feed);
        onlyFor(feed.isRegistry(), "--package", packages, "npm, pypi or crates", feed);
        if (feed.isGithub()) {
            requireGithubNames(feed, repositories);
        }
        if (feed.isRegistry() && packages.isEmpty() && steps != null) {
            throw new BadUsageException(
                    "--feed %s needs --package NAME, or --forever to follow the whole registry"
                            .formatted(feed.word()));
        }
        if (feed == Feed.WEBHOOK && steps != null) {
            throw new BadUsageException(
                    "--feed webhook needs --forever: nobody knows which webhook is the last");
        }
        checkHours(feed, hours, steps);
        for (String coordinate : coordinates) {
            if (!COORDINATE.matcher(coordinate).matches()) {
                throw new BadUsageException(
                        "--coordinates=%s is not of the form group:artifact or group:artifact:version"
                                .formatted(coordinate));
            }
        }
        atLeast("--depth", depth, 1);
        if (steps != null) {
            atLeast("--steps", steps, 1);
        }
        atLeast("--parallelism", parallelism, 1);
        if (parallelism > MAX_PARALLELISM) {
            throw new BadUsageException(
                    "--parallelism=%d must be at most %d".formatted(parallelism, MAX_PARALLELISM));
        }
        coordinates =
                feed == Feed.MAVEN && coordinates.isEmpty()
                        ? WellKnownArtifacts.coordinates(steps == null)
                        : List.copyOf(coordinates);
        repositories = located(feed, repositories);
        config = Map.copyOf(config);
        atLeast("--context", contextTokens(config), MIN_CONTEXT_TOKENS);
        packages = List.copyOf(packages);
    }

    /** A run that reads no archive, no registry and no webhooks. */
    RunRequest(
            Feed feed,
            List<String> coordinates,
            List<String> repositories,
            int depth,
            @Nullable Long steps,
            long seed,
            int parallelism,
            Map<String, String> config) {
        this(
                feed,
                coordinates,
                repositories,
                depth,
                steps,
                seed,
                parallelism,
                config,
                null,
                List.of(),
                null);
    }

    /** The same with another end; null for none. */
    RunRequest withSteps(@Nullable Long newSteps) {
        return new RunRequest(
                feed,
                coordinates,
                repositories,
                depth,
                newSteps,
                seed,
                parallelism,
                config,
                hours,
                packages,
                webhooks);
    }

    /** Whether the run goes on until it is stopped. */
    boolean forever() {
        return steps == null;
    }

    /** Where the feed looks: coordinates, packages or repositories. */
    List<String> targets() {
        return feed == Feed.MAVEN ? coordinates : feed.isRegistry() ? packages : repositories;
    }

    /** Folder of the base model that is trained; null for the demo model. */
    @Nullable String model() {
        String folder = config.get(MODEL);
        return folder == null || folder.equals(NONE) ? null : folder;
    }

    /** Tokens of prompt and response together: the jobs refuse what the trainer would skip. */
    int contextTokens() {
        return contextTokens(config);
    }

    private static int contextTokens(Map<String, String> config) {
        String tokens = config.get(CONTEXT);
        if (tokens == null || tokens.equals(NONE)) {
            return DEFAULT_CONTEXT_TOKENS;
        }
        try {
            return Integer.parseInt(tokens);
        } catch (NumberFormatException e) {
            throw new BadUsageException("--config %s=%s is no number".formatted(CONTEXT, tokens));
        }
    }

    /** Options that are meant for the trainer, by the trainer's own keys. */
    Map<String, String> trainerConfig() {
        Map<String, String> own = new TreeMap<>();
        config.forEach(
                (key, value) -> {
                    if (key.startsWith(TRAINER)) {
                        own.put(key.substring(TRAINER.length()), value);
                    }
                });
        return own;
    }

    /** Options that are meant for the jobs. */
    Map<String, String> jobConfig() {
        Map<String, String> own = new TreeMap<>(config);
        own.keySet().removeIf(key -> key.startsWith(TRAINER));
        return own;
    }

    /** The same repository wherever the run is resumed from. */
    static String absolute(String repository) {
        return URL.matcher(repository).matches()
                ? repository
                : Path.of(repository).toAbsolutePath().normalize().toString();
    }

    /** Names of GitHub are no paths. */
    static List<String> located(Feed feed, List<String> repositories) {
        return feed.isGithub()
                ? List.copyOf(repositories)
                : repositories.stream().map(RunRequest::absolute).toList();
    }

    private static void onlyFor(
            boolean right, String option, List<String> values, String whose, Feed feed) {
        if (!right && !values.isEmpty()) {
            throw new BadUsageException(
                    "%s=%s is for --feed %s, not for --feed %s"
                            .formatted(option, String.join(",", values), whose, feed.word()));
        }
    }

    private static void requireGithubNames(Feed feed, List<String> repositories) {
        for (String name : repositories) {
            if (!GITHUB_NAME.matcher(name).matches()) {
                throw new BadUsageException(
                        "--repo=%s: with --feed %s a repository is OWNER/NAME"
                                .formatted(name, feed.word()));
            }
            if (feed == Feed.GHARCHIVE && !name.contains("/")) {
                throw new BadUsageException(
                        "--repo=%s: with --feed gharchive a repository is OWNER/NAME"
                                .formatted(name));
            }
        }
    }

    private static void checkHours(Feed feed, @Nullable ArchiveRange hours, @Nullable Long steps) {
        if (feed == Feed.GHARCHIVE) {
            if (hours == null) {
                throw new BadUsageException(
                        "--feed gharchive needs --from HOUR, such as --from 2026-01-01-0");
            }
            if (hours.to() == null && steps != null) {
                throw new BadUsageException(
                        "--feed gharchive needs --to HOUR, or --forever to follow the archive");
            }
        } else if (hours != null) {
            throw new BadUsageException(
                    "--from=%s is for --feed gharchive, not for --feed %s"
                            .formatted(hours.from(), feed.word()));
        }
    }

    private static void atLeast(String option, long value, long limit) {
        if (value < limit) {
            throw new BadUsageException(
                    "%s=%d must be at least %d".formatted(option, value, limit));
        }
    }
}
