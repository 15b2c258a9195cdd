package io.prefstream.ingest.neardup;

import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Remembers the snippets of each band and says which of them are near-duplicates. Keyed by band.
 *
 * <p>Cost: a read and a write of RocksDB for each probe; on disk some 130 bytes for each (the key,
 * the time of expiry, and 13 longs), which go when RocksDB compacts after they expire. Signatures
 * of another length or of other shingles are incomparable and have a state of their own.
 */
final class CompareInBand extends KeyedProcessFunction<Long, Probe, NearDuplicate> {

    private static final long serialVersionUID = 1L;

    private final NearDupSettings settings;

    @SuppressWarnings("NullAway.Init") // in open()
    private transient Bucket decisions;

    @SuppressWarnings("NullAway.Init") // in open()
    private transient ValueState<long[]> bucket;

    CompareInBand(NearDupSettings settings) {
        this.settings = settings;
    }

    @Override
    public void open(OpenContext context) {
        decisions = new Bucket(settings.permutations(), settings.threshold());
        ValueStateDescriptor<long[]> descriptor =
                new ValueStateDescriptor<>(
                        "near-dup-bucket-%d-%d"
                                .formatted(settings.permutations(), settings.shingle()),
                        PrimitiveArrayTypeInfo.LONG_PRIMITIVE_ARRAY_TYPE_INFO);
        descriptor.enableTimeToLive(
                StateTtlConfig.newBuilder(settings.expiry())
                        .setUpdateType(StateTtlConfig.UpdateType.OnCreateAndWrite)
                        .setStateVisibility(StateTtlConfig.StateVisibility.NeverReturnExpired)
                        .build());
        bucket = getRuntimeContext().getState(descriptor);
    }

    @Override
    public void processElement(Probe probe, Context context, Collector<NearDuplicate> out)
            throws Exception {
        bucket.update(decisions.meet(bucket.value(), probe.snippet(), out::collect));
    }
}
