package io.prefstream.trainer.export;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Types;
import org.jspecify.annotations.Nullable;

/**
 * A column of the data set: its name, type, meaning, and where its value comes from.
 *
 * @param says what it holds, in words
 */
record Column(String name, Kind kind, String says, Value value) {

    /** Its value for a pair; null only where the kind allows it. */
    @FunctionalInterface
    interface Value {
        /** The value, of the kind's Java type. */
        @Nullable Object of(LoggedPair logged);
    }

    /** Types of columns. */
    enum Kind {
        /** A string. */
        TEXT,
        /** A string or null. */
        OPTIONAL_TEXT,
        /** A 64-bit float. */
        DOUBLE,
        /** A 64-bit float or null. */
        OPTIONAL_DOUBLE,
        /** A 32-bit integer. */
        INT,
        /** A 64-bit integer. */
        LONG,
        /** An {@link Instant}, in milliseconds of UTC. */
        TIME,
        /** A list of strings. */
        TEXTS,
        /** A list of maps of {@code role} and {@code content}. */
        MESSAGES
    }

    /** Its type by Parquet's specification of logical types; lists have three levels. */
    Type type() {
        LogicalTypeAnnotation string = LogicalTypeAnnotation.stringType();
        return switch (kind) {
            case TEXT -> Types.required(PrimitiveTypeName.BINARY).as(string).named(name);
            case OPTIONAL_TEXT -> Types.optional(PrimitiveTypeName.BINARY).as(string).named(name);
            case DOUBLE -> Types.required(PrimitiveTypeName.DOUBLE).named(name);
            case OPTIONAL_DOUBLE -> Types.optional(PrimitiveTypeName.DOUBLE).named(name);
            case INT -> Types.required(PrimitiveTypeName.INT32).named(name);
            case LONG -> Types.required(PrimitiveTypeName.INT64).named(name);
            case TIME ->
                    Types.required(PrimitiveTypeName.INT64)
                            .as(LogicalTypeAnnotation.timestampType(true, TimeUnit.MILLIS))
                            .named(name);
            case TEXTS ->
                    Types.requiredList()
                            .requiredElement(PrimitiveTypeName.BINARY)
                            .as(string)
                            .named(name);
            case MESSAGES ->
                    Types.requiredList()
                            .requiredGroupElement()
                            .required(PrimitiveTypeName.BINARY)
                            .as(string)
                            .named("role")
                            .required(PrimitiveTypeName.BINARY)
                            .as(string)
                            .named("content")
                            .named(name);
        };
    }

    /** Writes its value for a pair as the field of this index. */
    void write(RecordConsumer out, int index, LoggedPair logged) {
        Object is = value.of(logged);
        if (is == null) {
            return;
        }
        out.startField(name, index);
        switch (kind) {
            case TEXT, OPTIONAL_TEXT -> out.addBinary(Binary.fromString((String) is));
            case DOUBLE, OPTIONAL_DOUBLE -> out.addDouble((Double) is);
            case INT -> out.addInteger((Integer) is);
            case LONG -> out.addLong((Long) is);
            case TIME -> out.addLong(((Instant) is).toEpochMilli());
            case TEXTS ->
                    writeList(
                            out,
                            (List<?>) is,
                            text -> out.addBinary(Binary.fromString((String) text)));
            case MESSAGES ->
                    writeList(out, (List<?>) is, message -> writeMessage(out, (Map<?, ?>) message));
        }
        out.endField(name, index);
    }

    private static void writeList(
            RecordConsumer out, List<?> elements, java.util.function.Consumer<Object> element) {
        out.startGroup();
        if (!elements.isEmpty()) {
            out.startField("list", 0);
            for (Object one : elements) {
                out.startGroup();
                out.startField("element", 0);
                element.accept(one);
                out.endField("element", 0);
                out.endGroup();
            }
            out.endField("list", 0);
        }
        out.endGroup();
    }

    private static void writeMessage(RecordConsumer out, Map<?, ?> message) {
        out.startGroup();
        int index = 0;
        for (String field : List.of("role", "content")) {
            out.startField(field, index);
            out.addBinary(Binary.fromString((String) message.get(field)));
            out.endField(field, index);
            index++;
        }
        out.endGroup();
    }
}
