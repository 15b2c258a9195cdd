package io.prefstream.validate.checks;

import io.prefstream.jobs.common.decontaminate.CommentStyle;
import io.prefstream.schemas.CandidatePair;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.Deflater;

/** A number of a text that has nothing to do with its quality, and so must not predict it. */
public enum Measure {
    /** Code points. */
    LENGTH("length", ValidateReason.LENGTH_IMBALANCE) {
        @Override
        public double of(String language, String text) {
            return text.codePointCount(0, text.length());
        }
    },

    /**
     * Compressed bytes per byte of UTF-8, by Deflate (RFC 1951) at its best: published code repeats
     * itself a little more than the same code with two names exchanged. 0 for an empty text.
     */
    COMPRESSION("compression", ValidateReason.COMPRESSION_IMBALANCE) {
        @Override
        public double of(String language, String text) {
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
    },

    /** Lines, blank ones included. */
    LINES("lines", ValidateReason.LINES_IMBALANCE) {
        @Override
        public double of(String language, String text) {
            return text.lines().count();
        }
    },

    /** Part of the text that is in comments, as {@link CommentStyle} tells them. */
    COMMENT_SHARE("comment-share", ValidateReason.COMMENT_SHARE_IMBALANCE) {
        @Override
        public double of(String language, String text) {
            return text.isEmpty()
                    ? 0
                    : (double) CommentStyle.of(language).commentChars(text) / text.length();
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

    /** The measure of a name. */
    public static Optional<Measure> ofCode(String code) {
        return Stream.of(values()).filter(measure -> measure.code.equals(code)).findFirst();
    }

    /** Its name in outcomes and states: a wire value. */
    public String code() {
        return code;
    }

    /** Why a pair is refused that would unbalance it. */
    ValidateReason imbalance() {
        return imbalance;
    }

    /** The number of one text in a language. */
    public abstract double of(String language, String text);

    /** The chosen side's number minus the rejected one's. */
    public double difference(CandidatePair pair) {
        return of(pair.getLanguage(), pair.getChosen().getText())
                - of(pair.getLanguage(), pair.getRejected().getText());
    }

    String format(double difference) {
        boolean counts = this == LENGTH || this == LINES;
        return String.format(Locale.ROOT, counts ? "%+,.0f" : "%+.4f", difference);
    }

    @Override
    public String toString() {
        return code;
    }
}
