package io.prefstream.validate.checks;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.zip.Deflater;

/** A number of a text that has nothing to do with its quality, and so must not predict it. */
public enum Measure {
    /** Code points. */
    LENGTH("length", ValidateReason.LENGTH_IMBALANCE) {
        @Override
        double of(String text) {
            return text.codePointCount(0, text.length());
        }
    },

    /**
     * Compressed bytes per byte of UTF-8, by Deflate (RFC 1951) at its best: published code repeats
     * itself a little more than the same code with two names exchanged. 0 for an empty text.
     */
    COMPRESSION("compression", ValidateReason.COMPRESSION_IMBALANCE) {
        @Override
        double of(String text) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            Deflater deflater = DEFLATERS.get();
            deflater.reset();
            deflater.setInput(bytes);
            deflater.finish();
            byte[] discarded = new byte[BUFFER_BYTES];
            while (!deflater.finished()) {
                deflater.deflate(discarded);
            }
            return bytes.length == 0 ? 0 : (double) deflater.getBytesWritten() / bytes.length;
        }
    };

    private static final int BUFFER_BYTES = 4096;

    /** Kept, as a new one takes 270 kB of cleared native memory for each text. */
    private static final ThreadLocal<Deflater> DEFLATERS =
            ThreadLocal.withInitial(() -> new Deflater(Deflater.BEST_COMPRESSION, true));

    private final String code;
    private final ValidateReason imbalance;

    Measure(String code, ValidateReason imbalance) {
        this.code = code;
        this.imbalance = imbalance;
    }

    /** Its name in outcomes and states: a wire value. */
    public String code() {
        return code;
    }

    /** Why a pair is refused that would unbalance it. */
    ValidateReason imbalance() {
        return imbalance;
    }

    /** The number of one text. */
    abstract double of(String text);

    String format(double difference) {
        return String.format(Locale.ROOT, this == LENGTH ? "%+,.0f" : "%+.4f", difference);
    }
}
