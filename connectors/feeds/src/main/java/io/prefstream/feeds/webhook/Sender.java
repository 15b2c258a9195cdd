package io.prefstream.feeds.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import io.prefstream.schemas.RepoEvent;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Who sends webhooks: what its requests look like and mean. */
interface Sender {

    /** The feed's name in its events. */
    String feed();

    /** Whether the request comes from who knows the secret. */
    boolean isAuthentic(WebhookRequest request);

    /** The id under which a delivery is repeated; empty if it has none. */
    Optional<String> delivery(WebhookRequest request);

    /** The payload's text in the request's body. */
    String payload(WebhookRequest request) throws MalformedPayloadException;

    /**
     * What a payload publishes; nothing for events of other kinds.
     *
     * @param now for payloads that name no time of their own
     */
    List<RepoEvent> publications(WebhookRequest request, JsonNode payload, Instant now)
            throws MalformedPayloadException;
}
