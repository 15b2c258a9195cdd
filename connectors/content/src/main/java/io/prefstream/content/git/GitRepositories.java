package io.prefstream.content.git;

import io.prefstream.content.git.GitUnavailableException.Cause;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.eclipse.jgit.api.errors.InvalidRemoteException;
import org.eclipse.jgit.errors.NoRemoteRepositoryException;
import org.eclipse.jgit.errors.RepositoryNotFoundException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.EmptyProgressMonitor;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.lib.RepositoryCache.FileKey;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.eclipse.jgit.transport.NetRCCredentialsProvider;
import org.eclipse.jgit.transport.RefSpec;
import org.eclipse.jgit.transport.TagOpt;
import org.eclipse.jgit.util.FS;
import org.jspecify.annotations.Nullable;

/**
 * Git repositories by address. A path or {@code file://} URL is opened in place and never written
 * to; a remote one ({@code https://}, {@code http://}, {@code git://}) is fetched, no deeper than
 * asked, into a bare repository of its own under the cache folder, which several processes may
 * share: a lock file lets one of them fetch at a time.
 *
 * <p>Credentials come from {@code ~/.netrc}; an address that carries a password is refused, because
 * addresses travel on topics. The history is left as the remote has it: a commit at the edge of
 * what was fetched has no parents here.
 */
public final class GitRepositories {

    private static final Duration IO_TIMEOUT = Duration.ofSeconds(60);
    private static final Duration LOCK_POLL = Duration.ofMillis(50);

    private final Path cache;
    private final Duration lockTimeout;

    /**
     * @param cache folder for what is fetched; made when needed
     */
    public GitRepositories(Path cache) {
        this(cache, Duration.ofMinutes(5));
    }

    GitRepositories(Path cache, Duration lockTimeout) {
        this.cache = cache;
        this.lockTimeout = lockTimeout;
    }

    /** Whether this address names a folder of this machine. */
    public static boolean isLocal(String address) {
        return address.startsWith("file:") || !address.matches("^[A-Za-z][A-Za-z0-9+.-]+://.*");
    }

    /**
     * The name that records carry: one per repository, however it was typed. Local ones become
     * {@code file://} URLs of the absolute path; remote ones lose a trailing {@code .git} or slash.
     *
     * @throws IllegalArgumentException if the address cannot be understood
     */
    public static String canonicalName(String address) {
        if (isLocal(address)) {
            String path = localPath(address).toAbsolutePath().normalize().toString();
            return "file://" + path.replace('\\', '/');
        }
        URI uri = remoteUri(address);
        String path = uri.getPath() == null ? "" : uri.getPath();
        String bare = path.replaceAll("/+$", "").replaceAll("\\.git$", "");
        String host = String.valueOf(uri.getHost()).toLowerCase(Locale.ROOT);
        return uri.getScheme().toLowerCase(Locale.ROOT)
                + "://"
                + host
                + (uri.getPort() < 0 ? "" : ":" + uri.getPort())
                + bare;
    }

    /**
     * Looks whether there is a repository, without fetching anything.
     *
     * @throws GitUnavailableException with one line that says what is wrong
     */
    public void check(String address) throws GitUnavailableException {
        if (isLocal(address)) {
            openLocal(address).close();
        } else {
            listRemote(address);
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
        return isLocal(address)
                ? localHeads(address, branches)
                : remoteHeads(address, branches, depth);
    }

    /**
     * Opens what is here of a repository: all of a local one, what was fetched of a remote one. The
     * caller closes it.
     */
    public Repository open(String address) throws GitUnavailableException {
        return isLocal(address) ? openLocal(address) : openCache(address);
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
            if (!isLocal(address) && !isComplete(repository, commit)) {
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
                    : unreachable(address, e);
        }
    }

    private GitHeads localHeads(String address, List<String> branches)
            throws GitUnavailableException {
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
        } catch (GitUnavailableException e) {
            throw e;
        } catch (IOException e) {
            throw unreachable(address, e);
        }
        return new GitHeads(heads);
    }

    private GitHeads remoteHeads(String address, List<String> branches, int depth)
            throws GitUnavailableException {
        Map<String, Ref> advertised = listRemote(address);
        List<String> wanted = branches.isEmpty() ? List.of(defaultBranch(advertised)) : branches;
        Map<String, ObjectId> heads = new TreeMap<>();
        try (Repository repository = openCache(address);
                CacheLock lock = lock(address)) {
            for (String branch : wanted) {
                Ref ref = advertised.get(Constants.R_HEADS + branch);
                if (ref == null || ref.getObjectId() == null) {
                    continue;
                }
                String tracking = Constants.R_REMOTES + "origin/" + branch;
                boolean first = repository.exactRef(tracking) == null;
                RefSpec spec = new RefSpec("+" + Constants.R_HEADS + branch + ":" + tracking);
                fetch(address, repository, spec, first ? depth : 0);
                Ref fetched = repository.exactRef(tracking);
                if (fetched != null) {
                    heads.put(branch, fetched.getObjectId());
                }
            }
            lock.held();
        } catch (GitUnavailableException e) {
            throw e;
        } catch (IOException e) {
            throw unreachable(address, e);
        }
        return new GitHeads(heads);
    }

    private static String defaultBranch(Map<String, Ref> advertised) {
        Ref head = advertised.get(Constants.HEAD);
        if (head == null) {
            return Constants.MASTER;
        }
        if (head.isSymbolic()) {
            return Repository.shortenRefName(head.getTarget().getName());
        }
        List<String> candidates = new ArrayList<>(List.of("main", Constants.MASTER));
        advertised.keySet().stream()
                .filter(name -> name.startsWith(Constants.R_HEADS))
                .map(Repository::shortenRefName)
                .forEach(candidates::add);
        for (String candidate : candidates) {
            Ref ref = advertised.get(Constants.R_HEADS + candidate);
            if (ref != null && head.getObjectId().equals(ref.getObjectId())) {
                return candidate;
            }
        }
        return Constants.MASTER;
    }

    private Map<String, Ref> listRemote(String address) throws GitUnavailableException {
        String url = checkedRemote(address);
        try {
            return Git.lsRemoteRepository()
                    .setRemote(url)
                    .setTimeout((int) IO_TIMEOUT.toSeconds())
                    .setCredentialsProvider(new NetRCCredentialsProvider())
                    .callAsMap();
        } catch (InvalidRemoteException e) {
            throw new GitUnavailableException(Cause.MISSING, "no git repository at " + address, e);
        } catch (GitAPIException e) {
            throw unreachable(address, e);
        }
    }

    private static boolean isComplete(Repository repository, ObjectId commit) throws IOException {
        Set<ObjectId> edge = repository.getObjectDatabase().getShallowCommits();
        return repository.getObjectDatabase().has(commit) && !edge.contains(commit);
    }

    private void fetchCommit(
            String address, Repository repository, ObjectId commit, @Nullable String branch)
            throws IOException {
        try (CacheLock lock = lock(address)) {
            if (isComplete(repository, commit)) {
                return;
            }
            try {
                fetch(address, repository, new RefSpec(commit.name()), 2);
            } catch (GitUnavailableException e) {
                // Remotes need not serve commits by hash; the branch has it if anything has.
                String heads =
                        branch == null ? Constants.R_HEADS + "*" : Constants.R_HEADS + branch;
                String tracking = Constants.R_REMOTES + "origin/" + (branch == null ? "*" : branch);
                fetch(
                        address,
                        repository,
                        new RefSpec("+" + heads + ":" + tracking),
                        Integer.MAX_VALUE);
            }
            lock.held();
        }
    }

    private void fetch(String address, Repository repository, RefSpec spec, int depth)
            throws GitUnavailableException {
        try {
            var fetch =
                    Git.wrap(repository)
                            .fetch()
                            .setRemote(checkedRemote(address))
                            .setRefSpecs(spec)
                            .setTagOpt(TagOpt.NO_TAGS)
                            .setTimeout((int) IO_TIMEOUT.toSeconds())
                            .setCredentialsProvider(new NetRCCredentialsProvider())
                            .setProgressMonitor(new InterruptibleMonitor());
            if (depth > 0) {
                fetch.setDepth(depth);
            }
            fetch.call();
        } catch (GitAPIException e) {
            throw unreachable(address, e);
        }
    }

    private Repository openLocal(String address) throws GitUnavailableException {
        Path path;
        try {
            path = localPath(address);
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
            throw new GitUnavailableException(
                    Cause.MISSING, "no git repository at " + address, null);
        }
        try {
            return builder.build();
        } catch (RepositoryNotFoundException e) {
            throw new GitUnavailableException(Cause.MISSING, "no git repository at " + address, e);
        } catch (IOException e) {
            throw unreachable(address, e);
        }
    }

    private Repository openCache(String address) throws GitUnavailableException {
        File folder = cacheFolder(address).toFile();
        try {
            Repository repository = new FileRepositoryBuilder().setGitDir(folder).setBare().build();
            if (!repository.getObjectDatabase().exists()) {
                try (CacheLock lock = lock(address)) {
                    if (!repository.getObjectDatabase().exists()) {
                        repository.create(true);
                    }
                    lock.held();
                }
            }
            return repository;
        } catch (GitUnavailableException e) {
            throw e;
        } catch (IOException e) {
            throw new GitUnavailableException(
                    Cause.UNREACHABLE,
                    "git cache " + folder + " is not usable: " + e.getMessage(),
                    e);
        }
    }

    private Path cacheFolder(String address) throws GitUnavailableException {
        String name;
        try {
            name = canonicalName(address);
        } catch (IllegalArgumentException e) {
            throw new GitUnavailableException(Cause.UNSUPPORTED, "not a git URL: " + address, e);
        }
        String readable = name.replaceAll("[^A-Za-z0-9.]+", "-");
        UUID unique = UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
        return cache.resolve(
                readable.substring(Math.max(0, readable.length() - 60)) + "-" + unique + ".git");
    }

    private CacheLock lock(String address) throws GitUnavailableException {
        Path folder = cacheFolder(address);
        Path file = folder.resolveSibling(folder.getFileName() + ".lock");
        try {
            Files.createDirectories(cache);
            return CacheLock.take(file, lockTimeout);
        } catch (IOException e) {
            throw new GitUnavailableException(
                    Cause.UNREACHABLE,
                    "git cache " + cache + " is not usable: " + e.getMessage(),
                    e);
        }
    }

    private static String checkedRemote(String address) throws GitUnavailableException {
        URI uri;
        try {
            uri = remoteUri(address);
        } catch (IllegalArgumentException e) {
            throw new GitUnavailableException(Cause.UNSUPPORTED, "not a git URL: " + address, e);
        }
        if (!Set.of("https", "http", "git").contains(uri.getScheme().toLowerCase(Locale.ROOT))) {
            throw new GitUnavailableException(
                    Cause.UNSUPPORTED,
                    "git addresses may be a path, file://, https://, http:// or git://, got "
                            + uri.getScheme()
                            + "://",
                    null);
        }
        if (uri.getUserInfo() != null && uri.getUserInfo().contains(":")) {
            throw new GitUnavailableException(
                    Cause.UNSUPPORTED,
                    "the address of "
                            + uri.getHost()
                            + uri.getPath()
                            + " holds a password; put it into ~/.netrc",
                    null);
        }
        return address;
    }

    private static URI remoteUri(String address) {
        try {
            return new URI(address);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("not a URL: " + address, e);
        }
    }

    private static Path localPath(String address) {
        try {
            if (!address.startsWith("file:")) {
                return Path.of(address);
            }
            String path = address.substring("file:".length());
            return Path.of(path.startsWith("//") ? path.substring(2) : path);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("not a path: " + address, e);
        }
    }

    private static GitUnavailableException unreachable(String address, Exception error) {
        Throwable root = error;
        while (root.getCause() != null) {
            if (root instanceof NoRemoteRepositoryException) {
                return new GitUnavailableException(
                        Cause.MISSING, "no git repository at " + address, error);
            }
            root = root.getCause();
        }
        return new GitUnavailableException(
                root instanceof NoRemoteRepositoryException ? Cause.MISSING : Cause.UNREACHABLE,
                address + " could not be read: " + root,
                error);
    }

    /** Stops a transfer whose thread was interrupted. */
    private static final class InterruptibleMonitor extends EmptyProgressMonitor {
        @Override
        public boolean isCancelled() {
            return Thread.currentThread().isInterrupted();
        }
    }

    /** One fetcher at a time over all processes, held until closed. */
    private record CacheLock(FileChannel channel, FileLock lock) implements AutoCloseable {

        static CacheLock take(Path file, Duration timeout) throws IOException {
            long deadline = System.nanoTime() + timeout.toNanos();
            FileChannel channel =
                    FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            try {
                while (true) {
                    FileLock lock = tryLock(channel);
                    if (lock != null) {
                        return new CacheLock(channel, lock);
                    }
                    if (System.nanoTime() - deadline >= 0) {
                        throw new IOException("another process holds " + file);
                    }
                    Thread.sleep(LOCK_POLL.toMillis());
                }
            } catch (InterruptedException e) {
                channel.close();
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while waiting for " + file, e);
            } catch (IOException e) {
                channel.close();
                throw e;
            }
        }

        private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
            try {
                return channel.tryLock();
            } catch (OverlappingFileLockException e) {
                return null; // held by another thread of this process
            }
        }

        /** Fails if the lock was lost, which only a broken file system does. */
        void held() throws IOException {
            if (!lock.isValid()) {
                throw new IOException("the lock on the git cache was lost");
            }
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
