package io.prefstream.flight;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a ticket asks for, as JSON:
 *
 * <pre>
 *   {"table": "pairs", "batchSize": 32, "batches": 100, "seed": 1, "timeoutSeconds": 60}
 * </pre>
 *
 * @param table to draw from
 * @param batchSize pairs of a record batch; default 32
 * @param batches after which the stream ends; default none: it ends when the client cancels
 * @param seed of the draws, null for another one each time
 * @param timeout for which the table may keep the client waiting for one batch; default 60 s
 */
record DrawRequest(
        String table,
        int batchSize,
        @Nullable Long batches,
        @Nullable Long seed,
        Duration timeout) {

    static final double MAX_TIMEOUT_SECONDS = 86_400;

    private static final Set<String> FIELDS =
            Set.of("table", "batchSize", "batches", "seed", "timeoutSeconds");

    /** Of a table, with defaults for the rest. */
    static DrawRequest of(String table) {
        return new DrawRequest(table, 32, null, null, Duration.ofSeconds(60));
    }

    /** The same of so many pairs at most. */
    DrawRequest atMost(int pairs) {
        return new DrawRequest(table, Math.min(batchSize, pairs), batches, seed, timeout);
    }

    /**
     * Reads a ticket.
     *
     * @throws IllegalArgumentException with one line that names the field, its value and its limit
     */
    static DrawRequest parse(byte[] ticket) {
        JsonNode json = RequestJson.read(ticket, "ticket", FIELDS);
        String table = RequestJson.table(json);
        DrawRequest defaults = of(table);
        Long batchSize = whole(json, "batchSize", 1, ReplaySource.LARGEST_DRAW);
        return new DrawRequest(
                table,
                batchSize == null ? defaults.batchSize() : batchSize.intValue(),
                whole(json, "batches", 1, Long.MAX_VALUE),
                whole(json, "seed", Long.MIN_VALUE, Long.MAX_VALUE),
                json.hasNonNull("timeoutSeconds") ? timeout(json) : defaults.timeout());
    }

    /** The ticket that asks for this. */
    byte[] ticket() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("table", table).put("batchSize", batchSize);
        if (batches != null) {
            json.put("batches", batches);
        }
        if (seed != null) {
            json.put("seed", seed);
        }
        json.put("timeoutSeconds", timeout.toMillis() / 1e3);
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static @Nullable Long whole(JsonNode json, String field, long least, long most) {
        JsonNode value = json.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return null;
        }
        if (!value.isIntegralNumber()
                || !value.canConvertToLong()
                || value.longValue() < least
                || value.longValue() > most) {
            throw new IllegalArgumentException(
                    "%s=%s must be a whole number from %,d to %,d"
                            .formatted(field, value, least, most));
        }
        return value.longValue();
    }

    private static Duration timeout(JsonNode json) {
        JsonNode value = json.path("timeoutSeconds");
        if (!value.isNumber()
                || !(value.doubleValue() > 0 && value.doubleValue() <= MAX_TIMEOUT_SECONDS)) {
            throw new IllegalArgumentException(
                    "timeoutSeconds=%s must be above 0 and at most %,.0f"
                            .formatted(value, MAX_TIMEOUT_SECONDS));
        }
        return Duration.ofMillis(Math.max(1, Math.round(value.doubleValue() * 1e3)));
    }
}
