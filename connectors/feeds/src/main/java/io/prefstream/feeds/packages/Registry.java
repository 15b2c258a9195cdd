package io.prefstream.feeds.packages;

import io.prefstream.schemas.Origin;
import java.io.IOException;
import java.util.List;
import java.util.SortedMap;

/** A package registry, as far as a feed asks it. Called by one thread. */
interface Registry extends AutoCloseable {

    /** The feed's name: {@code npm}. */
    String feed();

    Origin origin();

    /** The package's one name: {@code pypi:some-name}. */
    String repository(String name);

    /**
     * The versions of a package that can be had, in the order of publication.
     *
     * @throws NoPackageException if there is no such package
     * @throws MalformedPackageException if the answer cannot be understood
     */
    List<Release> releases(String name) throws IOException, MalformedPackageException;

    /**
     * What has changed in the whole registry.
     *
     * @param seen marks of the last news; empty for the first, which may begin with now
     */
    News news(SortedMap<String, String> seen) throws IOException;

    @Override
    void close();

    /** There is no such package. */
    final class NoPackageException extends IOException {
        private static final long serialVersionUID = 1L;

        NoPackageException(String message) {
            super(message);
        }
    }
}
