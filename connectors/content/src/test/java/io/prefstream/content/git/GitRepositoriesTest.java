package io.prefstream.content.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prefstream.content.testing.GitRepositoryOnDisk;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.eclipse.jgit.transport.Daemon;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GitRepositoriesTest {

    @TempDir Path folder;
    private GitRepositoryOnDisk repository;
    private GitRepositories repositories;

    @BeforeEach
    void newRepository() {
        repository = GitRepositoryOnDisk.create(folder.resolve("repository"));
        repositories = new GitRepositories(folder.resolve("cache"));
    }

    @AfterEach
    void close() {
        repository.close();
    }

    @Test
    void aLocatorReadsWhatItWrote() {
        assertThat(GitLocator.parse("/a#b")).isEqualTo(new GitLocator("/a#b", false));
        assertThat(GitLocator.parse(new GitLocator("https://h/r.git", true).toString()))
                .isEqualTo(new GitLocator("https://h/r.git", true));
    }

    @Test
    void findsARepositoryByItsFolderItsGitFolderAndItsUrl() {
        for (String address :
                List.of(
                        repository.folder().toString(),
                        repository.gitFolder().toString(),
                        "file://" + repository.folder())) {
            assertThatCode(() -> repositories.check(address)).doesNotThrowAnyException();
        }
    }

    @Test
    void saysInOneLineWhatIsNoRepository() {
        assertThatThrownBy(() -> repositories.check(folder.toString()))
                .hasMessage("no git repository at " + folder);
        assertThatThrownBy(() -> repositories.check("/no/such/folder"))
                .hasMessage("no git repository at /no/such/folder: no such folder");
    }

    @Test
    void anEmptyRepositoryHasNoHeads() throws Exception {
        assertThat(
                        repositories
                                .heads(repository.folder().toString(), List.of(), 1)
                                .commitByBranch())
                .isEmpty();
    }

    @Test
    void headsAreThoseOfHeadOrOfTheNamedBranches() throws Exception {
        ObjectId main = repository.commit("one");
        ObjectId side = repository.checkout("side").commit("two");
        String address = repository.folder().toString();
        repository.checkout("main");

        assertThat(repositories.heads(address, List.of(), 1).commitByBranch())
                .containsExactly(Map.entry("main", main));
        assertThat(
                        repositories
                                .heads(address, List.of("side", "main", "absent"), 1)
                                .commitByBranch())
                .containsExactly(Map.entry("main", main), Map.entry("side", side));
    }

    @Test
    void ofARemoteRepositoryOnlyTheAskedDepthIsFetchedAndLaterWhatIsNew() throws Exception {
        repository.write("A.java", "1").commit("one");
        ObjectId two = repository.write("A.java", "2").commit("two");
        ObjectId three = repository.write("A.java", "3").commit("three");
        try (Served served = Served.of(repository.gitFolder())) {
            assertThat(repositories.heads(served.address(), List.of(), 2).commitByBranch())
                    .containsExactly(Map.entry("main", three));
            assertThat(history(served.address(), three)).containsExactly(three, two);

            ObjectId four = repository.write("A.java", "4").commit("four");
            assertThat(repositories.heads(served.address(), List.of(), 2).commitByBranch())
                    .containsExactly(Map.entry("main", four));
            assertThat(history(served.address(), four)).containsExactly(four, three, two);
        }
    }

    @Test
    void aRemoteCommitIsFetchedTogetherWithItsParent() throws Exception {
        ObjectId one = repository.write("A.java", "1").commit("one");
        ObjectId two = repository.write("A.java", "2").commit("two");
        repository.write("A.java", "3").commit("three");
        try (Served served = Served.of(repository.gitFolder());
                Repository opened = repositories.openAt(served.address(), two, "main")) {
            assertThat(opened.getObjectDatabase().has(one)).isTrue();
            assertThat(history(served.address(), two)).contains(two, one);
        }
    }

    @Test
    void aRemoteThatDoesNotAnswerIsUnreachable() throws Exception {
        String address;
        try (Served served = Served.of(repository.gitFolder())) {
            address = served.address();
        }
        assertThatThrownBy(() -> repositories.check(address))
                .isInstanceOfSatisfying(
                        GitUnavailableException.class,
                        e ->
                                assertThat(e.why())
                                        .isEqualTo(GitUnavailableException.Cause.UNREACHABLE));
    }

    private List<ObjectId> history(String address, ObjectId head) throws Exception {
        try (Repository opened = repositories.open(address);
                RevWalk walk = new RevWalk(opened)) {
            walk.markStart(walk.parseCommit(head));
            List<ObjectId> commits = new ArrayList<>();
            walk.forEach(commit -> commits.add(commit.getId()));
            return commits;
        }
    }

    /** A repository behind the git protocol, on a free port of this machine. */
    private record Served(Daemon daemon, Repository repository) implements AutoCloseable {

        static Served of(Path gitFolder) throws Exception {
            Repository repository =
                    new FileRepositoryBuilder().setGitDir(gitFolder.toFile()).build();
            Daemon daemon = new Daemon(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            daemon.setRepositoryResolver(
                    (request, name) -> {
                        repository.incrementOpen();
                        return repository;
                    });
            daemon.getService("git-upload-pack").setEnabled(true);
            daemon.start();
            return new Served(daemon, repository);
        }

        String address() {
            return "git://127.0.0.1:" + daemon.getAddress().getPort() + "/repository.git";
        }

        @Override
        public void close() throws Exception {
            daemon.stopAndWait();
            repository.close();
        }
    }
}
