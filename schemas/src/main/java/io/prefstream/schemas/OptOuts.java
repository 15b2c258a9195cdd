package io.prefstream.schemas;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The opt-outs that are known, and whom they cover. One thread.
 *
 * <p>Cost of a question: a look-up for each part of the repository's name, however many there are.
 */
public final class OptOuts {

    private final Map<String, Set<OptOut>> byName = new HashMap<>();

    /** Those of a list. */
    public OptOuts(List<OptOut> known) {
        known.forEach(this::add);
    }

    /** One more; a job is told twice of those that are there when it starts. */
    public void add(OptOut optOut) {
        byName.computeIfAbsent(inLowerCase(optOut.getRepository()), name -> new LinkedHashSet<>())
                .add(optOut);
    }

    /** Whether nobody opted out. */
    public boolean isEmpty() {
        return byName.isEmpty();
    }

    /**
     * The opt-out that covers a file, or a whole repository.
     *
     * @param path of the file; null for all of the repository, which a path prefix doesn't cover
     */
    public Optional<OptOut> covering(String repository, @Nullable String path) {
        if (byName.isEmpty()) {
            return Optional.empty();
        }
        String name = inLowerCase(repository);
        for (int end = name.length(); end > 0; end--) {
            if (end < name.length() && name.charAt(end) != '/' && name.charAt(end) != ':') {
                continue;
            }
            for (OptOut one : byName.getOrDefault(name.substring(0, end), Set.of())) {
                if (covers(one, repository, path)) {
                    return Optional.of(one);
                }
            }
        }
        return Optional.empty();
    }

    /** Whether one names this repository, be it for some of its paths alone. */
    public boolean name(String repository) {
        return byName.containsKey(inLowerCase(repository));
    }

    private static String inLowerCase(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    /**
     * Whether an opt-out covers a file, or a whole repository. An owner is what stands before the
     * repository's name: {@code github.com/apache} of {@code github.com/apache/flink}, {@code
     * maven:org.apache.commons} of {@code maven:org.apache.commons:commons-io}. Case doesn't matter
     * in names, as it doesn't on the forges.
     */
    public static boolean covers(OptOut optOut, String repository, @Nullable String path) {
        String named = optOut.getRepository();
        return switch (optOut.getScope()) {
            case REPOSITORY -> named.equalsIgnoreCase(repository);
            case OWNER -> isOwner(named, repository);
            case PATH_PREFIX ->
                    named.equalsIgnoreCase(repository)
                            && path != null
                            && optOut.getPathPrefix() != null
                            && path.startsWith(optOut.getPathPrefix());
            case UNKNOWN -> false;
        };
    }

    private static boolean isOwner(String owner, String repository) {
        int end = owner.length();
        return end > 0
                && repository.regionMatches(true, 0, owner, 0, end)
                && repository.length() > end
                && (repository.charAt(end) == '/' || repository.charAt(end) == ':');
    }

    /** What it covers and since when, in words. */
    public static String inWords(OptOut optOut) {
        String what =
                switch (optOut.getScope()) {
                    case REPOSITORY -> "repository " + optOut.getRepository();
                    case OWNER -> "all of " + optOut.getRepository();
                    case PATH_PREFIX ->
                            "repository %s below %s"
                                    .formatted(optOut.getRepository(), optOut.getPathPrefix());
                    case UNKNOWN -> "an unknown scope of " + optOut.getRepository();
                };
        return "%s opted out at %s".formatted(what, optOut.getRequestedAt());
    }
}
