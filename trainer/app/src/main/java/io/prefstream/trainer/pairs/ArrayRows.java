package io.prefstream.trainer.pairs;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Rows of one JSON array, read one after the other. */
final class ArrayRows implements Rows {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;
    private final JsonParser parser;
    private long number;

    /**
     * @param bytes whose first token is the array's begin
     */
    ArrayRows(Path file, InputStream bytes) throws IOException {
        this.file = file;
        parser = JSON.createParser(bytes);
        parser.nextToken();
    }

    @Override
    public @Nullable JsonNode next() throws IOException {
        number++;
        JsonNode element;
        try {
            JsonToken token = parser.nextToken();
            if (token == JsonToken.END_ARRAY) {
                return null;
            }
            if (token == null) {
                throw new IllegalArgumentException(placed("the file ends before its array does"));
            }
            element = JSON.readTree(parser);
        } catch (JsonProcessingException e) {
            String what = e.getOriginalMessage().lines().findFirst().orElse("");
            throw new IllegalArgumentException(placed("no JSON: " + what), e);
        } catch (IOException e) {
            throw Unreadable.at(placed(), e);
        }
        if (!element.isObject()) {
            throw wrong("a JSON object was expected, not " + element);
        }
        return element;
    }

    @Override
    public WrongRowException wrong(String what) {
        return new WrongRowException(placed(what));
    }

    private String placed(String what) {
        return placed() + ": " + what;
    }

    private String placed() {
        return "%s: element %,d".formatted(file, number);
    }

    @Override
    public long number() {
        return number;
    }

    @Override
    public void close() throws IOException {
        parser.close();
    }
}
