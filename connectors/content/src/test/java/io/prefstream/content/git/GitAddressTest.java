package io.prefstream.content.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prefstream.content.git.GitUnavailableException.Cause;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GitAddressTest {

    @Test
    void oneRepositoryHasOneName() {
        assertThat(GitAddress.canonicalName("https://GitHub.com/apache/flink.git"))
                .isEqualTo(GitAddress.canonicalName("https://github.com/apache/flink/"))
                .isEqualTo("https://github.com/apache/flink");
        assertThat(GitAddress.canonicalName("/srv/code/../git/a"))
                .isEqualTo(GitAddress.canonicalName("file:///srv/git/a"))
                .isEqualTo("file:///srv/git/a");
    }

    @Test
    void aPortTellsRepositoriesApart() {
        assertThat(GitAddress.canonicalName("http://127.0.0.1:8080/r.git"))
                .isEqualTo("http://127.0.0.1:8080/r");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/srv/a", "a", "../a", "file:///srv/a", "C:\\code\\a"})
    void aPathOrFileUrlIsLocal(String address) {
        assertThat(GitAddress.isLocal(address)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://h/r", "http://h/r", "git://h/r", "HTTPS://h/r"})
    void aRemoteIsReachedByHttpsHttpOrGit(String address) {
        assertThat(GitAddress.isLocal(address)).isFalse();
        assertThatCode(() -> GitAddress.requireUsableRemote(address)).doesNotThrowAnyException();
    }

    @Test
    void aFileUrlHasTheFolderOfItsPath() {
        assertThat(GitAddress.localPath("file:///srv/a")).isEqualTo(Path.of("/srv/a"));
        assertThat(GitAddress.localPath("file:/srv/a")).isEqualTo(Path.of("/srv/a"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    ssh://git@host/r.git       | git addresses may be a path, file://, https://, http:// or git://, got ssh://
                    https://ho st/r.git        | not a git URL: https://ho st/r.git
                    https://me:secret@host/r.g | the address of host/r.g holds a user or password; put both into ~/.netrc
                    https://token@host/r.git   | the address of host/r.git holds a user or password; put both into ~/.netrc
                    """)
    void anAddressThatCannotBeUsedIsRefusedInOneLine(String address, String message) {
        assertThatThrownBy(() -> GitAddress.requireUsableRemote(address))
                .isInstanceOfSatisfying(
                        GitUnavailableException.class,
                        e -> assertThat(e.why()).isEqualTo(Cause.UNSUPPORTED))
                .hasMessage(message);
    }
}
