package io.prefstream.schemas;

import java.io.Serializable;
import java.util.Objects;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;

/**
 * A topic and what is on it.
 *
 * @param name the Kafka topic's name, with the version of its key and meaning
 * @param type the generated class of the record on it
 * @param key the record's key; null for topics without keys
 */
public record Topic<T extends SpecificRecord>(String name, Class<T> type, Key<T> key)
        implements Serializable {

    /** Reads the partitioning key of a record. */
    @FunctionalInterface
    public interface Key<T> extends Serializable {
        /** The key, or null where the topic has none. */
        String of(T value);
    }

    public Topic {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(key, "key");
    }

    /** The schema this build writes. */
    public Schema schema() {
        return SpecificData.get().getSchema(type);
    }

    /** The registry's subject, by Confluent's TopicNameStrategy. */
    public String subject() {
        return name + "-value";
    }

    @Override
    public String toString() {
        return name;
    }
}
