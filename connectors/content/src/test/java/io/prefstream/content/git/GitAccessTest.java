package io.prefstream.content.git;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prefstream.content.testing.GitRepositoryOnDisk;
import io.prefstream.content.testing.GitRepositoryOverHttp;
import io.prefstream.content.testing.RawHttpServer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Addresses that come from elsewhere must not lead into the house. */
class GitAccessTest {

    private static final GitAccess PUBLIC =
            GitAccess.toPublicAnd(List.of("/srv/local"), GitAccess.DEFAULT_CACHE_BYTES);

    @TempDir private Path folder;

    @Test
    void aRemoteOnThisMachineIsRefusedUnlessItsHostWasNamed() throws Exception {
        try (GitRepositoryOverHttp remote = remote()) {
            assertThatThrownBy(
                            () ->
                                    new GitRepositories(folder.resolve("cache"), PUBLIC)
                                            .check(remote.address()))
                    .isInstanceOf(GitUnavailableException.class)
                    .hasMessageContaining("which is not on the public internet");
            GitAccess named =
                    GitAccess.toPublicAnd(
                            List.of("http://127.0.0.1/other.git"), GitAccess.DEFAULT_CACHE_BYTES);
            assertThatCode(
                            () ->
                                    new GitRepositories(folder.resolve("cache"), named)
                                            .check(remote.address()))
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void aRedirectIntoTheHouseIsRefused() throws Exception {
        try (GitRepositoryOverHttp remote = remote();
                RawHttpServer outside = new RawHttpServer()) {
            String target = remote.address().replace("127.0.0.1", "localhost");
            outside.on(
                    "/repository.git/info/refs",
                    RawHttpServer.of(
                            302,
                            Map.of("Location", target + "/info/refs?service=git-upload-pack"),
                            new byte[0]));
            GitAccess named =
                    GitAccess.toPublicAnd(
                            List.of("http://127.0.0.1/other.git"), GitAccess.DEFAULT_CACHE_BYTES);
            assertThatThrownBy(
                            () ->
                                    new GitRepositories(folder.resolve("cache"), named)
                                            .check(outside.uri("/repository.git").toString()))
                    .isInstanceOf(GitUnavailableException.class)
                    .hasStackTraceContaining("localhost leads to 127.0.0.1");
        }
    }

    private GitRepositoryOverHttp remote() {
        try (GitRepositoryOnDisk disk = GitRepositoryOnDisk.create(folder.resolve("remote"))) {
            disk.write("a.txt", "a").commit("first");
            return GitRepositoryOverHttp.of(disk.gitFolder());
        }
    }
}
