package io.prefstream.model.files;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** JSON of a model folder; whoever wrote it wrong is told in one line where. */
public final class JsonFile {
    private static final ObjectMapper JSON = new ObjectMapper();

    private JsonFile() {}

    /**
     * Reads a file.
     *
     * @throws IOException if it can't be read, or is no JSON: with its name and the line
     */
    public static JsonNode read(Path file) throws IOException {
        return parse(Files.readAllBytes(file), file.toString());
    }

    /**
     * Reads bytes; an empty file is a missing node.
     *
     * @param name what messages call them
     */
    public static JsonNode parse(byte[] bytes, String name) throws IOException {
        try {
            return JSON.readTree(bytes);
        } catch (JsonProcessingException e) {
            JsonLocation at = e.getLocation();
            throw new IOException(
                    "%s:%d: no JSON: %s"
                            .formatted(
                                    name,
                                    at == null ? 1 : at.getLineNr(),
                                    e.getOriginalMessage().lines().findFirst().orElse("")),
                    e);
        }
    }
}
