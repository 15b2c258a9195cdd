package io.prefstream.content.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prefstream.content.git.GitUnavailableException.Cause;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.jgit.lib.Repository;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class GitCacheTest {

    private static final String ADDRESS = "https://example.org/team/code.git";

    @TempDir Path folder;

    @Test
    void aRemoteHasOneBareRepositoryHoweverItIsTyped() throws Exception {
        GitCache cache = cache(Duration.ZERO);
        File first = folderOf(cache, ADDRESS);
        assertThat(first.toPath()).hasParent(root()).isDirectory();
        assertThat(first.getName()).startsWith("https-example.org-team-code-").endsWith(".git");
        assertThat(folderOf(cache, "https://Example.org/team/code/")).isEqualTo(first);
        assertThat(folderOf(cache, "https://example.org/team-code")).isNotEqualTo(first);
    }

    @Test
    void whoComesSecondIsToldWhatItWaitedFor() throws Exception {
        GitCache cache = cache(Duration.ofMillis(1));
        try (FolderLock held = cache.lock(ADDRESS)) {
            held.requireHeld();
            assertThatThrownBy(() -> cache.lock(ADDRESS))
                    .isInstanceOfSatisfying(
                            GitUnavailableException.class,
                            e -> assertThat(e.why()).isEqualTo(Cause.UNREACHABLE))
                    .hasMessageContaining("is not usable: another process holds " + root());
        }
    }

    @Test
    void aLockIsFreeOnceItIsClosedAndThoseOfOthersAlways() throws Exception {
        GitCache cache = cache(Duration.ofSeconds(20));
        CompletableFuture<Boolean> second;
        try (FolderLock held = cache.lock(ADDRESS);
                FolderLock other = cache.lock("https://example.org/other")) {
            held.requireHeld();
            other.requireHeld();
            second = CompletableFuture.supplyAsync(() -> canLock(cache));
            assertThat(second).isNotDone();
        }
        assertThat(second.get(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aCacheFolderThatIsAFileIsNamed() throws Exception {
        Files.writeString(root(), "in the way");
        assertThatThrownBy(() -> cache(Duration.ZERO).open(ADDRESS))
                .isInstanceOf(GitUnavailableException.class)
                .hasMessageStartingWith("git cache " + root() + " is not usable: ");
    }

    private static boolean canLock(GitCache cache) {
        try (FolderLock lock = cache.lock(ADDRESS)) {
            return lock.lock().isValid();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static File folderOf(GitCache cache, String address) throws Exception {
        try (Repository repository = cache.open(address)) {
            assertThat(repository.isBare()).isTrue();
            return repository.getDirectory();
        }
    }

    private GitCache cache(Duration lockTimeout) {
        return new GitCache(root(), lockTimeout);
    }

    private Path root() {
        return folder.resolve("cache");
    }
}
