package io.prefstream.feeds.webhook;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/** Requests as GitHub and GitLab document them. */
final class Payloads {

    static final String SECRET = "It's a Secret to Everybody";
    static final String COMMIT = "7fc4fe34667fda0d0e5bbabcd7126423f726bf54";
    static final String EARLIER = "1".repeat(40);

    static final String GITHUB_PUSH =
            """
            {"ref": "refs/heads/main", "before": "%s", "after": "%s", "deleted": false,
             "repository": {"id": 1, "full_name": "o/n", "clone_url": "https://github.com/o/n.git"},
             "commits": [
               {"id": "%s", "distinct": true, "timestamp": "2026-05-01T13:00:00+02:00"},
               {"id": "%s", "distinct": false, "timestamp": "2026-05-01T13:30:00+02:00"},
               {"id": "%s", "distinct": true, "timestamp": "2026-05-01T14:00:00+02:00"}],
             "head_commit": {"id": "%s", "timestamp": "2026-05-01T14:00:00+02:00"}}
            """
                    .formatted("0".repeat(40), COMMIT, EARLIER, "2".repeat(40), COMMIT, COMMIT);

    static final String GITLAB_PUSH =
            """
            {"object_kind": "push", "ref": "refs/heads/main", "after": "%s", "checkout_sha": "%s",
             "project": {"id": 15, "git_http_url": "https://gitlab.example.com/o/n.git"},
             "commits": [{"id": "%s", "timestamp": "2026-05-01T12:00:00+00:00"}]}
            """
                    .formatted(COMMIT, COMMIT, COMMIT);

    private Payloads() {}

    static WebhookRequest github(String event, String delivery, String payload) {
        byte[] body = payload.getBytes(StandardCharsets.UTF_8);
        return new WebhookRequest("/github", signed(event, delivery, body), body);
    }

    static Map<String, String> signed(String event, String delivery, byte[] body) {
        Map<String, String> headers = new HashMap<>();
        headers.put("content-type", "application/json");
        headers.put("x-github-event", event);
        headers.put("x-github-delivery", delivery);
        headers.put(
                "x-hub-signature-256",
                "sha256="
                        + HexFormat.of()
                                .formatHex(
                                        Secrets.hmac(
                                                SECRET.getBytes(StandardCharsets.UTF_8), body)));
        return headers;
    }

    static WebhookRequest gitlab(String event, String delivery, String token, String payload) {
        return new WebhookRequest(
                "/gitlab",
                Map.of(
                        "X-Gitlab-Event", event,
                        "X-Gitlab-Token", token,
                        "Idempotency-Key", delivery),
                payload.getBytes(StandardCharsets.UTF_8));
    }
}
