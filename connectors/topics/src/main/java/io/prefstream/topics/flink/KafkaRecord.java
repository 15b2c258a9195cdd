package io.prefstream.topics.flink;

import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.jspecify.annotations.Nullable;

/**
 * A record as it lies on Kafka, not yet decoded. A Flink POJO, for travel between operators; two
 * records are equal only if their arrays are the same objects.
 *
 * @param key bytes of the key, null where there is none
 * @param value bytes of the value, null where there is none
 * @param timestamp milliseconds since 1970, by the producer's or broker's clock
 */
@SuppressWarnings("ArrayRecordComponent")
public record KafkaRecord(
        String topic,
        int partition,
        long offset,
        byte @Nullable [] key,
        byte @Nullable [] value,
        long timestamp) {

    static final TypeInformation<KafkaRecord> TYPE = Types.POJO(KafkaRecord.class);

    @Override
    public String toString() {
        return topic + "-" + partition + "@" + offset;
    }
}
