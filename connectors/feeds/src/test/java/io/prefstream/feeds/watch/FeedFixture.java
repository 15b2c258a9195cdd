package io.prefstream.feeds.watch;

import io.prefstream.schemas.DeadLetter;
import io.prefstream.schemas.FeedOutput;
import io.prefstream.schemas.Publication;
import io.prefstream.schemas.RepoEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A cluster, a folder, and a reader whose looks happen when the test says so. */
@Timeout(120)
abstract class FeedFixture {

    @RegisterExtension
    static final MiniClusterExtension CLUSTER =
            new MiniClusterExtension(
                    new MiniClusterResourceConfiguration.Builder()
                            .setConfiguration(
                                    new Configuration()
                                            .set(TaskManagerOptions.BIND_HOST, "localhost"))
                            .setNumberTaskManagers(1)
                            .setNumberSlotsPerTaskManager(2)
                            .build());

    @TempDir Path folder;

    private final ManualTimer timer = new ManualTimer();
    private final CollectingOutput output = new CollectingOutput();

    static WatchOptions watch(boolean bounded) {
        return WatchOptions.DEFAULTS
                .withBounded(bounded)
                .withPollInterval(Duration.ofMillis(20))
                .withClock(() -> Events.NOON);
    }

    final List<String> revisions() {
        return output.events.stream().map(Events::revisionOf).toList();
    }

    final List<Publication> publications() {
        return output.events.stream().map(event -> (Publication) event.getBody()).toList();
    }

    final List<DeadLetter> letters() {
        return output.letters;
    }

    final List<Duration> delays() {
        return timer.delays;
    }

    final List<RepoEvent> events() {
        return output.events;
    }

    /** A reader to which every target was dealt. */
    final SourceReader<FeedOutput, WatchSplit> started(WatchSource feed) {
        SourceReader<FeedOutput, WatchSplit> reader = feed.createReader(timer);
        reader.start();
        reader.addSplits(feed.targets().stream().map(WatchSplit::unseen).toList());
        return reader;
    }

    /** A reader that goes on where another one stopped. */
    final SourceReader<FeedOutput, WatchSplit> restored(
            WatchSource feed, List<WatchSplit> checkpoint) {
        SourceReader<FeedOutput, WatchSplit> reader = feed.createReader(timer);
        reader.addSplits(checkpoint);
        return reader;
    }

    /** Lets the poll interval pass and takes one thing. */
    final void elapseOne(SourceReader<FeedOutput, WatchSplit> reader) throws Exception {
        reader.pollNext(output);
        timer.elapse();
        reader.pollNext(output);
    }

    final List<Long> timestamps() {
        return output.timestamps;
    }

    /** Lets the poll interval pass and takes what is there. */
    final void elapse(SourceReader<FeedOutput, WatchSplit> reader) throws Exception {
        InputStatus status = reader.pollNext(output);
        timer.elapse();
        do {
            status = reader.pollNext(output);
        } while (status == InputStatus.MORE_AVAILABLE);
    }

    static List<WatchSplit> serialized(WatchSource feed, List<WatchSplit> splits) throws Exception {
        SimpleVersionedSerializer<WatchSplit> serializer = feed.getSplitSerializer();
        List<WatchSplit> copies = new ArrayList<>();
        for (WatchSplit split : splits) {
            copies.add(
                    serializer.deserialize(serializer.getVersion(), serializer.serialize(split)));
        }
        return copies;
    }

    static StreamExecutionEnvironment environment() {
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.getExecutionEnvironment(
                        new Configuration()
                                .set(PipelineOptions.GENERIC_TYPES, false)
                                .set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay")
                                .set(
                                        RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY,
                                        Duration.ofMillis(10)));
        env.setParallelism(2);
        return env;
    }
}
