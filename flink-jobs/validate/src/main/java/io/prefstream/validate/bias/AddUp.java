package io.prefstream.validate.bias;

import org.apache.flink.api.common.functions.AggregateFunction;

/** The tally of a group in a window. */
final class AddUp implements AggregateFunction<BiasSample.OfGroup, BiasTally, BiasTally> {

    private static final long serialVersionUID = 1L;

    @Override
    public BiasTally createAccumulator() {
        return BiasTally.NONE;
    }

    @Override
    public BiasTally add(BiasSample.OfGroup sample, BiasTally tally) {
        return tally.plus(sample.tally());
    }

    @Override
    public BiasTally getResult(BiasTally tally) {
        return tally;
    }

    @Override
    public BiasTally merge(BiasTally one, BiasTally other) {
        return one.plus(other);
    }
}
