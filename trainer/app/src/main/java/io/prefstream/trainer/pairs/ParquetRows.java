package io.prefstream.trainer.pairs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.prefstream.trainer.parquet.PageCodecs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.api.ReadSupport;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.Type;
import org.jspecify.annotations.Nullable;

/**
 * Rows of a Parquet file as JSON: strings, numbers, booleans, times, lists and structs, which is
 * what {@code datasets} and pandas write of text.
 */
final class ParquetRows implements Rows {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    /** Begins and ends every file (the format's specification, "File format"). */
    private static final String MAGIC = "PAR1";

    private static final int SMALLEST = 12;

    private final Path file;
    private final ParquetReader<Group> reader;
    private long number;

    ParquetRows(Path file) throws IOException {
        this.file = file;
        requireWhole(file);
        reader =
                new ParquetReader.Builder<Group>(
                        new LocalInputFile(file), new PlainParquetConfiguration()) {
                    @Override
                    protected ReadSupport<Group> getReadSupport() {
                        return new GroupReadSupport();
                    }
                }.withCodecFactory(new PageCodecs()).build();
    }

    @Override
    public @Nullable JsonNode next() throws IOException {
        number++;
        Group row;
        try {
            row = reader.read();
        } catch (IOException | RuntimeException e) {
            // The library's own exceptions are many; all of them mean bytes that it can't read.
            throw new IllegalArgumentException(
                    "%s: row %,d: damaged Parquet data: %s".formatted(file, number, e.getMessage()),
                    e);
        }
        return row == null ? null : object(row);
    }

    @Override
    public WrongRowException wrong(String what) {
        return new WrongRowException("%s: row %,d: %s".formatted(file, number, what));
    }

    @Override
    public long number() {
        return number;
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }

    private static void requireWhole(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            long size = channel.size();
            if (size < SMALLEST || !magicAt(channel, 0) || !magicAt(channel, size - 4)) {
                throw new IllegalArgumentException(
                        "%s is no whole Parquet file: expected %s as its first and last bytes, found %,d bytes that %s"
                                .formatted(
                                        file,
                                        MAGIC,
                                        size,
                                        size >= SMALLEST && magicAt(channel, 0)
                                                ? "begin with it and end otherwise: it was cut"
                                                : "don't begin with it"));
            }
        }
    }

    private static boolean magicAt(FileChannel channel, long position) throws IOException {
        ByteBuffer four = ByteBuffer.allocate(4);
        while (four.hasRemaining() && channel.read(four, position + four.position()) >= 0) {
            // Read on.
        }
        return new String(four.array(), StandardCharsets.ISO_8859_1).equals(MAGIC);
    }

    private static ObjectNode object(Group group) {
        ObjectNode object = JSON.objectNode();
        GroupType type = group.getType();
        for (int field = 0; field < type.getFieldCount(); field++) {
            object.set(type.getFieldName(field), field(group, field));
        }
        return object;
    }

    private static JsonNode field(Group group, int field) {
        Type type = group.getType().getType(field);
        int count = group.getFieldRepetitionCount(field);
        if (type.isRepetition(Type.Repetition.REPEATED)) {
            ArrayNode array = JSON.arrayNode();
            for (int i = 0; i < count; i++) {
                array.add(value(group, field, i));
            }
            return array;
        }
        return count == 0 ? JSON.nullNode() : value(group, field, 0);
    }

    private static JsonNode value(Group group, int field, int index) {
        Type type = group.getType().getType(field);
        if (!type.isPrimitive()) {
            Group inner = group.getGroup(field, index);
            return type.getLogicalTypeAnnotation()
                            instanceof LogicalTypeAnnotation.ListLogicalTypeAnnotation
                    ? list(inner)
                    : object(inner);
        }
        return switch (type.asPrimitiveType().getPrimitiveTypeName()) {
            case BINARY, FIXED_LEN_BYTE_ARRAY -> JSON.textNode(group.getString(field, index));
            case BOOLEAN -> JSON.booleanNode(group.getBoolean(field, index));
            case INT32 -> JSON.numberNode(group.getInteger(field, index));
            case INT64 -> number(type, group.getLong(field, index));
            case FLOAT -> JSON.numberNode(group.getFloat(field, index));
            case DOUBLE -> JSON.numberNode(group.getDouble(field, index));
            case INT96 -> JSON.textNode(group.getValueToString(field, index));
        };
    }

    /** Times as ISO 8601 says them, in UTC. */
    private static JsonNode number(Type type, long value) {
        if (!(type.getLogicalTypeAnnotation()
                instanceof LogicalTypeAnnotation.TimestampLogicalTypeAnnotation time)) {
            return JSON.numberNode(value);
        }
        ChronoUnit unit =
                switch (time.getUnit()) {
                    case MILLIS -> ChronoUnit.MILLIS;
                    case MICROS -> ChronoUnit.MICROS;
                    case NANOS -> ChronoUnit.NANOS;
                };
        return JSON.textNode(Instant.EPOCH.plus(value, unit).toString());
    }

    /**
     * A list of three levels, or of the older two (the format's LogicalTypes,
     * "Backward-compatibility rules"): there the repeated group is the element itself.
     */
    private static ArrayNode list(Group list) {
        ArrayNode array = JSON.arrayNode();
        Type repeated = list.getType().getType(0);
        boolean wrapped =
                !repeated.isPrimitive()
                        && repeated.asGroupType().getFieldCount() == 1
                        && !repeated.getName().equals("array")
                        && !repeated.getName().endsWith("_tuple");
        for (int i = 0; i < list.getFieldRepetitionCount(0); i++) {
            array.add(wrapped ? field(list.getGroup(0, i), 0) : value(list, 0, i));
        }
        return array;
    }
}
