package io.prefstream.topics.flink;

import java.util.Objects;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.formats.avro.typeutils.AvroSerializer;

/**
 * Flink's type of a generated Avro record.
 *
 * <p>Flink's own {@code AvroTypeInfo} wants a POJO, and our records have no setters. The serializer
 * is Flink's: it writes Avro's binary form and lets state evolve with the schema. Such a record is
 * opaque to Flink: no key, and as a field of a Java record only where that record's type is given
 * by hand.
 */
public final class AvroType<T extends SpecificRecordBase> extends TypeInformation<T> {

    private static final long serialVersionUID = 1L;

    private final Class<T> type;

    private AvroType(Class<T> type) {
        this.type = Objects.requireNonNull(type, "type");
    }

    /** The type of a generated class. */
    public static <T extends SpecificRecordBase> AvroType<T> forRecord(Class<T> type) {
        return new AvroType<>(type);
    }

    @Override
    public TypeSerializer<T> createSerializer(SerializerConfig config) {
        return new AvroSerializer<>(type);
    }

    @Override
    public Class<T> getTypeClass() {
        return type;
    }

    @Override
    public boolean isBasicType() {
        return false;
    }

    @Override
    public boolean isTupleType() {
        return false;
    }

    @Override
    public int getArity() {
        return 1;
    }

    @Override
    public int getTotalFields() {
        return 1;
    }

    @Override
    public boolean isKeyType() {
        return false;
    }

    @Override
    public boolean canEqual(Object other) {
        return other instanceof AvroType<?>;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof AvroType<?> that && type.equals(that.type);
    }

    @Override
    public int hashCode() {
        return type.hashCode();
    }

    @Override
    public String toString() {
        return "Avro<" + type.getSimpleName() + ">";
    }
}
