package io.prefstream.topics.flink;

import io.prefstream.schemas.RulesVersion;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.kafka.common.header.Headers;

/**
 * A key whose record is taken back.
 *
 * @param rulesVersion takes back what lower rules kept; 0 takes it back whatever its rules
 */
public record Tombstone(String key, int rulesVersion) {

    public static final TypeInformation<Tombstone> TYPE = Types.POJO(Tombstone.class);

    /** Takes a record back whatever its rules. */
    public static Tombstone of(String key) {
        return new Tombstone(key, 0);
    }

    void writeTo(Headers headers) {
        if (rulesVersion > 0) {
            headers.add(RulesVersion.HEADER, RulesVersion.header(rulesVersion));
        }
    }
}
