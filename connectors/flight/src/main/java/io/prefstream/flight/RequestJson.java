package io.prefstream.flight;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** What clients ask for, as JSON objects that name a table. */
final class RequestJson {

    static final ObjectMapper JSON =
            new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private RequestJson() {}

    /**
     * Reads a request.
     *
     * @param what it is, in one word
     * @param fields that it may have
     * @throws IllegalArgumentException with one line that says what is wrong with it
     */
    static JsonNode read(byte[] request, String what, Set<String> fields) {
        JsonNode json;
        try {
            json = JSON.readTree(request);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "the %s is no JSON: %s".formatted(what, e.getOriginalMessage()), e);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "the %s is no JSON: %s".formatted(what, e.getMessage()), e);
        }
        if (json == null || !json.isObject()) {
            throw new IllegalArgumentException(
                    "the %s must be a JSON object such as {\"table\": \"pairs\"}".formatted(what));
        }
        for (Map.Entry<String, JsonNode> field : json.properties()) {
            if (!fields.contains(field.getKey())) {
                throw new IllegalArgumentException(
                        "%s: no such field of a %s; there are %s"
                                .formatted(
                                        field.getKey(), what, fields.stream().sorted().toList()));
            }
        }
        return json;
    }

    /** The table that a request names. */
    static String table(JsonNode request) {
        JsonNode table = request.path("table");
        if (!table.isTextual()) {
            throw new IllegalArgumentException("table must name a table of the server");
        }
        return table.asText();
    }

    /** Settings as a JSON object. */
    static byte[] bytes(Map<String, String> settings) {
        ObjectNode json = JSON.createObjectNode();
        settings.forEach(json::put);
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Settings of a JSON object that {@link #bytes} made. */
    static SortedMap<String, String> settings(byte[] bytes) throws IOException {
        SortedMap<String, String> settings = new TreeMap<>();
        JSON.readTree(bytes)
                .properties()
                .forEach(one -> settings.put(one.getKey(), one.getValue().asText()));
        return settings;
    }
}
