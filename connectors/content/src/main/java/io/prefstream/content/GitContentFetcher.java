package io.prefstream.content;

import io.prefstream.content.git.GitLocator;
import io.prefstream.content.git.GitRepositories;
import io.prefstream.content.git.GitUnavailableException;
import io.prefstream.schemas.Publication;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.eclipse.jgit.treewalk.filter.TreeFilter;
import org.jspecify.annotations.Nullable;

/**
 * Reads the files that a commit added or changed against its first parent; of a commit without
 * parents, and of a publication whose locator is marked as a snapshot ({@link GitLocator}), all
 * files. Deleted files are no entries. Renamed ones count as added: their text is new at that path.
 * The licence files and manifests above the files are handed out beside them ({@link
 * CommitNotices}), and so is how the changed ones stood in the parent, where there is just one.
 * Blobs are read straight from the object store, so no checkout, filter or hook ever runs.
 */
public final class GitContentFetcher implements ContentFetcher {

    private static final int LFS_POINTER_BYTES = 1024;
    private static final byte[] LFS_PREFIX =
            "version https://git-lfs.github.com/spec/".getBytes(StandardCharsets.US_ASCII);

    private final GitRepositories repositories;
    private final ContentLimits limits;
    private final TimedFetches fetches;

    public GitContentFetcher(GitRepositories repositories, ContentLimits limits) {
        this.repositories = repositories;
        this.limits = limits;
        this.fetches = new TimedFetches("fetch-git", limits.timeout());
    }

    @Override
    public FetchResult fetch(Publication publication) {
        String revision = publication.getRevision();
        if (!ObjectId.isId(revision)) {
            return new FetchFailed(
                    FetchFailure.UNSUPPORTED,
                    "the revision of a commit must be 40 hexadecimal digits, got '"
                            + revision
                            + "'");
        }
        GitLocator locator = GitLocator.parse(publication.getLocator());
        ObjectId commit = ObjectId.fromString(revision);
        return fetches.run(
                deadline ->
                        read(
                                locator,
                                commit,
                                publication.getRef(),
                                new FileCollector(limits, deadline)));
    }

    @Override
    public void close() {
        fetches.close();
    }

    private FetchResult read(
            GitLocator locator, ObjectId id, @Nullable String branch, FileCollector collector)
            throws FetchException {
        try (Repository repository = repositories.openAt(locator.repository(), id, branch);
                RevWalk commits = new RevWalk(repository);
                TreeWalk files = new TreeWalk(repository, commits.getObjectReader())) {
            RevCommit commit = commits.parseCommit(id);
            files.setRecursive(true);
            files.addTree(commit.getTree());
            ParentFiles parent = null;
            if (commit.getParentCount() > 0 && !locator.wholeTree()) {
                RevCommit first = commits.parseCommit(commit.getParent(0));
                files.addTree(first.getTree());
                files.setFilter(TreeFilter.ANY_DIFF);
                parent = commit.getParentCount() == 1 ? new ParentFiles(commit, first) : null;
            }
            while (files.next()) {
                collect(files, collector);
                if (parent != null) {
                    parent.note(files);
                }
            }
            Fetched fetched = collector.result();
            ObjectReader objects = files.getObjectReader();
            return new Fetched(
                    fetched.files(),
                    fetched.skipped(),
                    CommitNotices.of(commit.getTree(), fetched.files(), objects),
                    parent == null ? null : parent.change(fetched.files(), objects, collector));
        } catch (GitUnavailableException e) {
            throw new FetchException(reasonOf(e), OneLine.of(e));
        } catch (IOException e) {
            throw new FetchException(
                    FetchFailure.UNREADABLE,
                    "commit " + id.name() + " of " + locator.repository() + ": " + OneLine.of(e));
        }
    }

    private static void collect(TreeWalk files, FileCollector collector) throws FetchException {
        FileMode mode = files.getFileMode(0);
        String path = files.getPathString();
        if (mode.equals(FileMode.MISSING)) {
            return; // deleted
        }
        if (mode.equals(FileMode.GITLINK)) {
            collector.skip(path, -1, FileProblem.SUBMODULE, "a reference to another repository");
            return;
        }
        ObjectId blob = files.getObjectId(0);
        ObjectReader objects = files.getObjectReader();
        long bytes = -1;
        boolean lfsPointer;
        try {
            bytes = objects.getObjectSize(blob, Constants.OBJ_BLOB);
            lfsPointer = isLfsPointer(objects, blob, bytes);
        } catch (IOException e) {
            collector.skip(path, bytes, FileProblem.UNREADABLE, OneLine.of(e));
            return;
        }
        if (mode.equals(FileMode.SYMLINK)) {
            collector.skip(path, bytes, FileProblem.SYMLINK, "a symbolic link");
        } else if (lfsPointer) {
            collector.skip(path, bytes, FileProblem.LFS_POINTER, "kept in Git LFS");
        } else {
            collector.add(path, bytes, () -> objects.open(blob, Constants.OBJ_BLOB).openStream());
        }
    }

    private static boolean isLfsPointer(ObjectReader objects, ObjectId blob, long bytes)
            throws IOException {
        if (bytes > LFS_POINTER_BYTES || bytes < LFS_PREFIX.length) {
            return false;
        }
        byte[] content = objects.open(blob, Constants.OBJ_BLOB).getCachedBytes();
        return Arrays.equals(content, 0, LFS_PREFIX.length, LFS_PREFIX, 0, LFS_PREFIX.length);
    }

    private static FetchFailure reasonOf(GitUnavailableException e) {
        return switch (e.why()) {
            case MISSING -> FetchFailure.NOT_FOUND;
            case UNSUPPORTED -> FetchFailure.UNSUPPORTED;
            case UNREACHABLE -> FetchFailure.UNREACHABLE;
        };
    }
}
