package io.prefstream.feeds.webhook;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A request as it came.
 *
 * @param body raw bytes, which signatures are made over
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record WebhookRequest(String path, Map<String, String> headers, byte[] body) {

    WebhookRequest {
        Map<String, String> anyCase = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        anyCase.putAll(headers);
        headers = anyCase;
    }

    Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name));
    }

    String text() {
        return new String(body, StandardCharsets.UTF_8);
    }
}
