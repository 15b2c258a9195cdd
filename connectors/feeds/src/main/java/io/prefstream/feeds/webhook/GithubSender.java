package io.prefstream.feeds.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import io.prefstream.schemas.RepoEvent;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * GitHub: {@code X-Hub-Signature-256}, {@code X-GitHub-Event}, {@code X-GitHub-Delivery}; JSON or a
 * form with the JSON in its field {@code payload}.
 */
final class GithubSender implements Sender {

    private static final String FORM = "application/x-www-form-urlencoded";
    private static final String FIELD = "payload=";

    private final Secrets secrets;

    GithubSender(Secrets secrets) {
        this.secrets = secrets;
    }

    @Override
    public String feed() {
        return "github-webhook";
    }

    @Override
    public boolean isAuthentic(WebhookRequest request) {
        return request.header("X-Hub-Signature-256")
                .filter(signature -> secrets.signed(request.body(), signature))
                .isPresent();
    }

    @Override
    public Optional<String> delivery(WebhookRequest request) {
        return request.header("X-GitHub-Delivery");
    }

    @Override
    public String payload(WebhookRequest request) throws MalformedPayloadException {
        if (!request.header("Content-Type").orElse("").startsWith(FORM)) {
            return request.text();
        }
        for (String field : request.text().split("&")) {
            if (field.startsWith(FIELD)) {
                try {
                    return URLDecoder.decode(
                            field.substring(FIELD.length()), StandardCharsets.UTF_8);
                } catch (IllegalArgumentException e) {
                    throw new MalformedPayloadException("the form is not encoded as it says");
                }
            }
        }
        throw new MalformedPayloadException("the form has no field payload");
    }

    @Override
    public List<RepoEvent> publications(WebhookRequest request, JsonNode payload, Instant now)
            throws MalformedPayloadException {
        String delivery = delivery(request).orElse("");
        switch (request.header("X-GitHub-Event").orElse("")) {
            case "push" -> {
                return Pushed.events(
                        feed(),
                        delivery,
                        repository(payload),
                        payload,
                        Pushed.text(payload, "after"),
                        now);
            }
            case "release" -> {
                JsonNode release = payload.path("release");
                String commit = release.path("target_commitish").asText();
                if (!payload.path("action").asText().equals("published")
                        || !commit.matches("[0-9a-f]{40}")) {
                    return List.of(); // its tag's push names the commit
                }
                return List.of(
                        Pushed.event(
                                feed(),
                                delivery,
                                repository(payload),
                                commit,
                                Pushed.text(release, "tag_name"),
                                Pushed.time(release.path("published_at").asText(), now),
                                now));
            }
            default -> {
                return List.of(); // create comes with a push; ping says nothing
            }
        }
    }

    private static String repository(JsonNode payload) throws MalformedPayloadException {
        return Pushed.address(payload.path("repository"), "clone_url");
    }
}
