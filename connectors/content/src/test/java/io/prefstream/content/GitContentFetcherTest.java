package io.prefstream.content;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.prefstream.content.git.GitAddress;
import io.prefstream.content.git.GitLocator;
import io.prefstream.content.git.GitRepositories;
import io.prefstream.content.testing.GitRepositoryOnDisk;
import io.prefstream.schemas.Origin;
import io.prefstream.schemas.Publication;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.lib.ObjectId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GitContentFetcherTest {

    private static final String LFS =
            "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n";

    @TempDir Path folder;
    private GitRepositoryOnDisk repository;
    private ObjectId root;

    @BeforeEach
    void aRepositoryWithOneCommit() {
        repository = GitRepositoryOnDisk.create(folder.resolve("repository"));
        root = repository.write("A.java", "class A {}").write("b/B.py", "b = 1").commit("root");
    }

    @AfterEach
    void close() {
        repository.close();
    }

    @Test
    void ofTheRootCommitAllFilesAreRead() {
        assertThat(texts(fetched(root, false)))
                .containsOnlyKeys("A.java", "b/B.py")
                .containsEntry("A.java", "class A {}");
    }

    @Test
    void ofALaterCommitOnlyWhatItAddedOrChanged() {
        ObjectId second =
                repository
                        .write("A.java", "class A { int a; }")
                        .write("C.java", "class C {}")
                        .delete("b/B.py")
                        .commit("second");

        assertThat(texts(fetched(second, false)))
                .containsOnlyKeys("A.java", "C.java")
                .containsEntry("A.java", "class A { int a; }");
    }

    @Test
    void handsOutTheNoticesAboveWhatACommitChanged() {
        repository
                .write("LICENSE", "MIT License")
                .write("b/package.json", "{}")
                .write("b/NOTICE", "by us")
                .write("c/COPYING", "GPL")
                .commit("second");
        ObjectId third = repository.write("b/d/C.java", "class C {}").commit("third");

        Fetched fetched = fetched(third, false);

        assertThat(fetched.entries()).isEqualTo(1);
        assertThat(fetched.notices())
                .extracting(SourceFile::path, file -> new String(file.bytes(), UTF_8))
                .containsExactly(tuple("LICENSE", "MIT License"), tuple("b/package.json", "{}"));
        assertThat(fetched(third, true).notices()).isEmpty();
    }

    @Test
    void ofASnapshotAllFilesOfTheTree() {
        ObjectId second = repository.write("C.java", "class C {}").commit("second");
        assertThat(texts(fetched(second, true))).containsOnlyKeys("A.java", "C.java", "b/B.py");
    }

    @Test
    void ofAMergeWhatItBroughtToItsFirstParent() {
        repository.checkout("side").write("Side.java", "class Side {}").commit("side");
        repository.checkout("main").write("Main.java", "class Main {}").commit("main");
        ObjectId merge = repository.merge("side");
        assertThat(texts(fetched(merge, false))).containsOnlyKeys("Side.java");
    }

    @Test
    void handsOutHowTheFilesThatACommitChangedStoodInItsParent() {
        repository.write("LICENSE", "MIT License").write("b/package.json", "{}").commit("notices");
        repository.write("D.java", "class D {}").write("old.py", "c = 1");
        ObjectId parent = repository.commit("parent");
        repository
                .write("A.java", "class A { int a; }")
                .write("b/B.py", "b = 2")
                .write("LICENSE", "ISC License")
                .write("New.java", "class New {}")
                .delete("D.java")
                .delete("old.py")
                .write("renamed.py", "c = 1");
        ObjectId fix = repository.commit("Fix b\n\nIt was 1.");

        CommitChange change = fetched(fix, false).change();

        assertThat(change.parent()).isEqualTo(parent.name());
        assertThat(change.message()).isEqualTo("Fix b\n\nIt was 1.");
        assertThat(change.changedFiles()).isEqualTo(7);
        assertThat(change.before())
                .extracting(SourceFile::path, file -> new String(file.bytes(), UTF_8))
                .containsExactly(
                        tuple("A.java", "class A {}"),
                        tuple("LICENSE", "MIT License"),
                        tuple("b/B.py", "b = 1"));
        assertThat(change.noticesBefore())
                .extracting(SourceFile::path)
                .containsExactly("b/package.json");
    }

    @Test
    void aRootCommitAMergeAndASnapshotHaveNoBefore() {
        repository.checkout("side").write("A.java", "class A { int side; }").commit("side");
        repository.checkout("main").write("b/B.py", "b = 2").commit("main");
        ObjectId merge = repository.merge("side");
        ObjectId last = repository.write("A.java", "class A { int last; }").commit("last");

        assertThat(fetched(root, false).change()).isNull();
        assertThat(texts(fetched(merge, false))).containsOnlyKeys("A.java");
        assertThat(fetched(merge, false).change()).isNull();
        assertThat(fetched(last, true).change()).isNull();
        assertThat(fetched(last, false).change()).isNotNull();
    }

    @Test
    void aCommitAtTheEdgeOfAShallowCloneHasNoBefore() throws Exception {
        repository.write("b/B.py", "b = 2").commit("second");
        ObjectId third = repository.write("b/B.py", "b = 3").commit("third");
        Path shallow = folder.resolve("shallow");
        Git.cloneRepository()
                .setURI(repository.folder().toUri().toString())
                .setDirectory(shallow.toFile())
                .setDepth(1)
                .call()
                .close();

        Fetched fetched = (Fetched) fetch(shallow.toString(), third.name(), false);

        assertThat(texts(fetched)).containsOnlyKeys("A.java", "b/B.py");
        assertThat(fetched.change()).isNull();
    }

    @Test
    void whatOfTheParentIsGoneIsLeftOut() {
        ObjectId second =
                repository
                        .write("A.java", "class A { int a; }")
                        .write("b/B.py", "b = 2")
                        .commit("");
        repository.prune(repository.insertBlob("class A {}".getBytes(UTF_8)));

        Fetched fetched = fetched(second, false);

        assertThat(texts(fetched)).containsOnlyKeys("A.java", "b/B.py");
        assertThat(fetched.change().before())
                .extracting(SourceFile::path)
                .containsExactly("b/B.py");
    }

    @Test
    void theParentsFilesTakeWhatTheCommitsOwnLeaveOfTheLimits() {
        ObjectId parent =
                repository
                        .write("A.java", "a".repeat(90))
                        .write("b/B.py", "b".repeat(30))
                        .commit("");
        ObjectId second =
                repository
                        .write("A.java", "A".repeat(40))
                        .write("b/B.py", "B".repeat(40))
                        .commit("");
        ContentLimits limits = new ContentLimits(100, 120, 10, Duration.ofMinutes(1));

        try (GitContentFetcher fetcher = newFetcher(limits)) {
            Fetched fetched =
                    (Fetched)
                            fetcher.fetch(
                                    publication(
                                            repository.folder().toString(), second.name(), false));

            assertThat(texts(fetched)).containsOnlyKeys("A.java", "b/B.py");
            assertThat(fetched.change().parent()).isEqualTo(parent.name());
            assertThat(fetched.change().before())
                    .extracting(SourceFile::path)
                    .containsExactly("b/B.py");
        }
    }

    @Test
    void aLongMessageIsCutBetweenWords() {
        ObjectId second =
                repository.write("b/B.py", "b = 2").commit("fix " + "word ".repeat(2_000));

        String message = fetched(second, false).change().message();

        assertThat(message).hasSizeBetween(4_000, 4_096).endsWith(" word");
    }

    @Test
    void anEmptyCommitHasNoEntries() {
        assertThat(fetched(repository.commit("empty"), false).entries()).isZero();
    }

    @Test
    void whatIsNoSourceFileIsSkippedWithItsReason() {
        repository
                .write("Huge.java", new byte[50 << 20])
                .write("model.bin", LFS)
                .link("Link.java", "A.java");
        ObjectId second = repository.commit("odd");
        ObjectId third = repository.commitSubmodule("vendor", root);

        assertThat(fetched(second, false).files()).isEmpty();
        assertThat(fetched(second, false).skipped())
                .extracting(SkippedFile::path, SkippedFile::reason)
                .containsExactly(
                        tuple("Huge.java", FileProblem.TOO_LARGE),
                        tuple("Link.java", FileProblem.SYMLINK),
                        tuple("model.bin", FileProblem.LFS_POINTER));
        assertThat(fetched(third, false).skipped())
                .extracting(SkippedFile::path, SkippedFile::reason)
                .containsExactly(tuple("vendor", FileProblem.SUBMODULE));
    }

    @Test
    void aBlobThatIsGoneIsSkippedAndTheOthersAreRead() {
        ObjectId lost = repository.insertBlob("class A {}".getBytes(UTF_8));
        repository.prune(lost);

        Fetched fetched = fetched(root, false);

        assertThat(fetched.files()).extracting(SourceFile::path).containsExactly("b/B.py");
        assertThat(fetched.skipped())
                .extracting(SkippedFile::path, SkippedFile::reason)
                .containsExactly(tuple("A.java", FileProblem.UNREADABLE));
    }

    @Test
    void aMissingCommitOrRepositoryIsNotFound() {
        assertFailed(
                fetch(
                        repository.folder().toString(),
                        "1234567890123456789012345678901234567890",
                        false),
                FetchFailure.NOT_FOUND,
                "no commit 1234567890123456789012345678901234567890 in");
        assertFailed(
                fetch(folder.resolve("nothing").toString(), root.name(), false),
                FetchFailure.NOT_FOUND,
                "no such folder");
        assertFailed(
                fetch(folder.toString(), root.name(), false),
                FetchFailure.NOT_FOUND,
                "no git repository at " + folder);
    }

    @Test
    void aRevisionThatIsNoHashIsUnsupported() {
        assertFailed(
                fetch(repository.folder().toString(), "HEAD", false),
                FetchFailure.UNSUPPORTED,
                "must be 40 hexadecimal digits, got 'HEAD'");
    }

    @Test
    void theOriginDecidesWhoFetches() {
        try (DispatchingContentFetcher fetcher =
                new DispatchingContentFetcher(
                        Map.of(Origin.GIT, newFetcher(ContentLimits.DEFAULTS)))) {
            Publication commit = publication(repository.folder().toString(), root.name(), false);
            assertThat(fetcher.fetch(commit)).isInstanceOf(Fetched.class);
            assertFailed(
                    fetcher.fetch(Publication.newBuilder(commit).setOrigin(Origin.UNKNOWN).build()),
                    FetchFailure.UNSUPPORTED,
                    "no fetcher for publications of origin UNKNOWN");
        }
    }

    private Fetched fetched(ObjectId commit, boolean snapshot) {
        return (Fetched) fetch(repository.folder().toString(), commit.name(), snapshot);
    }

    private FetchResult fetch(String address, String revision, boolean snapshot) {
        try (GitContentFetcher fetcher = newFetcher(ContentLimits.DEFAULTS)) {
            return fetcher.fetch(publication(address, revision, snapshot));
        }
    }

    private GitContentFetcher newFetcher(ContentLimits limits) {
        return new GitContentFetcher(new GitRepositories(folder.resolve("cache")), limits);
    }

    private static Publication publication(String address, String revision, boolean snapshot) {
        return Publication.newBuilder()
                .setRepository(GitAddress.canonicalName(address))
                .setOrigin(Origin.GIT)
                .setRevision(revision)
                .setRef("main")
                .setLocator(new GitLocator(address, snapshot).toString())
                .setPublishedAt(Instant.EPOCH)
                .build();
    }

    private static TreeMap<String, String> texts(Fetched fetched) {
        TreeMap<String, String> texts = new TreeMap<>();
        fetched.files().forEach(file -> texts.put(file.path(), new String(file.bytes(), UTF_8)));
        return texts;
    }

    private static void assertFailed(FetchResult result, FetchFailure reason, String detail) {
        assertThat(result)
                .asInstanceOf(type(FetchFailed.class))
                .satisfies(
                        failed -> {
                            assertThat(failed.reason()).isEqualTo(reason);
                            assertThat(failed.detail()).contains(detail);
                        });
    }
}
