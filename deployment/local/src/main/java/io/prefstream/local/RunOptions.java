package io.prefstream.local;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a run was asked for, checked when it is made.
 *
 * @param steps optimizer steps after which the run ends; null for a run without end
 * @param depth commits of each repository that the first look takes
 * @param uiPort port of Flink's web UI, 0 for any free one
 * @param config options of the jobs by key, and of the trainer by {@code trainer.KEY}
 */
public record RunOptions(
        Feed feed,
        List<String> coordinates,
        List<String> repositories,
        int depth,
        @Nullable Long steps,
        Path out,
        boolean resume,
        long seed,
        int uiPort,
        int parallelism,
        boolean json,
        Map<String, String> config) {

    /** Where code comes from. */
    public enum Feed {
        MAVEN,
        GIT
    }

    /** Steps of a run that was not told how many: what two cores make in about four minutes. */
    static final long DEFAULT_STEPS = 300;

    /** Context of the demo model in a run: most functions fit, and a step stays below a second. */
    static final int CONTEXT_TOKENS = 128;

    private static final String TRAINER = "trainer.";
    private static final Pattern COORDINATE = Pattern.compile("[\\w.-]+:[\\w.-]+(:[\\w.-]+)?");
    private static final int MAX_PARALLELISM = 64;

    public RunOptions {
        if (feed == Feed.GIT && repositories.isEmpty()) {
            throw new BadUsageException("--feed git needs --repo PATH or URL, once or more");
        }
        if (feed == Feed.GIT && !coordinates.isEmpty()) {
            throw new BadUsageException(
                    "--coordinates=%s is for --feed maven, not for --feed git"
                            .formatted(String.join(",", coordinates)));
        }
        if (feed == Feed.MAVEN && !repositories.isEmpty()) {
            throw new BadUsageException(
                    "--repo=%s is for --feed git, not for --feed maven"
                            .formatted(repositories.get(0)));
        }
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
        if (uiPort < 0 || uiPort > 65_535) {
            throw new BadUsageException("--ui-port=%d must be from 0 to 65535".formatted(uiPort));
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
        repositories = List.copyOf(repositories);
        out = out.toAbsolutePath().normalize();
        config = Map.copyOf(config);
    }

    /** Whether the run goes on until it is stopped. */
    public boolean forever() {
        return steps == null;
    }

    /** Where the feed looks: coordinates or repositories. */
    public List<String> targets() {
        return feed == Feed.MAVEN ? coordinates : repositories;
    }

    /** Options that are meant for the trainer, by the trainer's own keys. */
    public Map<String, String> trainerConfig() {
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
    public Map<String, String> jobConfig() {
        Map<String, String> own = new TreeMap<>(config);
        own.keySet().removeIf(key -> key.startsWith(TRAINER));
        return own;
    }

    private static void atLeast(String option, long value, long limit) {
        if (value < limit) {
            throw new BadUsageException(
                    "%s=%d must be at least %d".formatted(option, value, limit));
        }
    }
}
