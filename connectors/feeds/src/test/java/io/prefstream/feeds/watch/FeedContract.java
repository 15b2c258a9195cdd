package io.prefstream.feeds.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.schemas.FeedOutput;
import io.prefstream.schemas.RepoEvent;
import io.prefstream.topics.flink.AvroType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every feed promises. A subclass publishes into a repository of its own. */
@Timeout(120)
abstract class FeedContract extends FeedFixture {

    static final int REPOSITORIES = 3;

    /**
     * A feed over the first few of the test's repositories, whose first look emits two publications
     * of each at most.
     */
    abstract WatchSource feed(WatchOptions watch, int repositories);

    /** Publishes something in one of {@link #REPOSITORIES} and returns its revision. */
    abstract String publish(int repository);

    /** A feed over a repository that does not exist. */
    abstract WatchSource feedOverNothing();

    final WatchSource feed(boolean bounded) {
        return feed(watch(bounded), 1);
    }

    final String publish() {
        return publish(0);
    }

    @Test
    void theFirstLookEmitsTheNewestPublicationsOldestFirst() throws Exception {
        publish();
        String second = publish();
        String third = publish();
        SourceReader<FeedOutput, WatchSplit> reader = started(feed(false));
        elapse(reader);
        assertThat(revisions()).containsExactly(second, third);
    }

    @Test
    void aNewPublicationIsEmittedByTheNextLook() throws Exception {
        String first = publish();
        SourceReader<FeedOutput, WatchSplit> reader = started(feed(false));
        elapse(reader);
        elapse(reader);
        assertThat(revisions()).containsExactly(first);
        String second = publish();
        String third = publish();
        String fourth = publish();
        elapse(reader);
        elapse(reader);
        assertThat(revisions()).containsExactly(first, second, third, fourth);
    }

    @Test
    void aRestoredReaderEmitsNothingTwiceAndLosesNothing() throws Exception {
        String first = publish();
        String second = publish();
        WatchSource feed = feed(false);
        SourceReader<FeedOutput, WatchSplit> reader = started(feed);
        elapseOne(reader);
        assertThat(revisions()).containsExactly(first);

        List<WatchSplit> checkpoint = serialized(feed, reader.snapshotState(1));
        reader.close();
        String third = publish();
        SourceReader<FeedOutput, WatchSplit> restored = restored(feed, checkpoint);
        elapse(restored);
        elapse(restored);
        restored.close();

        assertThat(revisions()).containsExactly(first, second, third);
    }

    @Test
    void equalPublicationsHaveEqualEvents() throws Exception {
        publish();
        publish();
        elapse(started(feed(false)));
        elapse(started(feed(false)));
        assertThat(events()).hasSize(4);
        assertThat(events().subList(2, 4)).isEqualTo(events().subList(0, 2));
        assertThat(timestamps()).doesNotContain(0L);
    }

    @Test
    void aBoundedFeedRunsInAClusterAndEnds() throws Exception {
        String first = publish();
        String second = publish();
        List<RepoEvent> events = new ArrayList<>();
        StreamExecutionEnvironment env = environment();
        try (CloseableIterator<RepoEvent> results =
                env.fromSource(feed(true), WatermarkStrategy.noWatermarks(), "feed")
                        .map(new EventOf())
                        .executeAndCollect()) {
            results.forEachRemaining(events::add);
        }
        assertThat(events).extracting(Events::revisionOf).containsExactly(first, second);
    }

    @Test
    void anEndlessFeedInAClusterEmitsEachPublicationOnceThoughATaskFails() throws Exception {
        String first = publish();
        StreamExecutionEnvironment env = environment();
        env.enableCheckpointing(50);
        Path failed = folder.resolve("failed");
        var stream =
                env.fromSource(feed(false), WatermarkStrategy.noWatermarks(), "feed")
                        .map(new EventOf())
                        .map(new FailOnce(first, failed.toString()));
        CloseableIterator<RepoEvent> results = stream.collectAsync();
        JobClient job = env.executeAsync();
        try {
            assertThat(Events.revisionOf(results.next())).isEqualTo(first);
            String second = publish();
            assertThat(Events.revisionOf(results.next())).isEqualTo(second);
            assertThat(failed).exists();
            String third = publish();
            assertThat(Events.revisionOf(results.next())).isEqualTo(third);
        } finally {
            job.cancel().get();
            assertThat(job.getJobExecutionResult()).failsWithin(Duration.ofMinutes(1));
            results.close();
        }
    }

    @Test
    void eachPublicationIsEmittedOnceThroughSavepointsWithMoreAndFewerTasks() throws Exception {
        List<String> published = new ArrayList<>();
        List<String> emitted = new ArrayList<>();
        String savepoint = null;
        for (int parallelism : List.of(1, 2, 1)) {
            // A first look takes two: after a restore it would repeat an event or lose one.
            int whileStopped = savepoint == null ? 2 : parallelism == 2 ? 1 : 3;
            for (int repository = 0; repository < REPOSITORIES; repository++) {
                for (int i = 0; i < whileStopped; i++) {
                    published.add(publish(repository));
                }
            }
            StreamExecutionEnvironment env = environment();
            env.setParallelism(parallelism);
            env.enableCheckpointing(50);
            if (savepoint != null) {
                env.configure(
                        new Configuration()
                                .set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint)
                                .set(StateRecoveryOptions.SAVEPOINT_IGNORE_UNCLAIMED_STATE, true));
            }
            CloseableIterator<RepoEvent> results =
                    env.fromSource(
                                    feed(watch(false), REPOSITORIES),
                                    WatermarkStrategy.noWatermarks(),
                                    "feed")
                            .uid("feed")
                            // The collecting end must not find its own state: its uid follows this.
                            .map(new EventOf())
                            .uid("after-" + savepoint)
                            .collectAsync();
            JobClient job = env.executeAsync();
            takeUntil(results, emitted, published);
            // What is published while the job runs comes after whatever a restore repeats.
            for (int repository = 0; repository < REPOSITORIES; repository++) {
                published.add(publish(repository));
            }
            takeUntil(results, emitted, published);
            savepoint =
                    job.stopWithSavepoint(
                                    false,
                                    folder.resolve("savepoints").toUri().toString(),
                                    SavepointFormatType.CANONICAL)
                            .get();
            results.forEachRemaining(event -> emitted.add(Events.revisionOf(event)));
            results.close();
        }
        assertThat(emitted).containsExactlyInAnyOrderElementsOf(published);
    }

    @Test
    void theCheckNamesWhatDoesNotExistInOneLine() {
        publish();
        assertThat(feed(true).check()).isEmpty();
        assertThat(feedOverNothing().check())
                .singleElement()
                .satisfies(
                        line -> {
                            assertThat(line).startsWith("no ").doesNotContain("\n");
                            assertThat(line).contains("nothing");
                        });
    }

    private static void takeUntil(
            CloseableIterator<RepoEvent> results, List<String> emitted, List<String> wanted) {
        while (!emitted.containsAll(wanted)) {
            emitted.add(Events.revisionOf(results.next()));
        }
    }

    /** What a feed without unreadable parts hands over. */
    record EventOf() implements MapFunction<FeedOutput, RepoEvent>, ResultTypeQueryable<RepoEvent> {

        @Override
        public TypeInformation<RepoEvent> getProducedType() {
            return AvroType.forRecord(RepoEvent.class);
        }

        @Override
        public RepoEvent map(FeedOutput output) {
            return (RepoEvent) output.getWhat();
        }
    }

    /**
     * Fails the task at the first event after the named one, which a checkpoint holds by then. A
     * file remembers that it did.
     */
    private record FailOnce(String before, String file)
            implements MapFunction<RepoEvent, RepoEvent>, ResultTypeQueryable<RepoEvent> {

        @Override
        public TypeInformation<RepoEvent> getProducedType() {
            return AvroType.forRecord(RepoEvent.class);
        }

        @Override
        public RepoEvent map(RepoEvent event) throws IOException {
            if (!Events.revisionOf(event).equals(before) && Files.notExists(Path.of(file))) {
                Files.createFile(Path.of(file));
                throw new IllegalStateException("a failure that the test planted");
            }
            return event;
        }
    }
}
