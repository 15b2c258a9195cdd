package io.prefstream.feeds.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.content.testing.GitRepositoryOnDisk;
import io.prefstream.feeds.GitFeedSource;
import io.prefstream.schemas.FeedGap;
import io.prefstream.schemas.Origin;
import io.prefstream.schemas.Publication;
import java.time.Duration;
import java.util.List;
import org.eclipse.jgit.lib.ObjectId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GitFeedTest extends FeedContract {

    private GitRepositoryOnDisk repository;
    private int commits;

    @BeforeEach
    void newRepository() {
        repository = GitRepositoryOnDisk.create(folder.resolve("repository"));
    }

    @AfterEach
    void close() {
        repository.close();
    }

    @Override
    WatchSource feed(boolean bounded) {
        return feed(bounded, repository.folder().toString());
    }

    @Override
    String publish() {
        return commit().name();
    }

    @Override
    WatchSource feedOverNothing() {
        return feed(true, folder.resolve("nothing").toString());
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
        int number = commits++;
        return repository.write("F" + number + ".java", "class F {}").commit("c" + number);
    }

    private WatchSource feed(boolean bounded, String address) {
        GitFeedSource.Builder builder =
                GitFeedSource.of(List.of(address))
                        .cache(folder.resolve("cache"))
                        .initialDepth(2)
                        .pollInterval(Duration.ofMillis(20))
                        .clock(() -> Events.NOON);
        return bounded ? builder.bounded().build() : builder.build();
    }
}
