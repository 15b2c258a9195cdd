package io.prefstream.feeds.packages;

import io.prefstream.content.http.HttpAccess;
import io.prefstream.feeds.watch.FeedClock;
import io.prefstream.feeds.watch.WatchOptions;
import io.prefstream.feeds.watch.WatchSource;
import java.net.URI;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * New versions of packages, by name or of a whole registry. The first look at a named package
 * announces its newest versions; a whole registry begins with now.
 */
public final class PackageFeedSource extends WatchSource {

    static final String NPM = "npm";
    static final String PYPI = "pypi";
    static final String CRATES = "crates";

    private static final long serialVersionUID = 1L;

    private PackageFeedSource(String feed, Settings settings, PackageWatcher.RegistryOpener open) {
        super(
                feed,
                settings.packages().isEmpty() ? List.of(PackageWatcher.ALL) : settings.packages(),
                settings.watch(),
                new PackageWatcher.Opener(
                        open, settings.initialVersions(), settings.watch().clock()));
    }

    /**
     * What to watch.
     *
     * @param packages names; none for the whole registry
     * @param initialVersions newest versions of a package that its first look announces
     * @param privateAddresses whether a registry may be on a private network, by plain http too
     */
    public record Settings(
            Collection<String> packages,
            int initialVersions,
            boolean privateAddresses,
            WatchOptions watch) {

        public Settings {
            packages = List.copyOf(packages);
            for (String name : packages) {
                if (!name.matches("(@[A-Za-z0-9._~-]+/)?[A-Za-z0-9._~-]+")) {
                    throw new IllegalArgumentException("'%s' is no package".formatted(name));
                }
            }
            if (initialVersions < 1) {
                throw new IllegalArgumentException(
                        "initialVersions must be at least 1, got " + initialVersions);
            }
        }

        private HttpAccess access(String... addresses) {
            Set<String> hosts = new TreeSet<>();
            for (String address : addresses) {
                hosts.add(String.valueOf(URI.create(address).getHost()));
            }
            return HttpAccess.to(hosts).withPrivateAddresses(privateAddresses);
        }
    }

    /**
     * The canonical name of a package, as events carry it: {@code npm:left-pad}.
     *
     * @param feed {@code npm}, {@code pypi} or {@code crates}
     */
    public static String repository(String feed, String name) {
        return feed + ":" + (feed.equals(PYPI) ? PypiRegistry.normalized(name) : name);
    }

    /**
     * The npm registry.
     *
     * @param registry such as {@code https://registry.npmjs.org}
     * @param replication such as {@code https://replicate.npmjs.com/registry}
     */
    public static PackageFeedSource npm(String registry, String replication, Settings settings) {
        HttpAccess access = settings.access(registry, replication);
        FeedClock clock = settings.watch().clock();
        return new PackageFeedSource(
                NPM, settings, () -> new NpmRegistry(registry, replication, access, clock));
    }

    /**
     * The Python Package Index.
     *
     * @param index such as {@code https://pypi.org}
     */
    public static PackageFeedSource pypi(String index, Settings settings) {
        HttpAccess access = settings.access(index);
        return new PackageFeedSource(PYPI, settings, () -> new PypiRegistry(index, access));
    }

    /**
     * crates.io.
     *
     * @param index such as {@code https://index.crates.io}
     * @param files such as {@code https://static.crates.io}
     */
    public static PackageFeedSource crates(String index, String files, Settings settings) {
        HttpAccess access = settings.access(index, files);
        return new PackageFeedSource(
                CRATES, settings, () -> new CratesRegistry(index, files, access));
    }
}
