package io.prefstream.trainer.pairs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** JSON objects, one a line; whatever is wrong with one is said with the name and the line. */
public final class JsonLines implements Rows {
    private static final ObjectMapper JSON =
            new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private final String name;
    private final InputStream bytes;
    private long line;

    /**
     * @param name of a file, as messages shall call it
     */
    public JsonLines(String name, InputStream bytes) {
        this.name = name;
        this.bytes = new BufferedInputStream(bytes);
    }

    /** The next object; blank lines are none. */
    @Override
    public @Nullable JsonNode next() throws IOException {
        for (byte[] next = read(); next != null; next = read()) {
            line++;
            String text = decode(next);
            if (!text.isBlank()) {
                return object(text);
            }
        }
        return null;
    }

    @Override
    public long number() {
        return line;
    }

    @Override
    public WrongRowException wrong(String what) {
        return new WrongRowException("%s:%d: %s".formatted(name, line, what));
    }

    @Override
    public void close() throws IOException {
        bytes.close();
    }

    private JsonNode object(String text) {
        JsonNode json;
        try {
            json = JSON.readTree(text);
        } catch (JsonProcessingException e) {
            String what = e.getOriginalMessage().lines().findFirst().orElse("");
            throw wrong("no JSON: " + what);
        }
        if (!json.isObject()) {
            throw wrong("a JSON object was expected, not " + json);
        }
        return json;
    }

    private String decode(byte[] next) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(next)).toString();
        } catch (CharacterCodingException e) {
            // Nor will the lines behind it be.
            throw new IllegalArgumentException("%s:%d: no UTF-8".formatted(name, line), e);
        }
    }

    /** Bytes of the next line without its end, null at the end. */
    private byte @Nullable [] read() throws IOException {
        try {
            return bytesOfLine();
        } catch (IOException e) {
            throw Unreadable.at("%s:%d".formatted(name, line + 1), e);
        }
    }

    private byte @Nullable [] bytesOfLine() throws IOException {
        ByteArrayOutputStream buffer = new ByteArrayOutputStream();
        int next = bytes.read();
        if (next < 0) {
            return null;
        }
        while (next >= 0 && next != '\n') {
            buffer.write(next);
            next = bytes.read();
        }
        return buffer.toByteArray();
    }
}
