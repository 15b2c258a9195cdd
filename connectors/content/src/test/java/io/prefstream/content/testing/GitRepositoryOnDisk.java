package io.prefstream.content.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import org.eclipse.jgit.api.CreateBranchCommand;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.ResetCommand.ResetType;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.eclipse.jgit.dircache.DirCache;
import org.eclipse.jgit.dircache.DirCacheBuilder;
import org.eclipse.jgit.dircache.DirCacheEntry;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.PersonIdent;

/**
 * A git repository that a test writes: one commit a minute from {@link #BEGIN}, so that equal
 * contents give equal hashes.
 */
public final class GitRepositoryOnDisk implements AutoCloseable {

    public static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

    private final Git git;
    private int commits;

    private GitRepositoryOnDisk(Git git) {
        this.git = git;
    }

    /** An empty repository whose HEAD names the unborn branch {@code main}. */
    public static GitRepositoryOnDisk create(Path folder) {
        try {
            return new GitRepositoryOnDisk(
                    Git.init().setDirectory(folder.toFile()).setInitialBranch("main").call());
        } catch (GitAPIException e) {
            throw new IllegalStateException(e);
        }
    }

    public Path folder() {
        return git.getRepository().getWorkTree().toPath();
    }

    public Path gitFolder() {
        return git.getRepository().getDirectory().toPath();
    }

    public GitRepositoryOnDisk write(String path, String text) {
        return write(path, text.getBytes(StandardCharsets.UTF_8));
    }

    public GitRepositoryOnDisk write(String path, byte[] bytes) {
        try {
            Path file = folder().resolve(path);
            Files.createDirectories(file.getParent());
            Files.write(file, bytes);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public GitRepositoryOnDisk delete(String path) {
        try {
            Files.delete(folder().resolve(path));
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public GitRepositoryOnDisk link(String path, String target) {
        try {
            Files.createSymbolicLink(folder().resolve(path), Path.of(target));
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Commits all that was written and deleted. */
    public ObjectId commit(String message) {
        try {
            git.add().addFilepattern(".").call();
            git.add().addFilepattern(".").setUpdate(true).call();
            return git.commit()
                    .setMessage(message)
                    .setAuthor(nextMinute())
                    .setCommitter(nextMinute())
                    .setSign(false)
                    .setAllowEmpty(true)
                    .call()
                    .getId();
        } catch (GitAPIException e) {
            throw new IllegalStateException(e);
        } finally {
            commits++;
        }
    }

    /** Commits a reference to a commit of another repository. */
    public ObjectId commitSubmodule(String path, ObjectId commit) {
        try {
            DirCache index = git.getRepository().lockDirCache();
            DirCacheBuilder builder = index.builder();
            builder.keep(0, index.getEntryCount());
            DirCacheEntry entry = new DirCacheEntry(path);
            entry.setFileMode(FileMode.GITLINK);
            entry.setObjectId(commit);
            builder.add(entry);
            builder.commit();
            return git.commit()
                    .setMessage("submodule")
                    .setAuthor(nextMinute())
                    .setCommitter(nextMinute())
                    .setSign(false)
                    .call()
                    .getId();
        } catch (GitAPIException | IOException e) {
            throw new IllegalStateException(e);
        } finally {
            commits++;
        }
    }

    /** Makes a branch at HEAD, or moves to it if it is there. */
    public GitRepositoryOnDisk checkout(String branch) {
        try {
            boolean there = git.getRepository().exactRef(Constants.R_HEADS + branch) != null;
            git.checkout()
                    .setName(branch)
                    .setCreateBranch(!there)
                    .setUpstreamMode(CreateBranchCommand.SetupUpstreamMode.NOTRACK)
                    .call();
            return this;
        } catch (GitAPIException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    public ObjectId merge(String branch) {
        try {
            ObjectId other = git.getRepository().resolve(branch);
            git.merge()
                    .include(other)
                    .setCommit(false)
                    .setFastForward(org.eclipse.jgit.api.MergeCommand.FastForwardMode.NO_FF)
                    .call();
            return git.commit()
                    .setMessage("merge " + branch)
                    .setAuthor(nextMinute())
                    .setCommitter(nextMinute())
                    .setSign(false)
                    .call()
                    .getId();
        } catch (GitAPIException | IOException e) {
            throw new IllegalStateException(e);
        } finally {
            commits++;
        }
    }

    public GitRepositoryOnDisk deleteBranch(String branch) {
        try {
            git.branchDelete().setBranchNames(branch).setForce(true).call();
            return this;
        } catch (GitAPIException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Moves the branch to another commit, as a force-push does. */
    public GitRepositoryOnDisk resetTo(ObjectId commit) {
        try {
            git.reset().setMode(ResetType.HARD).setRef(commit.name()).call();
            return this;
        } catch (GitAPIException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Takes an object away, as pruning does; it must not be packed. */
    public GitRepositoryOnDisk prune(ObjectId object) {
        try {
            String name = object.name();
            Files.delete(
                    gitFolder()
                            .resolve("objects")
                            .resolve(name.substring(0, 2))
                            .resolve(name.substring(2)));
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Stores an object that no commit refers to. */
    public ObjectId insertBlob(byte[] bytes) {
        try (ObjectInserter inserter = git.getRepository().newObjectInserter()) {
            ObjectId id = inserter.insert(Constants.OBJ_BLOB, bytes);
            inserter.flush();
            return id;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private PersonIdent nextMinute() {
        return new PersonIdent(
                "Ada", "ada@example.org", BEGIN.plusSeconds(60L * commits), ZoneOffset.UTC);
    }

    @Override
    public void close() {
        git.close();
    }
}
