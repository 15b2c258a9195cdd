package io.prefstream.feeds.packages;

import io.prefstream.feeds.packages.Registry.NoPackageException;
import io.prefstream.feeds.watch.FeedClock;
import io.prefstream.feeds.watch.FeedEvents;
import io.prefstream.feeds.watch.Look;
import io.prefstream.feeds.watch.UnreadableParts;
import io.prefstream.feeds.watch.Watcher;
import io.prefstream.schemas.DeadLetter;
import io.prefstream.schemas.Publication;
import io.prefstream.schemas.RepoEvent;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches packages by name, or all of a registry (target {@value #ALL}). Marks of a package are the
 * versions that were seen; those of a registry are its own.
 */
final class PackageWatcher implements Watcher {

    static final String ALL = "*";

    private static final String RECENT = "recent";
    private static final int MAX_RECENT = 1_000;

    private static final Logger LOG = LoggerFactory.getLogger(PackageWatcher.class);

    private final Registry registry;
    private final int initialVersions;
    private final FeedClock clock;

    private PackageWatcher(Registry registry, int initialVersions, FeedClock clock) {
        this.registry = registry;
        this.initialVersions = initialVersions;
        this.clock = clock;
    }

    /** Opens a registry where it is watched. */
    @FunctionalInterface
    interface RegistryOpener extends Serializable {
        Registry open();
    }

    record Opener(RegistryOpener registry, int initialVersions, FeedClock clock)
            implements Watcher.Factory {
        @Override
        public Watcher open() {
            return new PackageWatcher(registry.open(), initialVersions, clock);
        }
    }

    @Override
    public void check(String target) throws IOException {
        try {
            if (target.equals(ALL)) {
                var unused = registry.news(new TreeMap<>());
            } else {
                var unused = registry.releases(target);
            }
        } catch (MalformedPackageException e) {
            throw new IOException(e.address() + ": " + e.getMessage(), e);
        }
    }

    @Override
    public Look look(String target, SortedMap<String, String> seen) throws IOException {
        return target.equals(ALL) ? everything(seen) : one(target, seen);
    }

    @Override
    public void close() {
        registry.close();
    }

    private Look one(String name, SortedMap<String, String> seen) throws IOException {
        List<Release> releases;
        try {
            releases = registry.releases(name);
        } catch (MalformedPackageException e) {
            throw new IOException(e.address() + ": " + e.getMessage(), e);
        }
        SortedMap<String, String> nowSeen = new TreeMap<>(seen);
        List<Release> fresh = new ArrayList<>();
        for (Release release : releases) {
            if (nowSeen.put(release.version(), "") == null) {
                fresh.add(release);
            }
        }
        int skipped = seen.isEmpty() ? Math.max(0, fresh.size() - initialVersions) : 0;
        List<RepoEvent> events = new ArrayList<>();
        for (Release release : fresh.subList(skipped, fresh.size())) {
            events.add(event(name, release));
        }
        return new Look(events, nowSeen);
    }

    private Look everything(SortedMap<String, String> seen) throws IOException {
        News news = registry.news(seen);
        List<RepoEvent> events = new ArrayList<>();
        List<DeadLetter> unreadable = new ArrayList<>();
        if (news.gapFrom() != null && news.gapTo() != null) {
            events.add(
                    FeedEvents.gap(
                            registry.feed(),
                            ALL,
                            news.gapFrom(),
                            news.gapTo(),
                            "more versions than the registry shows came between two looks",
                            clock.now()));
        }
        Set<String> recent = recent(seen);
        for (News.Change change : news.changes()) {
            try {
                for (Release release : registry.releases(change.name())) {
                    if (isNew(release, change)
                            && recent.add(change.name() + "@" + release.version())) {
                        events.add(event(change.name(), release));
                    }
                }
            } catch (NoPackageException e) {
                LOG.debug("{} is gone again", change.name(), e);
            } catch (MalformedPackageException e) {
                unreadable.add(
                        UnreadableParts.letter(
                                e.address(),
                                0,
                                e.answer(),
                                String.valueOf(e.getMessage()),
                                clock.now()));
            }
        }
        SortedMap<String, String> marks = new TreeMap<>(news.marks());
        if (!recent.isEmpty()) {
            int tooMany = Math.max(0, recent.size() - MAX_RECENT);
            marks.put(RECENT, String.join(",", recent.stream().skip(tooMany).toList()));
        }
        Look look = news.unfinished() ? Look.part(events, marks) : new Look(events, marks);
        return look.without(unreadable);
    }

    /**
     * Versions that were announced lately, the oldest first: a package may change again at once.
     */
    private static Set<String> recent(SortedMap<String, String> seen) {
        String joined = seen.get(RECENT);
        return joined == null
                ? new LinkedHashSet<>()
                : new LinkedHashSet<>(List.of(joined.split(",")));
    }

    private static boolean isNew(Release release, News.Change change) {
        return change.version() == null
                ? change.since() == null || !release.publishedAt().isBefore(change.since())
                : release.version().equals(change.version());
    }

    private RepoEvent event(String name, Release release) {
        Publication publication =
                Publication.newBuilder()
                        .setRepository(registry.repository(name))
                        .setOrigin(registry.origin())
                        .setRevision(release.version())
                        .setLocator(release.archive())
                        .setPublishedAt(release.publishedAt())
                        .setDigest(release.digest())
                        .setDeclaredLicence(release.licence())
                        .build();
        return FeedEvents.published(
                registry.feed(), name + "@" + release.version(), publication, "", clock.now());
    }
}
