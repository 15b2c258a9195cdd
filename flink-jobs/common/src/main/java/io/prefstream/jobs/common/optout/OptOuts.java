package io.prefstream.jobs.common.optout;

import io.prefstream.jobs.common.Reason;
import io.prefstream.schemas.OptOut;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The opt-outs that are known, and whom they cover. One thread. */
public final class OptOuts {

    /** Why a stage drops what an opt-out covers. */
    public static final Reason OPTED_OUT = () -> "opted-out";

    private final List<OptOut> known;

    /** Those of a list. */
    public OptOuts(List<OptOut> known) {
        this.known = new ArrayList<>(known);
    }

    /** One more. */
    public void add(OptOut optOut) {
        known.add(optOut);
    }

    /**
     * The opt-out that covers a file, or a whole repository.
     *
     * @param path of the file; null for all of the repository, which a path prefix doesn't cover
     */
    public Optional<OptOut> covering(String repository, @Nullable String path) {
        return known.stream().filter(one -> covers(one, repository, path)).findFirst();
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
