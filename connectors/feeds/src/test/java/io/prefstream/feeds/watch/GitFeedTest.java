package io.prefstream.feeds.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.content.testing.GitRepositoryOnDisk;
import io.prefstream.feeds.GitFeedSource;
import io.prefstream.schemas.FeedGap;
import io.prefstream.schemas.Origin;
import io.prefstream.schemas.Publication;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jgit.lib.ObjectId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GitFeedTest extends FeedContract {

    private final List<GitRepositoryOnDisk> repositories = new ArrayList<>();
    private GitRepositoryOnDisk repository;
    private int commits;

    @BeforeEach
    void newRepositories() {
        for (int number = 0; number < REPOSITORIES; number++) {
            repositories.add(GitRepositoryOnDisk.create(folder.resolve("repository" + number)));
        }
        repository = repositories.get(0);
    }

    @AfterEach
    void close() {
        repositories.forEach(GitRepositoryOnDisk::close);
    }

    @Override
    WatchSource feed(WatchOptions watch, int count) {
        return GitFeedSource.of(
                        repositories.subList(0, count).stream()
                                .map(watched -> watched.folder().toString())
                                .toList())
                .initialDepth(2)
                .watch(watch)
                .build();
    }

    @Override
    String publish(int number) {
        return commitTo(repositories.get(number)).name();
    }

    @Override
    WatchSource feedOverNothing() {
        return GitFeedSource.of(List.of(folder.resolve("nothing").toString())).build();
    }

    @Test
    void theOldestEventOfTheFirstLookIsASnapshot() throws Exception {
        commit();
        ObjectId second = commit();
        ObjectId third = commit();
        elapse(started(feed(false)));
        String address = "file://" + repository.folder();
        assertThat(publications())
                .extracting(Publication::getLocator)
                .containsExactly(address + "#snapshot", address);
        assertThat(publications().get(1))
                .isEqualTo(
                        Publication.newBuilder()
                                .setRepository(address)
                                .setOrigin(Origin.GIT)
                                .setRevision(third.name())
                                .setRef("main")
                                .setLocator(address)
                                .setPublishedAt(GitRepositoryOnDisk.BEGIN.plusSeconds(120))
                                .build());
        assertThat(revisions()).containsExactly(second.name(), third.name());
    }

    @Test
    void anEmptyRepositoryYieldsNothingUntilItsFirstCommit() throws Exception {
        var reader = started(feed(false));
        elapse(reader);
        assertThat(events()).isEmpty();
        String first = publish();
        elapse(reader);
        assertThat(revisions()).containsExactly(first);
        assertThat(publications().get(0).getLocator()).endsWith("#snapshot");
    }

    @Test
    void aMergeBringsTheCommitsOfItsSideBranch() throws Exception {
        ObjectId base = commit();
        var reader = started(feed(false));
        elapse(reader);
        repository.checkout("side");
        ObjectId side = commit();
        repository.checkout("main");
        ObjectId main = commit();
        ObjectId merge = repository.merge("side");
        elapse(reader);
        assertThat(revisions())
                .hasSize(4)
                .startsWith(base.name())
                .contains(side.name(), main.name())
                .endsWith(merge.name());
    }

    @Test
    void aRewrittenBranchYieldsWhatIsNewOnIt() throws Exception {
        ObjectId base = commit();
        ObjectId old = commit();
        var reader = started(feed(false));
        elapse(reader);
        repository.resetTo(base);
        ObjectId rewritten = commit();
        elapse(reader);
        assertThat(revisions()).containsExactly(base.name(), old.name(), rewritten.name());
    }

    @Test
    void aRewrittenBranchWhoseOldCommitIsGoneYieldsAGapAndASnapshot() throws Exception {
        ObjectId base = commit();
        ObjectId old = commit();
        var reader = started(feed(false));
        elapse(reader);
        repository.resetTo(base);
        ObjectId rewritten = commit();
        repository.prune(old);
        elapse(reader);
        assertThat(revisions())
                .containsExactly(base.name(), old.name(), "gap", base.name(), rewritten.name());
        assertThat(((FeedGap) events().get(2).getBody()).getWhy())
                .contains(
                        "branch main was rewritten and its old commit " + old.name() + " is gone");
    }

    @Test
    void aDeletedBranchIsNoErrorAndNotNewWhenItComesBack() throws Exception {
        commit();
        ObjectId side = repository.checkout("side").commit("side");
        WatchSource feed =
                GitFeedSource.of(List.of(repository.folder().toString()))
                        .branches(List.of("main", "side"))
                        .initialDepth(5)
                        .build();
        var reader = started(feed);
        elapse(reader);
        int emitted = events().size();
        repository.checkout("main").deleteBranch("side");
        elapse(reader);
        repository.checkout("side").resetTo(side);
        ObjectId more = commit();
        elapse(reader);
        assertThat(emitted).isEqualTo(2);
        assertThat(revisions()).hasSize(3).endsWith(more.name());
    }

    @Test
    void aCommitOnTwoBranchesIsEmittedOnce() throws Exception {
        ObjectId base = commit();
        repository.checkout("side");
        WatchSource feed =
                GitFeedSource.of(List.of(repository.folder().toString()))
                        .branches(List.of("main", "side"))
                        .build();
        var reader = started(feed);
        elapse(reader);
        ObjectId side = commit();
        repository.checkout("main").resetTo(side);
        elapse(reader);
        assertThat(revisions()).containsExactly(base.name(), side.name());
    }

    private ObjectId commit() {
        return commitTo(repository);
    }

    private ObjectId commitTo(GitRepositoryOnDisk changed) {
        int number = commits++;
        return changed.write("F" + number + ".java", "class F {}").commit("c" + number);
    }
}
