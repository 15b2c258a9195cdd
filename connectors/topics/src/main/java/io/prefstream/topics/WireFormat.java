package io.prefstream.topics;

/**
 * Confluent's wire format: a zero byte, the schema's id in four bytes big-endian, and the record in
 * Avro binary.
 *
 * <p>Source: Confluent documentation, "Formats, Serializers, and Deserializers: wire format".
 */
final class WireFormat {

    static final byte MAGIC = 0;
    static final int HEADER_BYTES = 5;

    private WireFormat() {}
}
