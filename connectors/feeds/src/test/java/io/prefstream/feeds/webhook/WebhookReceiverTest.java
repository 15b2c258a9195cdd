package io.prefstream.feeds.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prefstream.schemas.ContentId;
import io.prefstream.schemas.FeedGap;
import io.prefstream.schemas.Publication;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WebhookReceiverTest {

    private static final Instant NOON = Instant.parse("2026-05-01T12:00:00Z");

    @TempDir private Path state;

    private final MemorySink sink = new MemorySink();
    private Instant now = NOON;
    private long nanos;

    /** The example of GitHub's documentation ("Validating webhook deliveries"). */
    @Test
    void signsAsTheDocumentationSays() {
        Secrets secrets = Secrets.parse("It's a Secret to Everybody");
        byte[] body = "Hello, World!".getBytes(StandardCharsets.UTF_8);
        assertThat(
                        secrets.signed(
                                body,
                                "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"))
                .isTrue();
    }

    @Test
    void aPushIsAnEventForEachDistinctCommit() throws Exception {
        assertThat(handle(Payloads.github("push", "1", Payloads.GITHUB_PUSH)))
                .isEqualTo(new WebhookReceiver.Reply(202, "2 events"));

        assertThat(sink.events)
                .extracting(event -> ((Publication) event.getBody()).getRevision())
                .containsExactly(Payloads.EARLIER, Payloads.COMMIT);
        Publication head = (Publication) sink.events.get(1).getBody();
        assertThat(head.getRepository()).isEqualTo("https://github.com/o/n");
        assertThat(head.getLocator()).isEqualTo("https://github.com/o/n.git");
        assertThat(head.getRef()).isEqualTo("main");
        assertThat(head.getPublishedAt()).isEqualTo(NOON);
        assertThat(sink.events.get(1).getId())
                .as("the id that other feeds give the commit")
                .isEqualTo(ContentId.of("publication", "https://github.com/o/n", Payloads.COMMIT));
    }

    @Test
    void aFormIsTheOtherWayToSendIt() throws Exception {
        byte[] body =
                ("payload=" + URLEncoder.encode(Payloads.GITHUB_PUSH, StandardCharsets.UTF_8))
                        .getBytes(StandardCharsets.UTF_8);
        Map<String, String> headers = Payloads.signed("push", "1", body);
        headers.put("content-type", "application/x-www-form-urlencoded");
        assertThat(handle(new WebhookRequest("/github", headers, body)).line())
                .isEqualTo("2 events");
    }

    @Test
    void gitlabIsUnderstoodToo() throws Exception {
        assertThat(handle(Payloads.gitlab("Push Hook", "1", Payloads.SECRET, Payloads.GITLAB_PUSH)))
                .isEqualTo(new WebhookReceiver.Reply(202, "1 events"));
        assertThat(((Publication) sink.events.get(0).getBody()).getRepository())
                .isEqualTo("https://gitlab.example.com/o/n");
        assertThat(sink.events.get(0).getFeed()).isEqualTo("gitlab-webhook");
        assertThat(
                        handle(Payloads.gitlab("Push Hook", "2", "guess", Payloads.GITLAB_PUSH))
                                .status())
                .isEqualTo(401);
    }

    @Test
    void whatIsNotSignedWithTheSecretIsNotBelieved() throws Exception {
        WebhookRequest good = Payloads.github("push", "1", Payloads.GITHUB_PUSH);
        byte[] tampered = good.body().clone();
        tampered[10] ^= 1;
        Map<String, String> unsigned = new HashMap<>(good.headers());
        unsigned.remove("x-hub-signature-256");
        for (String signature : List.of("", "sha256=", "sha256=zz", "sha1=00", "00")) {
            Map<String, String> headers = new HashMap<>(good.headers());
            headers.put("x-hub-signature-256", signature);
            assertThat(handle(new WebhookRequest("/github", headers, good.body())).status())
                    .isEqualTo(401);
        }
        assertThat(handle(new WebhookRequest("/github", good.headers(), tampered)).status())
                .isEqualTo(401);
        assertThat(handle(new WebhookRequest("/github", unsigned, good.body())).status())
                .isEqualTo(401);
        assertThat(sink.events).isEmpty();
        assertThat(sink.letters).isEmpty();
    }

    @Test
    void twoSecretsAreGoodWhileOneIsChanged() {
        Secrets both = Secrets.parse("new\n" + Payloads.SECRET + "\n");
        WebhookRequest request = Payloads.github("push", "1", Payloads.GITHUB_PUSH);
        assertThat(
                        both.signed(
                                request.body(),
                                Objects.requireNonNull(
                                        request.headers().get("X-Hub-Signature-256"))))
                .isTrue();
        assertThatThrownBy(() -> Secrets.parse(" \n")).hasMessage("there is no secret in it");
    }

    @Test
    void aRepeatIsAcceptedAndDroppedAlsoAfterARestart() throws Exception {
        try (WebhookReceiver receiver = open()) {
            receiver.handle(Payloads.github("push", "1", Payloads.GITHUB_PUSH));
            assertThat(receiver.handle(Payloads.github("push", "1", Payloads.GITHUB_PUSH)))
                    .isEqualTo(new WebhookReceiver.Reply(202, "accepted before"));
        }
        Files.writeString(
                state.resolve("deliveries"), "github-webhook/cut-o", StandardOpenOption.APPEND);
        assertThat(handle(Payloads.github("push", "1", Payloads.GITHUB_PUSH)).line())
                .isEqualTo("accepted before");
        assertThat(handle(Payloads.github("push", "cut-o", Payloads.GITHUB_PUSH)).line())
                .isEqualTo("2 events");
        assertThat(sink.events).hasSize(4);
    }

    @Test
    void theWindowForgetsTheOldestAndItsFileStaysSmall() throws Exception {
        Path file = state.resolve("window");
        try (DeliveryWindow window = DeliveryWindow.open(file, 10)) {
            for (int i = 0; i < 1_000; i++) {
                window.add("id-" + i);
            }
            assertThat(window.contains("id-999")).isTrue();
            assertThat(window.contains("id-989")).isFalse();
        }
        assertThat(Files.readAllLines(file)).hasSizeLessThan(25).contains("id-999");
    }

    @Test
    void whatCannotBeStoredIsNotAcknowledgedAndNotRemembered() throws Exception {
        sink.down = true;
        WebhookRequest request = Payloads.github("push", "1", Payloads.GITHUB_PUSH);
        assertThat(handle(request).status()).isEqualTo(503);
        sink.down = false;
        assertThat(handle(request).line()).isEqualTo("2 events");
    }

    @Test
    void aSignedPayloadThatCannotBeUnderstoodIsADeadLetter() throws Exception {
        assertThat(handle(Payloads.github("push", "1", "{\"after\": ")).status()).isEqualTo(202);
        assertThat(handle(Payloads.github("push", "2", "{\"after\": \"x\"}")).status())
                .isEqualTo(202);
        String file = Payloads.GITHUB_PUSH.replace("https://github.com/o/n.git", "/etc");
        assertThat(handle(Payloads.github("push", "3", file)).status()).isEqualTo(202);
        assertThat(sink.events).isEmpty();
        assertThat(sink.letters)
                .extracting(letter -> letter.getError())
                .satisfiesExactly(
                        error -> assertThat(error).startsWith("no JSON: "),
                        error -> assertThat(error).isEqualTo("field clone_url is missing"),
                        error -> assertThat(error).isEqualTo("'/etc' is no https address"));
    }

    @Test
    void eventsThatPublishNothingAreAccepted() throws Exception {
        for (String event : List.of("ping", "create", "star")) {
            assertThat(handle(Payloads.github(event, event, "{\"zen\": \"Keep it\"}")))
                    .isEqualTo(new WebhookReceiver.Reply(202, "0 events"));
        }
        String deleted = Payloads.GITHUB_PUSH.replace(Payloads.COMMIT, "0".repeat(40));
        assertThat(handle(Payloads.github("push", "deleted", deleted)).line())
                .isEqualTo("0 events");
        assertThat(sink.letters).isEmpty();
    }

    @Test
    void downtimeIsAGapOfEachSender() throws Exception {
        open().close();
        assertThat(sink.events).as("the first start").isEmpty();
        now = NOON.plusSeconds(20);
        WebhookReceiver killed = open();
        assertThat(sink.events).as("within the grace").isEmpty();
        now = NOON.plusSeconds(25);
        killed.beat();
        now = NOON.plusSeconds(3_600); // it was never closed
        open().close();

        assertThat(sink.events)
                .extracting(event -> event.getFeed())
                .containsExactly("github-webhook", "gitlab-webhook");
        FeedGap gap = (FeedGap) sink.events.get(0).getBody();
        assertThat(gap.getFrom()).isEqualTo(NOON.plusSeconds(25));
        assertThat(gap.getTo()).isEqualTo(NOON.plusSeconds(3_600));
    }

    @Test
    void aBurstIsCutAndTheRateGoesOn() throws Exception {
        try (WebhookReceiver receiver = open()) {
            for (int i = 0; i < 20; i++) {
                assertThat(receiver.refuseUnread("/github")).isEmpty();
            }
            assertThat(receiver.refuseUnread("/github"))
                    .contains(new WebhookReceiver.Reply(429, "too many requests"));
            nanos += Duration.ofMillis(100).toNanos(); // one permit at ten a second
            assertThat(receiver.refuseUnread("/github")).isEmpty();
            assertThat(receiver.refuseUnread("/github")).isPresent();
            assertThat(receiver.counts()).containsEntry("rate-limited", 2L);
        }
    }

    private WebhookReceiver.Reply handle(WebhookRequest request) throws IOException {
        try (WebhookReceiver receiver = open()) {
            return receiver.handle(request);
        }
    }

    private WebhookReceiver open() throws IOException {
        return WebhookReceiver.open(settings(state), sink, () -> now, () -> nanos);
    }

    static WebhookSettings settings(Path state) {
        Secrets secrets = Secrets.parse(Payloads.SECRET);
        return new WebhookSettings(
                secrets, secrets, state, 100_000, 10, 20, 1_000, Duration.ofSeconds(30));
    }
}
