package io.prefstream.ingest.feeds;

import io.prefstream.schemas.FeedOutput;
import io.prefstream.schemas.Publication;
import io.prefstream.schemas.RepoEvent;
import java.time.Duration;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;

/**
 * Watermarks from publication times, of publications alone: neither a gap nor a dead letter says
 * how far a feed has come. Publishers set these times themselves, so none moves the watermark
 * beyond the moment when the feed saw it.
 */
final class PublicationWatermarks implements WatermarkGenerator<FeedOutput> {

    private final long outOfOrdernessMillis;
    private long newest;

    PublicationWatermarks(Duration outOfOrderness) {
        this.outOfOrdernessMillis = outOfOrderness.toMillis();
        this.newest = Long.MIN_VALUE + outOfOrdernessMillis + 1;
    }

    @Override
    public void onEvent(FeedOutput output, long timestamp, WatermarkOutput watermarks) {
        if (output.getWhat() instanceof RepoEvent event
                && event.getBody() instanceof Publication publication) {
            long published = publication.getPublishedAt().toEpochMilli();
            newest = Math.max(newest, Math.min(published, event.getObservedAt().toEpochMilli()));
        }
    }

    @Override
    public void onPeriodicEmit(WatermarkOutput watermarks) {
        watermarks.emitWatermark(new Watermark(newest - outOfOrdernessMillis - 1));
    }
}
