package io.prefstream.ingest.operators;

import java.time.Duration;
import java.util.Optional;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;

/**
 * Remembers under the current key who came first, in keyed state that expires.
 *
 * <p>Whoever is turned away renews the memory: what is published again with every release stays
 * known. Cost: one read of RocksDB and one write for each call, and about the length of key and id
 * on disk for each key. Expired entries go when RocksDB compacts.
 */
final class FirstSeen {

    private final ValueState<String> first;

    private FirstSeen(ValueState<String> first) {
        this.first = first;
    }

    static FirstSeen open(RuntimeContext runtime, String name, Duration expiry) {
        ValueStateDescriptor<String> descriptor = new ValueStateDescriptor<>(name, Types.STRING);
        descriptor.enableTimeToLive(
                StateTtlConfig.newBuilder(expiry)
                        .setUpdateType(StateTtlConfig.UpdateType.OnReadAndWrite)
                        .setStateVisibility(StateTtlConfig.StateVisibility.NeverReturnExpired)
                        .build());
        return new FirstSeen(runtime.getState(descriptor));
    }

    /** Who was here before; empty for the first, which is remembered. */
    Optional<String> before(String id) throws Exception {
        String earlier = first.value();
        if (earlier == null) {
            first.update(id);
        }
        return Optional.ofNullable(earlier);
    }
}
