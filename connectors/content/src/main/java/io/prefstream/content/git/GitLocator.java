package io.prefstream.content.git;

/**
 * Where a git publication's content is, as its {@code locator} field says it: the repository, and
 * optionally the fragment {@value #SNAPSHOT}.
 *
 * <p>Without the fragment a commit stands for the files that it changed against its first parent.
 * With it the commit stands for <em>all</em> files of its tree: a feed marks the oldest commit of
 * its first look at a repository this way, so that the snapshot and the commits after it add up to
 * the tree at the head. Only a trailing {@value #SNAPSHOT} is read as the fragment; any other
 * {@code #} belongs to the path.
 *
 * @param repository URL or path
 * @param wholeTree whether all files count rather than the changed ones
 */
public record GitLocator(String repository, boolean wholeTree) {

    static final String SNAPSHOT = "#snapshot";

    /** Reads what {@link #toString} wrote. */
    public static GitLocator parse(String locator) {
        return locator.endsWith(SNAPSHOT)
                ? new GitLocator(locator.substring(0, locator.length() - SNAPSHOT.length()), true)
                : new GitLocator(locator, false);
    }

    @Override
    public String toString() {
        return wholeTree ? repository + SNAPSHOT : repository;
    }
}
