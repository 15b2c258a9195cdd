package io.prefstream.ingest.filter;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A file as the filters see it. The text is decoded at most once, and only if a filter asks: most
 * files of a repository are refused by their name.
 */
public final class CandidateFile {

    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private final String path;
    private final byte[] bytes;
    private @Nullable Optional<String> text;

    /** The bytes are not copied: they belong to the record the file came in. */
    public CandidateFile(String path, byte[] bytes) {
        this.path = path;
        this.bytes = bytes;
    }

    /** Path inside the repository or archive, with forward slashes. */
    public String path() {
        return path;
    }

    /** Length in bytes. */
    public int size() {
        return bytes.length;
    }

    /** Whether a byte occurs in it. */
    public boolean contains(byte wanted) {
        for (byte b : bytes) {
            if (b == wanted) {
                return true;
            }
        }
        return false;
    }

    /** Whether its first bytes are these ASCII characters. */
    public boolean startsWith(String ascii) {
        byte[] beginning = ascii.getBytes(StandardCharsets.US_ASCII);
        return bytes.length >= beginning.length
                && Arrays.equals(bytes, 0, beginning.length, beginning, 0, beginning.length);
    }

    /** The text without its byte order mark; empty if the bytes are no valid UTF-8. */
    public Optional<String> text() {
        if (text == null) {
            text = decode();
        }
        return text;
    }

    /** The text if a filter has asked for it and there is one; a refusal costs no decoding. */
    public @Nullable String decodedText() {
        return text == null ? null : text.orElse(null);
    }

    private Optional<String> decode() {
        try {
            String decoded =
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .onMalformedInput(CodingErrorAction.REPORT)
                            .onUnmappableCharacter(CodingErrorAction.REPORT)
                            .decode(ByteBuffer.wrap(bytes))
                            .toString();
            boolean marked = !decoded.isEmpty() && decoded.charAt(0) == BYTE_ORDER_MARK;
            return Optional.of(marked ? decoded.substring(1) : decoded);
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }
}
