package io.prefstream.content.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prefstream.content.git.GitUnavailableException.Cause;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
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

    @Test
    void whatWasNotUsedLongestGoesWhenTheCacheIsFull() throws Exception {
        GitCache cache = cache(Duration.ZERO);
        Instant now = Instant.parse("2026-05-01T12:00:00Z");
        List<File> folders = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            File repository = folderOf(cache, "https://example.org/code-" + i);
            Files.write(repository.toPath().resolve("objects/large"), new byte[1_000_000]);
            Files.setLastModifiedTime(
                    repository.toPath(), FileTime.from(now.minus(Duration.ofHours(4 - i))));
            folders.add(repository);
        }
        try (FolderLock held = cache.lock("https://example.org/code-0")) {
            held.requireHeld(); // somebody fetches into the oldest
            GitCacheLimit.enforce(root(), 2_500_000, Duration.ofMinutes(90), now);
        }
        assertThat(folders.get(0)).exists();
        assertThat(folders.get(1)).doesNotExist();
        assertThat(folders.get(2)).doesNotExist();
        assertThat(folders.get(3)).as("in use").exists();
        GitCacheLimit.enforce(root(), 1, Duration.ofMinutes(90), now);
        assertThat(folders.get(0)).doesNotExist();
        assertThat(folders.get(3)).as("in use").exists();
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
        return new GitCache(root(), lockTimeout, GitAccess.DEFAULT_CACHE_BYTES);
    }

    private Path root() {
        return folder.resolve("cache");
    }
}
