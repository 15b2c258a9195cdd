package io.prefstream.validate.bias;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.eventtime.TimestampAssigner;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.junit.jupiter.api.Test;

class PublicationTimesTest {

    private static final Instant TODAY = Instant.parse("2026-05-01T00:00:00Z");
    private static final Instant NOW = TODAY.plus(Duration.ofHours(20));

    private final PublicationTimes times =
            new PublicationTimes(
                    Duration.ofDays(1), Duration.ofHours(6), Clock.fixed(NOW, ZoneOffset.UTC));

    private final TimestampAssigner<BiasSample> assigner =
            times.createTimestampAssigner(() -> null);
    private final WatermarkGenerator<BiasSample> generator = times.createWatermarkGenerator(null);

    @Test
    void aPairIsInTheWindowOfItsPublicationAsLongAsThatIsOpen() {
        assertThat(stamp(TODAY.plus(Duration.ofHours(5))))
                .isEqualTo(TODAY.plus(Duration.ofHours(5)));
        // Yesterday ended five hours before the newest publication, and stays open for six.
        assertThat(stamp(TODAY.minusMillis(1))).isEqualTo(TODAY.minusMillis(1));
        assertThat(stamp(TODAY.minus(Duration.ofDays(1))))
                .isEqualTo(TODAY.minus(Duration.ofDays(1)));
    }

    @Test
    void aPairWhoseWindowIsOverIsInTheNewestOne() {
        Instant newest = TODAY.plus(Duration.ofHours(6));
        stamp(newest);

        assertThat(stamp(TODAY.minusMillis(1))).isEqualTo(newest);
        assertThat(stamp(Instant.parse("2009-01-01T00:00:00Z"))).isEqualTo(newest);
    }

    @Test
    void whatIsStillToComeCountsAsNow() {
        assertThat(stamp(Instant.parse("2099-01-01T00:00:00Z"))).isEqualTo(NOW);
        assertThat(stamp(TODAY)).isEqualTo(TODAY);
    }

    @Test
    void theWatermarkIsRightBehindTheNewestPublication() {
        assertThat(watermark()).isLessThan(Instant.parse("1900-01-01T00:00:00Z").toEpochMilli());

        stamp(TODAY.plusMillis(10));
        stamp(TODAY.plusMillis(5));

        assertThat(watermark()).isEqualTo(TODAY.plusMillis(9).toEpochMilli());
    }

    private Instant stamp(Instant publishedAt) {
        BiasSample sample =
                new BiasSample(publishedAt.toEpochMilli(), List.of(BiasSample.ALL), BiasTally.NONE);
        long timestamp = assigner.extractTimestamp(sample, Long.MIN_VALUE);
        generator.onEvent(sample, timestamp, null);
        return Instant.ofEpochMilli(timestamp);
    }

    private long watermark() {
        List<Watermark> emitted = new ArrayList<>();
        generator.onPeriodicEmit(
                new WatermarkOutput() {
                    @Override
                    public void emitWatermark(Watermark watermark) {
                        emitted.add(watermark);
                    }

                    @Override
                    public void markIdle() {}

                    @Override
                    public void markActive() {}
                });
        return emitted.get(0).getTimestamp();
    }
}
