package io.prefstream.feeds.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import io.prefstream.schemas.RepoEvent;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * GitLab: {@code X-Gitlab-Token}, {@code X-Gitlab-Event}; repeats have the same {@code
 * Idempotency-Key}, or {@code X-Gitlab-Event-UUID} in older versions.
 */
final class GitlabSender implements Sender {

    private final Secrets tokens;

    GitlabSender(Secrets tokens) {
        this.tokens = tokens;
    }

    @Override
    public String feed() {
        return "gitlab-webhook";
    }

    @Override
    public boolean isAuthentic(WebhookRequest request) {
        return request.header("X-Gitlab-Token").filter(tokens::contains).isPresent();
    }

    @Override
    public Optional<String> delivery(WebhookRequest request) {
        return request.header("Idempotency-Key").or(() -> request.header("X-Gitlab-Event-UUID"));
    }

    @Override
    public String payload(WebhookRequest request) {
        return request.text();
    }

    @Override
    public List<RepoEvent> publications(WebhookRequest request, JsonNode payload, Instant now)
            throws MalformedPayloadException {
        String delivery = delivery(request).orElse("");
        switch (request.header("X-Gitlab-Event").orElse("")) {
            case "Push Hook", "Tag Push Hook" -> {
                // Of an annotated tag, after is the tag's object and checkout_sha the commit.
                String checkedOut = payload.path("checkout_sha").asText("");
                String head =
                        checkedOut.isEmpty() || checkedOut.equals("null")
                                ? Pushed.text(payload, "after")
                                : checkedOut;
                return Pushed.events(feed(), delivery, repository(payload), payload, head, now);
            }
            case "Release Hook" -> {
                return List.of(
                        Pushed.event(
                                feed(),
                                delivery,
                                repository(payload),
                                Pushed.text(payload.path("commit"), "id"),
                                Pushed.text(payload, "tag"),
                                Pushed.time(payload.at("/commit/timestamp").asText(), now),
                                now));
            }
            default -> {
                return List.of();
            }
        }
    }

    private static String repository(JsonNode payload) throws MalformedPayloadException {
        return Pushed.address(payload.path("project"), "git_http_url");
    }
}
