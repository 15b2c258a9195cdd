package io.prefstream.replay;

import io.prefstream.schemas.PreferencePair;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.avro.specific.SpecificData;

/**
 * Pairs as the bytes that a table holds: Avro's single-object encoding, whose fingerprint names the
 * schema it was written with.
 *
 * <p>The table keeps every schema it was ever written with as a note, so that a table written by an
 * older version of the program can still be read.
 */
public final class PairCodec {

    private static final String SCHEMA_NOTE = "schema/";

    private final BinaryMessageEncoder<PreferencePair> encoder;
    private final BinaryMessageDecoder<PreferencePair> decoder;

    private PairCodec() {
        Schema schema = PreferencePair.getClassSchema();
        SpecificData model = model();
        encoder = new BinaryMessageEncoder<>(model, schema);
        decoder = new BinaryMessageDecoder<>(model, schema);
    }

    /** A codec for a buffer; writes this program's schema into it if it is new there. */
    public PairCodec(ReplayBuffer buffer) {
        this();
        buffer.forEachNote(SCHEMA_NOTE, (name, json) -> addSchema(json));
        Schema schema = PreferencePair.getClassSchema();
        String note =
                SCHEMA_NOTE + Long.toHexString(SchemaNormalization.parsingFingerprint64(schema));
        if (buffer.note(note).isEmpty()) {
            try (ReplayUpdate update = buffer.begin()) {
                update.note(note, schema.toString().getBytes(StandardCharsets.UTF_8));
                update.commit();
            }
        }
    }

    /** A codec for what a store holds; writes nothing. */
    static PairCodec reading(Store store) {
        PairCodec codec = new PairCodec();
        store.forEachNote(SCHEMA_NOTE, (name, json) -> codec.addSchema(json));
        return codec;
    }

    /** The pair as something to insert, of the priority of pairs that were never trained on. */
    public ReplayItem item(PreferencePair pair) {
        return new ReplayItem(
                pair.getId(), encode(pair), ReplayItem.INITIAL_PRIORITY, traits(pair));
    }

    static ItemTraits traits(PreferencePair pair) {
        return new ItemTraits(
                pair.getCandidate().getRepository(),
                pair.getCandidate().getLanguage(),
                pair.getCandidate().getStrategy(),
                Math.max(0, Math.min(1, pair.getConfidence())));
    }

    /** The pair's bytes. */
    public byte[] encode(PreferencePair pair) {
        try {
            ByteBuffer bytes = encoder.encode(pair);
            byte[] array = new byte[bytes.remaining()];
            bytes.get(array);
            return array;
        } catch (IOException e) {
            throw new ReplayException("pair " + pair.getId() + " can't be encoded", e);
        }
    }

    /**
     * The pair of these bytes.
     *
     * @throws ReplayException if they aren't a pair, which means a damaged table
     */
    public PreferencePair decode(byte[] bytes) {
        try {
            return decoder.decode(bytes, null);
        } catch (IOException | AvroRuntimeException e) {
            throw new ReplayException("replay item can't be decoded: " + e.getMessage(), e);
        }
    }

    private void addSchema(byte[] json) {
        decoder.addSchema(new Schema.Parser().parse(new String(json, StandardCharsets.UTF_8)));
    }

    private static SpecificData model() {
        // The generated class's own model knows its logical types (timestamps as Instant).
        return SpecificData.getForClass(PreferencePair.class);
    }
}
