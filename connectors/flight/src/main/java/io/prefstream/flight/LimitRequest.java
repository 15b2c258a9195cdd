package io.prefstream.flight;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What the body of the action {@code limit} asks for, as JSON:
 *
 * <pre>
 *   {"table": "pairs", "set": {"replay.samples-per-insert": 4, "replay.error-buffer": null}}
 * </pre>
 *
 * @param table whose limiter is changed
 * @param set values by setting, as they are written in a configuration; the others stay
 */
record LimitRequest(String table, Map<String, String> set) {

    /** The name of the action. */
    static final String ACTION = "limit";

    private static final Set<String> FIELDS = Set.of("table", "set");

    /**
     * Reads a body.
     *
     * @throws IllegalArgumentException with one line that says what is wrong with it
     */
    static LimitRequest parse(byte[] body) {
        JsonNode json = RequestJson.read(body, "body", FIELDS);
        String table = RequestJson.table(json);
        JsonNode set = json.path("set");
        if (!set.isMissingNode() && !set.isObject()) {
            throw new IllegalArgumentException(
                    "set=%s must be a JSON object of settings and values".formatted(set));
        }
        Map<String, String> values = new TreeMap<>();
        for (Map.Entry<String, JsonNode> one : set.properties()) {
            if (one.getValue().isContainerNode()) {
                throw new IllegalArgumentException(
                        "%s=%s must be a value".formatted(one.getKey(), one.getValue()));
            }
            values.put(one.getKey(), one.getValue().asText());
        }
        return new LimitRequest(table, values);
    }

    /** The body that asks for this. */
    byte[] body() {
        ObjectNode json = RequestJson.JSON.createObjectNode();
        json.put("table", table);
        set.forEach(json.putObject("set")::put);
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }
}
