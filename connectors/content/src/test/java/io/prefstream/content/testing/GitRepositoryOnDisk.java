package io.prefstream.content.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.MergeCommand.FastForwardMode;
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
        return done(
                () ->
                        new GitRepositoryOnDisk(
                                Git.init()
                                        .setDirectory(folder.toFile())
                                        .setInitialBranch("main")
                                        .call()));
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
        Path file = folder().resolve(path);
        done(() -> Files.createDirectories(file.getParent()));
        done(() -> Files.write(file, bytes));
        return this;
    }

    public GitRepositoryOnDisk delete(String path) {
        return deleteFile(folder().resolve(path));
    }

    public GitRepositoryOnDisk link(String path, String target) {
        done(() -> Files.createSymbolicLink(folder().resolve(path), Path.of(target)));
        return this;
    }

    /** Commits all that was written and deleted. */
    public ObjectId commit(String message) {
        done(() -> git.add().addFilepattern(".").call());
        done(() -> git.add().addFilepattern(".").setUpdate(true).call());
        return commitIndex(message);
    }

    /** Commits a reference to a commit of another repository. */
    public ObjectId commitSubmodule(String path, ObjectId commit) {
        DirCache index = done(() -> git.getRepository().lockDirCache());
        DirCacheBuilder builder = index.builder();
        builder.keep(0, index.getEntryCount());
        DirCacheEntry entry = new DirCacheEntry(path);
        entry.setFileMode(FileMode.GITLINK);
        entry.setObjectId(commit);
        builder.add(entry);
        done(builder::commit);
        return commitIndex("submodule");
    }

    /** Makes a branch at HEAD, or moves to it if it is there. */
    public GitRepositoryOnDisk checkout(String branch) {
        boolean there =
                done(() -> git.getRepository().exactRef(Constants.R_HEADS + branch)) != null;
        done(() -> git.checkout().setName(branch).setCreateBranch(!there).call());
        return this;
    }

    public ObjectId merge(String branch) {
        done(
                () ->
                        git.merge()
                                .include(git.getRepository().resolve(branch))
                                .setCommit(false)
                                .setFastForward(FastForwardMode.NO_FF)
                                .call());
        return commitIndex("merge " + branch);
    }

    public GitRepositoryOnDisk deleteBranch(String branch) {
        done(() -> git.branchDelete().setBranchNames(branch).setForce(true).call());
        return this;
    }

    /** Moves the branch to another commit, as a force-push does. */
    public GitRepositoryOnDisk resetTo(ObjectId commit) {
        done(() -> git.reset().setMode(ResetType.HARD).setRef(commit.name()).call());
        return this;
    }

    /** Takes an object away, as pruning does; it must not be packed. */
    public GitRepositoryOnDisk prune(ObjectId object) {
        String name = object.name();
        return deleteFile(
                gitFolder()
                        .resolve("objects")
                        .resolve(name.substring(0, 2))
                        .resolve(name.substring(2)));
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

    private ObjectId commitIndex(String message) {
        PersonIdent author =
                new PersonIdent(
                        "Ada", "ada@example.org", BEGIN.plusSeconds(60L * commits), ZoneOffset.UTC);
        commits++;
        return done(
                () ->
                        git.commit()
                                .setMessage(message)
                                .setAuthor(author)
                                .setCommitter(author)
                                .setSign(false)
                                .setAllowEmpty(true)
                                .call()
                                .getId());
    }

    private GitRepositoryOnDisk deleteFile(Path file) {
        done(
                () -> {
                    Files.delete(file);
                    return file;
                });
        return this;
    }

    @Override
    public void close() {
        git.close();
    }

    /** A step that fails only when the test itself is wrong. */
    private interface Step<T> {
        T take() throws IOException, GitAPIException;
    }

    private static <T> T done(Step<T> step) {
        try {
            return step.take();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GitAPIException e) {
            throw new IllegalStateException(e);
        }
    }
}
