package io.prefstream.trainer;

import io.prefstream.flight.DrawnPair;
import io.prefstream.flight.PendingPairs;
import io.prefstream.replay.PairCodec;
import io.prefstream.replay.PendingDraw;
import io.prefstream.replay.Sample;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.function.DoubleSupplier;

/** A draw from a buffer of pairs as what Flight clients get. */
public final class FlightDraw implements PendingPairs {

    private final PendingDraw draw;
    private final PairCodec codec;
    private final DoubleSupplier exponent;

    /**
     * @param codec of the buffer
     * @param exponent that the samples' weights are raised to
     */
    public FlightDraw(PendingDraw draw, PairCodec codec, DoubleSupplier exponent) {
        this.draw = draw;
        this.codec = codec;
        this.exponent = exponent;
    }

    @Override
    public List<DrawnPair> await(Duration timeout) throws InterruptedException, TimeoutException {
        List<Sample> samples = draw.await(timeout);
        double power = exponent.getAsDouble();
        return samples.stream().map(sample -> drawn(sample, power)).toList();
    }

    @Override
    public void cancel() {
        draw.cancel();
    }

    private DrawnPair drawn(Sample sample, double power) {
        return new DrawnPair(
                codec.decode(sample.value()),
                sample.table(),
                sample.probability(),
                power == 0 ? 1 : StrictMath.pow(sample.weight(), power),
                sample.timesSampled(),
                sample.tableSize(),
                sample.age(),
                sample.rateLimited());
    }
}
