package io.prefstream.content;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prefstream.content.git.GitAddress;
import io.prefstream.content.git.GitLocator;
import io.prefstream.content.git.GitRepositories;
import io.prefstream.content.git.GitUnavailableException;
import io.prefstream.content.git.GitUnavailableException.Cause;
import io.prefstream.content.testing.GitRepositoryOnDisk;
import io.prefstream.content.testing.GitRepositoryOverHttp;
import io.prefstream.schemas.Origin;
import io.prefstream.schemas.Publication;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.util.FS;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The way that {@code https://} repositories are read, less the TLS. */
class GitOverHttpTest {

    @TempDir Path folder;
    private GitRepositoryOnDisk repository;
    private GitRepositoryOverHttp remote;
    private GitRepositories repositories;
    private GitContentFetcher fetcher;
    private File home;

    @BeforeEach
    void serve() {
        repository = GitRepositoryOnDisk.create(folder.resolve("repository"));
        remote = GitRepositoryOverHttp.of(repository.gitFolder());
        repositories = new GitRepositories(folder.resolve("cache"));
        fetcher = new GitContentFetcher(repositories, ContentLimits.DEFAULTS);
        home = FS.DETECTED.userHome();
        // The credentials of whoever runs the test stay out of it.
        FS.DETECTED.setUserHome(folder.toFile());
    }

    @AfterEach
    void close() {
        FS.DETECTED.setUserHome(home);
        fetcher.close();
        remote.close();
        repository.close();
    }

    @Test
    void headsAreFetchedAndLaterWhatIsNew() throws Exception {
        repository.write("A.java", "1").commit("one");
        ObjectId two = repository.write("A.java", "2").commit("two");
        assertThatCode(() -> repositories.check(remote.address())).doesNotThrowAnyException();
        assertThat(repositories.heads(remote.address(), List.of(), 1).commitByBranch())
                .containsExactly(Map.entry("main", two));

        ObjectId three = repository.write("A.java", "3").commit("three");
        assertThat(repositories.heads(remote.address(), List.of(), 1).commitByBranch())
                .containsExactly(Map.entry("main", three));
    }

    @Test
    void anEmptyRepositoryHasNoHeads() throws Exception {
        assertThat(repositories.heads(remote.address(), List.of(), 1).commitByBranch()).isEmpty();
    }

    @Test
    void aCommitsFilesAreReadThoughNothingWasFetchedBefore() {
        repository.write("A.java", "class A {}").write("B.java", "class B {}").commit("one");
        ObjectId two = repository.write("A.java", "class A { int a; }").commit("two");
        repository.write("C.java", "class C {}").commit("three");

        assertThat(texts(fetch(two, false))).isEqualTo(Map.of("A.java", "class A { int a; }"));
        assertThat(texts(fetch(two, true))).containsOnlyKeys("A.java", "B.java");
    }

    @Test
    void theParentComesWithACommitThatIsFetchedAlone() {
        ObjectId one = repository.write("A.java", "class A {}").commit("one");
        ObjectId two = repository.write("A.java", "class A { int a; }").commit("two");

        CommitChange change = ((Fetched) fetch(two, false)).change();

        assertThat(change.parent()).isEqualTo(one.name());
        assertThat(change.before())
                .extracting(file -> new String(file.bytes(), UTF_8))
                .containsExactly("class A {}");
        // At the edge of what is here now it is a root; it is fetched again, with its own parent.
        assertThat(((Fetched) fetch(one, false)).change()).isNull();
    }

    @Test
    void whatWasFetchedIsReadWhileTheRemoteIsDown() {
        repository.write("A.java", "class A {}").commit("one");
        ObjectId two = repository.write("B.java", "class B {}").commit("two");
        fetch(two, false);
        remote.stop();

        assertThat(texts(fetch(two, false))).containsOnlyKeys("B.java");
    }

    @Test
    void aRemoteThatWantsALoginIsNamedWithTheFileThatShouldHoldIt() {
        ObjectId one = repository.write("A.java", "class A {}").commit("one");
        remote.requireLogin("ada", "secret");

        String message = remote.address() + " wants a login that ~/.netrc does not hold";
        assertUnavailable(Cause.UNREACHABLE, message);
        assertThat(fetch(one, false)).isEqualTo(new FetchFailed(FetchFailure.UNREACHABLE, message));
    }

    @Test
    void theLoginComesFromTheNetrcFile() throws Exception {
        ObjectId one = repository.write("A.java", "class A {}").commit("one");
        remote.requireLogin("ada", "secret");
        Files.writeString(
                folder.resolve(".netrc"), "machine 127.0.0.1 login ada password secret\n");

        assertThat(repositories.heads(remote.address(), List.of(), 1).commitByBranch())
                .containsExactly(Map.entry("main", one));
        assertThat(texts(fetch(one, false))).containsOnlyKeys("A.java");
    }

    @Test
    void aRepositoryThatTheRemoteDoesNotHaveIsNotFound() {
        ObjectId one = repository.write("A.java", "class A {}").commit("one");
        remote.fail(404);

        String message = "no git repository at " + remote.address();
        assertUnavailable(Cause.MISSING, message);
        assertThat(fetch(one, false)).isEqualTo(new FetchFailed(FetchFailure.NOT_FOUND, message));
    }

    @Test
    void aRemoteThatFailsOrDoesNotListenIsUnreachableAndReadLater() {
        ObjectId one = repository.write("A.java", "class A {}").commit("one");
        remote.fail(503);
        assertUnavailable(Cause.UNREACHABLE, remote.address() + " could not be read: 503");
        remote.stop();
        assertUnavailable(
                Cause.UNREACHABLE,
                remote.address() + " could not be read: java.net.ConnectException: Connection");
        assertThat(fetch(one, false))
                .isInstanceOfSatisfying(
                        FetchFailed.class,
                        failed -> assertThat(failed.reason().retryable()).isTrue());

        remote.work();
        remote.restart();

        assertThat(texts(fetch(one, false))).containsOnlyKeys("A.java");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    <title>Hi</title> | could not be read: invalid advertisement of <title>Hi</title>
                    ''                | does not answer as a git remote does
                    """)
    void aPageInPlaceOfARepositoryIsUnreachableAndReadLater(String page, String message) {
        ObjectId one = repository.write("A.java", "class A {}").commit("one");
        remote.showPage(page);
        assertUnavailable(Cause.UNREACHABLE, remote.address() + " " + message);
        assertThat(fetch(one, false))
                .isInstanceOfSatisfying(
                        FetchFailed.class,
                        failed -> assertThat(failed.reason().retryable()).isTrue());

        remote.work();

        assertThat(texts(fetch(one, false))).containsOnlyKeys("A.java");
    }

    @Test
    void anAddressWithALoginInItIsRefusedWithoutRepeatingIt() {
        for (String login : List.of("ada:secret", "secret")) {
            assertThatThrownBy(
                            () ->
                                    repositories.check(
                                            remote.address().replace("//", "//" + login + "@")))
                    .hasMessage(
                            "the address of 127.0.0.1/team/repository.git holds a user or password;"
                                    + " put both into ~/.netrc");
        }
    }

    @Test
    void aCommitThatTheRemoteDoesNotHaveIsNotFound() {
        repository.write("A.java", "class A {}").commit("one");
        ObjectId absent = ObjectId.fromString("1234567890123456789012345678901234567890");
        assertThat(fetch(absent, false))
                .isEqualTo(
                        new FetchFailed(
                                FetchFailure.NOT_FOUND,
                                "no commit " + absent.name() + " in " + remote.address()));
    }

    private void assertUnavailable(Cause why, String message) {
        assertThatThrownBy(() -> repositories.check(remote.address()))
                .isInstanceOfSatisfying(
                        GitUnavailableException.class, e -> assertThat(e.why()).isEqualTo(why))
                .hasMessageStartingWith(message)
                .hasMessageNotContaining("\n");
    }

    private FetchResult fetch(ObjectId commit, boolean snapshot) {
        return fetcher.fetch(
                Publication.newBuilder()
                        .setRepository(GitAddress.canonicalName(remote.address()))
                        .setOrigin(Origin.GIT)
                        .setRevision(commit.name())
                        .setRef("main")
                        .setLocator(new GitLocator(remote.address(), snapshot).toString())
                        .setPublishedAt(Instant.EPOCH)
                        .build());
    }

    private static Map<String, String> texts(FetchResult result) {
        assertThat(result).isInstanceOf(Fetched.class);
        Map<String, String> texts = new TreeMap<>();
        ((Fetched) result)
                .files()
                .forEach(file -> texts.put(file.path(), new String(file.bytes(), UTF_8)));
        return texts;
    }
}
