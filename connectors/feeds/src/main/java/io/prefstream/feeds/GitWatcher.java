package io.prefstream.feeds;

import io.prefstream.content.git.GitAddress;
import io.prefstream.content.git.GitLocator;
import io.prefstream.content.git.GitRepositories;
import io.prefstream.feeds.watch.FeedClock;
import io.prefstream.feeds.watch.FeedEvents;
import io.prefstream.feeds.watch.Look;
import io.prefstream.feeds.watch.Watcher;
import io.prefstream.schemas.Origin;
import io.prefstream.schemas.Publication;
import io.prefstream.schemas.RepoEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevSort;
import org.eclipse.jgit.revwalk.RevWalk;

/**
 * Marks for each branch the commit that it pointed to, with its time in milliseconds. Marks of
 * deleted branches stay, so that their commits are not new again when a branch comes back.
 */
final class GitWatcher implements Watcher {

    static final String FEED = "git";
    static final String SNAPSHOT = "snapshot";

    private final GitRepositories repositories;
    private final List<String> branches;
    private final int initialDepth;
    private final FeedClock clock;

    private GitWatcher(Opener opener) {
        this.repositories = new GitRepositories(Path.of(opener.cache()));
        this.branches = opener.branches();
        this.initialDepth = opener.initialDepth();
        this.clock = opener.clock();
    }

    record Opener(String cache, List<String> branches, int initialDepth, FeedClock clock)
            implements Watcher.Factory {
        @Override
        public Watcher open() {
            return new GitWatcher(this);
        }
    }

    @Override
    public void check(String target) throws IOException {
        repositories.check(target);
    }

    @Override
    public Look look(String target, SortedMap<String, String> seen) throws IOException {
        SortedMap<String, ObjectId> heads =
                repositories.heads(target, branches, initialDepth + 1).commitByBranch();
        SortedMap<String, String> nowSeen = new TreeMap<>(seen);
        List<RepoEvent> events = new ArrayList<>();
        try (Repository repository = repositories.open(target);
                RevWalk walk = new RevWalk(repository)) {
            Set<ObjectId> emitted = new HashSet<>();
            for (Map.Entry<String, ObjectId> head : heads.entrySet()) {
                Branch branch = new Branch(target, head.getKey(), walk, nowSeen);
                branch.look(head.getValue(), seen.isEmpty(), emitted, events);
                RevCommit commit = walk.parseCommit(head.getValue());
                nowSeen.put(head.getKey(), new Mark(commit.getId(), timeOf(commit)).toString());
            }
        }
        return new Look(events, nowSeen);
    }

    @Override
    public void close() {}

    private static Instant timeOf(RevCommit commit) {
        return commit.getCommitterIdent().getWhenAsInstant();
    }

    /** One branch in one look. */
    private final class Branch {
        private final String target;
        private final String name;
        private final RevWalk walk;
        private final SortedMap<String, String> seen;

        Branch(String target, String name, RevWalk walk, SortedMap<String, String> seen) {
            this.target = target;
            this.name = name;
            this.walk = walk;
            this.seen = seen;
        }

        void look(ObjectId head, boolean firstLook, Set<ObjectId> emitted, List<RepoEvent> events)
                throws IOException {
            String text = seen.get(name);
            Mark last = text == null ? null : Mark.parse(text);
            if (last != null && last.commit().equals(head)) {
                return;
            }
            boolean lastIsGone = last != null && !walk.getObjectReader().has(last.commit());
            if (last != null && lastIsGone) {
                events.add(
                        FeedEvents.gap(
                                FEED,
                                target,
                                last.time(),
                                clock.now(),
                                "branch %s was rewritten and its old commit %s is gone"
                                        .formatted(name, last.commit().name()),
                                clock.now()));
            }
            if (firstLook || lastIsGone) {
                newest(head, emitted, events, true);
            } else if (last != null && !GitAddress.isLocal(target) && isRewritten(last, head)) {
                // What was fetched of a rewritten branch may reach back to its beginning.
                newest(head, emitted, events, false);
            } else {
                unseen(head, emitted, events);
            }
        }

        private boolean isRewritten(Mark last, ObjectId head) throws IOException {
            walk.reset();
            return !walk.isMergedInto(walk.parseCommit(last.commit()), walk.parseCommit(head));
        }

        /** Follows first parents from the head, so that each commit builds on the one before. */
        private void newest(
                ObjectId head, Set<ObjectId> emitted, List<RepoEvent> events, boolean snapshot)
                throws IOException {
            List<RevCommit> chain = new ArrayList<>();
            ObjectId next = head;
            while (next != null && chain.size() < initialDepth && !emitted.contains(next)) {
                RevCommit commit = walk.parseCommit(next);
                chain.add(commit);
                next = commit.getParentCount() == 0 ? null : commit.getParent(0).getId();
            }
            boolean joinsEmitted = next != null && emitted.contains(next);
            Collections.reverse(chain);
            boolean oldest = true;
            for (RevCommit commit : chain) {
                emit(commit, snapshot && oldest && !joinsEmitted, emitted, events);
                oldest = false;
            }
        }

        private void unseen(ObjectId head, Set<ObjectId> emitted, List<RepoEvent> events)
                throws IOException {
            walk.reset();
            walk.sort(RevSort.TOPO, true);
            walk.sort(RevSort.REVERSE, true);
            walk.markStart(walk.parseCommit(head));
            for (String mark : seen.values()) {
                ObjectId known = Mark.parse(mark).commit();
                if (walk.getObjectReader().has(known)) {
                    walk.markUninteresting(walk.parseCommit(known));
                }
            }
            List<RevCommit> commits = new ArrayList<>();
            for (RevCommit commit = walk.next(); commit != null; commit = walk.next()) {
                commits.add(commit);
            }
            for (RevCommit commit : commits) {
                if (!emitted.contains(commit)) {
                    emit(commit, false, emitted, events);
                }
            }
        }

        private void emit(
                RevCommit commit, boolean snapshot, Set<ObjectId> emitted, List<RepoEvent> events)
                throws IOException {
            walk.parseHeaders(commit);
            emitted.add(commit.getId());
            Publication publication =
                    Publication.newBuilder()
                            .setRepository(GitAddress.canonicalName(target))
                            .setOrigin(Origin.GIT)
                            .setRevision(commit.name())
                            .setRef(name)
                            .setLocator(new GitLocator(target, snapshot).toString())
                            .setPublishedAt(timeOf(commit))
                            .build();
            events.add(
                    FeedEvents.published(
                            FEED,
                            name + "@" + commit.name(),
                            publication,
                            snapshot ? SNAPSHOT : "",
                            clock.now()));
        }
    }

    /** A commit that a branch pointed to. */
    private record Mark(ObjectId commit, Instant time) {

        static Mark parse(String text) {
            int space = text.indexOf(' ');
            return new Mark(
                    ObjectId.fromString(text.substring(0, space)),
                    Instant.ofEpochMilli(Long.parseLong(text.substring(space + 1))));
        }

        @Override
        public String toString() {
            return commit.name() + " " + time.toEpochMilli();
        }
    }
}
