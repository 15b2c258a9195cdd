package io.prefstream.feeds.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.content.testing.GitRepositoryOnDisk;
import io.prefstream.content.testing.GitRepositoryOverHttp;
import io.prefstream.feeds.GitFeedSource;
import io.prefstream.schemas.FeedGap;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The git feed over the way that {@code https://} repositories are read, less the TLS. */
class GitOverHttpFeedTest extends FeedContract {

    private final List<GitRepositoryOnDisk> repositories = new ArrayList<>();
    private final List<GitRepositoryOverHttp> remotes = new ArrayList<>();
    private int commits;

    @BeforeEach
    void serve() {
        for (int number = 0; number < REPOSITORIES; number++) {
            GitRepositoryOnDisk repository =
                    GitRepositoryOnDisk.create(folder.resolve("repository" + number));
            repositories.add(repository);
            remotes.add(GitRepositoryOverHttp.of(repository.gitFolder()));
        }
    }

    @AfterEach
    void close() {
        remotes.forEach(GitRepositoryOverHttp::close);
        repositories.forEach(GitRepositoryOnDisk::close);
    }

    @Override
    WatchSource feed(WatchOptions watch, int count) {
        return feed(
                watch,
                remotes.subList(0, count).stream().map(GitRepositoryOverHttp::address).toList());
    }

    @Override
    String publish(int number) {
        int file = commits++;
        return repositories
                .get(number)
                .write("F" + file + ".java", "class F {}")
                .commit("c" + file)
                .name();
    }

    @Override
    WatchSource feedOverNothing() {
        return feed(watch(true), List.of(remotes.get(0).address().replace("team", "nothing")));
    }

    @Test
    void aRemoteThatNobodyListensAtIsReadWhenItIsBack() throws Exception {
        String first = publish();
        var reader = started(feed(false));
        elapse(reader);
        remotes.get(0).stop();
        String second = publish();
        for (int look = 0; look < 3; look++) {
            elapse(reader);
        }
        assertThat(revisions()).containsExactly(first);

        remotes.get(0).restart();
        elapse(reader);

        assertThat(revisions()).containsExactly(first, second);
    }

    @Test
    void anOutageDelaysEventsAndFailsNoTask() throws Exception {
        GitRepositoryOverHttp remote = remotes.get(0);
        remote.fail(503);
        String first = publish();
        StreamExecutionEnvironment env = environment();
        env.enableCheckpointing(50);
        env.configure(new Configuration().set(RestartStrategyOptions.RESTART_STRATEGY, "none"));
        var results =
                env.fromSource(feed(false), WatermarkStrategy.noWatermarks(), "feed")
                        .map(new EventOf())
                        .collectAsync();
        JobClient job = env.executeAsync();
        try {
            remote.awaitRefused(3);
            remote.work();
            assertThat(Events.revisionOf(results.next())).isEqualTo(first);
            remote.showPage("");
            String second = publish();
            remote.awaitRefused(3);
            remote.work();
            assertThat(Events.revisionOf(results.next())).isEqualTo(second);
        } finally {
            job.cancel().get();
            assertThat(job.getJobExecutionResult()).failsWithin(Duration.ofMinutes(1));
            results.close();
        }
    }

    @Test
    void aBoundedFeedReportsAGapThatSaysWhatWasAnswered() throws Exception {
        publish();
        remotes.get(0).requireLogin("ada", "secret");
        var reader = started(feed(watch(true).withRetries(2, Duration.ZERO), 1));
        elapse(reader);
        elapse(reader);
        assertThat(events())
                .extracting(event -> ((FeedGap) event.getBody()).getWhy())
                .containsExactly(
                        remotes.get(0).address()
                                + ": not read after 2 attempts: "
                                + remotes.get(0).address()
                                + " wants a login that ~/.netrc does not hold");
    }

    private WatchSource feed(WatchOptions watch, List<String> addresses) {
        return GitFeedSource.of(addresses)
                .cache(folder.resolve("cache"))
                .initialDepth(2)
                .watch(watch)
                .build();
    }
}
