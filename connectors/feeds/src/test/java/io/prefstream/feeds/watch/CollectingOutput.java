package io.prefstream.feeds.watch;

import io.prefstream.schemas.DeadLetter;
import io.prefstream.schemas.FeedOutput;
import io.prefstream.schemas.RepoEvent;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceOutput;

/** Keeps what a reader emits. */
final class CollectingOutput implements ReaderOutput<FeedOutput> {

    final List<RepoEvent> events = new ArrayList<>();
    final List<DeadLetter> letters = new ArrayList<>();
    final List<String> released = new ArrayList<>();
    final List<Long> timestamps = new ArrayList<>();

    @Override
    public void collect(FeedOutput output) {
        throw new AssertionError("emitted without a timestamp");
    }

    @Override
    public void collect(FeedOutput output, long timestamp) {
        if (output.getWhat() instanceof DeadLetter letter) {
            letters.add(letter);
        } else {
            events.add((RepoEvent) output.getWhat());
        }
        timestamps.add(timestamp);
    }

    @Override
    public void emitWatermark(Watermark watermark) {}

    @Override
    public void markIdle() {}

    @Override
    public void markActive() {}

    @Override
    public SourceOutput<FeedOutput> createOutputForSplit(String splitId) {
        return this;
    }

    @Override
    public void releaseOutputForSplit(String splitId) {
        released.add(splitId);
    }
}
