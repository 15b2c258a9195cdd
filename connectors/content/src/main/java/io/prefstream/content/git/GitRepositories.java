package io.prefstream.content.git;

import io.prefstream.content.git.GitUnavailableException.Cause;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.eclipse.jgit.errors.RepositoryNotFoundException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.lib.RepositoryCache.FileKey;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.eclipse.jgit.transport.RefSpec;
import org.eclipse.jgit.util.FS;
import org.jspecify.annotations.Nullable;

/**
 * Git repositories by {@link GitAddress}. A local one is opened in place and never written to; a
 * remote one is fetched, no deeper than asked, into the cache folder. The history is left as the
 * remote has it: a commit at the edge of what was fetched has no parents here.
 */
public final class GitRepositories {

    private static final String TRACKING = Constants.R_REMOTES + "origin/";

    private static final Duration LOCK_TIMEOUT = Duration.ofMinutes(5);

    private final GitCache cache;
    private final GitAccess access;

    /**
     * Of remotes wherever they are: for addresses that the user has named.
     *
     * @param cache folder for what is fetched; made when needed
     */
    public GitRepositories(Path cache) {
        this(cache, GitAccess.ANY);
    }

    /**
     * Of remotes that may be asked: for addresses that come from elsewhere.
     *
     * @param cache folder for what is fetched; made when needed
     */
    public GitRepositories(Path cache, GitAccess access) {
        this(cache, access, LOCK_TIMEOUT);
    }

    GitRepositories(Path cache, GitAccess access, Duration lockTimeout) {
        this.cache = new GitCache(cache, lockTimeout, access.cacheBytes());
        this.access = access;
    }

    /**
     * Looks whether there is a repository, without fetching anything.
     *
     * @throws GitUnavailableException with one line that says what is wrong
     */
    public void check(String address) throws GitUnavailableException {
        if (GitAddress.isLocal(address)) {
            openLocal(address).close();
        } else {
            new GitRemote(address, access).list();
        }
    }

    /**
     * Reads which commits branches point to; of a remote repository fetches those commits too.
     *
     * @param branches short names; empty for the branch that HEAD names
     * @param depth commits to fetch of a branch that was not fetched before, at least 1; later
     *     fetches bring what is new
     */
    public GitHeads heads(String address, List<String> branches, int depth)
            throws GitUnavailableException {
        try {
            return new GitHeads(
                    GitAddress.isLocal(address)
                            ? localHeads(address, branches)
                            : remoteHeads(address, branches, depth));
        } catch (GitUnavailableException e) {
            throw e;
        } catch (IOException e) {
            throw GitUnavailableException.unread(address, e);
        }
    }

    /**
     * Opens what is here of a repository: all of a local one, what was fetched of a remote one. The
     * caller closes it.
     */
    public Repository open(String address) throws GitUnavailableException {
        return GitAddress.isLocal(address) ? openLocal(address) : cache.open(address);
    }

    /**
     * Opens a repository in which a commit and its first parent are present, fetching both if they
     * are not.
     *
     * @param branch where the commit is, for remotes that do not serve commits by hash; null if
     *     unknown
     */
    public Repository openAt(String address, ObjectId commit, @Nullable String branch)
            throws GitUnavailableException {
        Repository repository = open(address);
        try {
            if (!GitAddress.isLocal(address) && !isComplete(repository, commit)) {
                fetchCommit(address, repository, commit, branch);
            }
            if (!repository.getObjectDatabase().has(commit)) {
                throw new GitUnavailableException(
                        Cause.MISSING, "no commit " + commit.name() + " in " + address, null);
            }
            return repository;
        } catch (IOException e) {
            repository.close();
            throw e instanceof GitUnavailableException unavailable
                    ? unavailable
                    : GitUnavailableException.unread(address, e);
        }
    }

    private static Map<String, ObjectId> localHeads(String address, List<String> branches)
            throws IOException {
        Map<String, ObjectId> heads = new TreeMap<>();
        try (Repository repository = openLocal(address)) {
            if (branches.isEmpty()) {
                ObjectId head = repository.resolve(Constants.HEAD);
                String branch = repository.getBranch();
                if (head != null && branch != null) {
                    // Of a detached HEAD getBranch() gives the hash, which moves with it.
                    heads.put(ObjectId.isId(branch) ? Constants.HEAD : branch, head);
                }
            }
            for (String branch : branches) {
                Ref ref = repository.exactRef(Constants.R_HEADS + branch);
                if (ref != null && ref.getObjectId() != null) {
                    heads.put(branch, ref.getObjectId());
                }
            }
        }
        return heads;
    }

    private Map<String, ObjectId> remoteHeads(String address, List<String> branches, int depth)
            throws IOException {
        GitRemote remote = new GitRemote(address, access);
        Map<String, Ref> advertised = remote.list();
        List<String> wanted =
                branches.isEmpty() ? List.of(GitRemote.defaultBranch(advertised)) : branches;
        Map<String, ObjectId> heads = new TreeMap<>();
        try (Repository repository = cache.open(address);
                FolderLock lock = cache.lock(address)) {
            for (String branch : wanted) {
                Ref ref = advertised.get(Constants.R_HEADS + branch);
                if (ref == null || ref.getObjectId() == null) {
                    continue;
                }
                boolean first = repository.exactRef(TRACKING + branch) == null;
                remote.fetch(repository, tracking(branch), first ? depth : 0);
                Ref fetched = repository.exactRef(TRACKING + branch);
                if (fetched != null) {
                    heads.put(branch, fetched.getObjectId());
                }
            }
            lock.requireHeld();
        }
        return heads;
    }

    private void fetchCommit(
            String address, Repository repository, ObjectId commit, @Nullable String branch)
            throws IOException {
        GitRemote remote = new GitRemote(address, access);
        try (FolderLock lock = cache.lock(address)) {
            if (isComplete(repository, commit)) {
                return;
            }
            try {
                remote.fetch(repository, new RefSpec(commit.name()), 2);
            } catch (GitUnavailableException e) {
                // Remotes need not serve commits by hash; the branch has it if anything has.
                remote.fetch(
                        repository, tracking(branch == null ? "*" : branch), Integer.MAX_VALUE);
            }
            lock.requireHeld();
        }
    }

    private static RefSpec tracking(String branch) {
        return new RefSpec("+" + Constants.R_HEADS + branch + ":" + TRACKING + branch);
    }

    private static boolean isComplete(Repository repository, ObjectId commit) throws IOException {
        Set<ObjectId> edge = repository.getObjectDatabase().getShallowCommits();
        return repository.getObjectDatabase().has(commit) && !edge.contains(commit);
    }

    private static Repository openLocal(String address) throws GitUnavailableException {
        Path path;
        try {
            path = GitAddress.localPath(address);
        } catch (IllegalArgumentException e) {
            throw new GitUnavailableException(
                    Cause.UNSUPPORTED, "not a path or URL: " + address, e);
        }
        if (!Files.isDirectory(path)) {
            throw new GitUnavailableException(
                    Cause.MISSING, "no git repository at " + address + ": no such folder", null);
        }
        FileRepositoryBuilder builder = new FileRepositoryBuilder().setMustExist(true);
        File gitDir = FileKey.resolve(path.toFile(), FS.DETECTED);
        if (gitDir != null) {
            builder.setGitDir(gitDir);
        } else if (Files.isRegularFile(path.resolve(Constants.DOT_GIT))) {
            builder.setWorkTree(path.toFile());
        } else {
            throw GitUnavailableException.missing(address, null);
        }
        try {
            return builder.build();
        } catch (RepositoryNotFoundException e) {
            throw GitUnavailableException.missing(address, e);
        } catch (IOException e) {
            throw GitUnavailableException.unread(address, e);
        }
    }
}
