package io.prefstream.ingest.feeds;

import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.feeds.watch.FeedEvents;
import io.prefstream.feeds.watch.UnreadableParts;
import io.prefstream.schemas.FeedOutput;
import io.prefstream.schemas.Origin;
import io.prefstream.schemas.Publication;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.junit.jupiter.api.Test;

class PublicationWatermarksTest {

    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    private final PublicationWatermarks generator =
            new PublicationWatermarks(Duration.ofSeconds(10));
    private final List<Long> emitted = new ArrayList<>();
    private final WatermarkOutput output =
            new WatermarkOutput() {
                @Override
                public void emitWatermark(Watermark watermark) {
                    emitted.add(watermark.getTimestamp());
                }

                @Override
                public void markIdle() {}

                @Override
                public void markActive() {}
            };

    @Test
    void followsTheNewestPublicationByTheAllowance() {
        assertThat(after(published(NOON))).isEqualTo(NOON.minusSeconds(10).toEpochMilli() - 1);
        assertThat(after(published(NOON.minusSeconds(60))))
                .isEqualTo(NOON.minusSeconds(10).toEpochMilli() - 1);
    }

    @Test
    void aDateInTheFutureCountsAsTheMomentWhenItWasSeen() {
        assertThat(after(published(NOON.plus(Duration.ofDays(9_999)))))
                .isEqualTo(NOON.plusSeconds(90).toEpochMilli() - 1);
    }

    @Test
    void neitherGapsNorDeadLettersMoveIt() {
        long before = after(published(NOON));
        assertThat(after(new FeedOutput(UnreadableParts.letter("a", 1, "x", "odd", seen()))))
                .isEqualTo(before);
        assertThat(after(new FeedOutput(FeedEvents.gap("f", "t", seen(), seen(), "why", seen()))))
                .isEqualTo(before);
    }

    @Test
    void nothingSeenIsNoWatermark() {
        generator.onPeriodicEmit(output);
        assertThat(emitted).containsExactly(Long.MIN_VALUE);
    }

    private long after(FeedOutput found) {
        generator.onEvent(found, 0, output);
        generator.onPeriodicEmit(output);
        return emitted.get(emitted.size() - 1);
    }

    private static Instant seen() {
        return NOON.plusSeconds(100);
    }

    private static FeedOutput published(Instant at) {
        Publication publication =
                Publication.newBuilder()
                        .setRepository("r")
                        .setOrigin(Origin.GIT)
                        .setRevision("1")
                        .setLocator("r")
                        .setPublishedAt(at)
                        .build();
        return new FeedOutput(FeedEvents.published("f", "d", publication, "", seen()));
    }
}
