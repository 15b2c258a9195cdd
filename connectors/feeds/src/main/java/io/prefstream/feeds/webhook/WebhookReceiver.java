package io.prefstream.feeds.webhook;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.prefstream.feeds.watch.FeedClock;
import io.prefstream.feeds.watch.FeedEvents;
import io.prefstream.feeds.watch.UnreadableParts;
import io.prefstream.schemas.RepoEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a webhook request comes to: believed, understood, stored, and only then acknowledged.
 *
 * <p>A delivery that cannot be stored now is answered 503; GitHub does not send it again by itself
 * (its deliveries can be redelivered by hand or by its API), GitLab does. Thread-safe.
 */
public final class WebhookReceiver implements AutoCloseable {

    /** An answer: status and one line. */
    record Reply(int status, String line) {}

    /** Outcomes that are counted. */
    enum Outcome {
        ACCEPTED,
        EVENTS,
        REPEATED,
        UNAUTHENTIC,
        TOO_LARGE,
        RATE_LIMITED,
        DEAD_LETTER,
        NOT_STORED,
        NOT_FOUND,
        GAP
    }

    private static final Logger LOG = LoggerFactory.getLogger(WebhookReceiver.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final WebhookSettings settings;
    private final EventSink sink;
    private final FeedClock clock;
    private final Map<String, Sender> senders = new LinkedHashMap<>();
    private final DeliveryWindow window;
    private final Heartbeat heartbeat;
    private final RateLimit limit;
    private final AtomicLongArray counts = new AtomicLongArray(Outcome.values().length);

    private WebhookReceiver(
            WebhookSettings settings, EventSink sink, FeedClock clock, LongSupplier nanoTime)
            throws IOException {
        this.settings = settings;
        this.sink = sink;
        this.clock = clock;
        if (settings.github() != null) {
            senders.put("/github", new GithubSender(settings.github()));
        }
        if (settings.gitlab() != null) {
            senders.put("/gitlab", new GitlabSender(settings.gitlab()));
        }
        Files.createDirectories(settings.state());
        this.window =
                DeliveryWindow.open(
                        settings.state().resolve("deliveries"), settings.rememberedDeliveries());
        this.heartbeat = new Heartbeat(settings.state().resolve("heartbeat"));
        this.limit = new RateLimit(settings.perSecond(), settings.burst(), nanoTime);
    }

    /**
     * Opens the receiver. If it was down longer than the grace, a gap of each sender is stored
     * first.
     *
     * @throws IOException if the state folder cannot be used, or the gap not be stored
     */
    static WebhookReceiver open(
            WebhookSettings settings, EventSink sink, FeedClock clock, LongSupplier nanoTime)
            throws IOException {
        WebhookReceiver receiver = new WebhookReceiver(settings, sink, clock, nanoTime);
        receiver.reportDowntime();
        return receiver;
    }

    /** Notes that the receiver is alive. */
    void beat() throws IOException {
        heartbeat.beat(clock.now());
    }

    /** The longest body that is read. */
    int maxBodyBytes() {
        return settings.maxBodyBytes();
    }

    /** What happens before a body is read; empty if it may be. */
    Optional<Reply> refuseUnread(String path) {
        if (!senders.containsKey(path)) {
            return Optional.of(count(Outcome.NOT_FOUND, new Reply(404, "no such receiver")));
        }
        return limit.tryAcquire()
                ? Optional.empty()
                : Optional.of(count(Outcome.RATE_LIMITED, new Reply(429, "too many requests")));
    }

    Reply tooLarge() {
        return count(
                Outcome.TOO_LARGE,
                new Reply(413, "more than %,d bytes".formatted(settings.maxBodyBytes())));
    }

    /** Handles a request whose body was read. */
    Reply handle(WebhookRequest request) {
        Sender sender = senders.get(request.path());
        if (sender == null) {
            return count(Outcome.NOT_FOUND, new Reply(404, "no such receiver"));
        }
        if (!sender.isAuthentic(request)) {
            return count(Outcome.UNAUTHENTIC, new Reply(401, "not signed with the secret"));
        }
        Optional<String> delivery = sender.delivery(request).map(id -> sender.feed() + "/" + id);
        if (delivery.filter(window::contains).isPresent()) {
            return count(Outcome.REPEATED, new Reply(202, "accepted before"));
        }
        try {
            Reply reply = store(sender, request);
            if (delivery.isPresent()) {
                window.add(delivery.get());
            }
            return reply;
        } catch (IOException e) {
            LOG.warn("a delivery of {} cannot be stored: {}", sender.feed(), e.getMessage());
            return count(Outcome.NOT_STORED, new Reply(503, "cannot be stored now"));
        }
    }

    /** Counts so far, by outcome in kebab case. */
    public Map<String, Long> counts() {
        Map<String, Long> all = new LinkedHashMap<>();
        for (Outcome outcome : Outcome.values()) {
            all.put(
                    outcome.name().toLowerCase(Locale.ROOT).replace('_', '-'),
                    counts.get(outcome.ordinal()));
        }
        return all;
    }

    @Override
    public void close() throws IOException {
        beat();
        window.close();
    }

    private Reply store(Sender sender, WebhookRequest request) throws IOException {
        Instant now = clock.now();
        try {
            List<RepoEvent> events =
                    sender.publications(request, JSON.readTree(sender.payload(request)), now);
            if (!events.isEmpty()) {
                sink.events(events);
                counts.addAndGet(Outcome.EVENTS.ordinal(), events.size());
            }
            return count(Outcome.ACCEPTED, new Reply(202, events.size() + " events"));
        } catch (MalformedPayloadException e) {
            return letter(sender, request, String.valueOf(e.getMessage()), now);
        } catch (JsonProcessingException e) {
            return letter(sender, request, "no JSON: " + e.getOriginalMessage(), now);
        }
    }

    private Reply letter(Sender sender, WebhookRequest request, String why, Instant now)
            throws IOException {
        sink.deadLetter(UnreadableParts.letter(sender.feed(), 0, request.text(), why, now));
        return count(Outcome.DEAD_LETTER, new Reply(202, "not understood, kept as a dead letter"));
    }

    private void reportDowntime() throws IOException {
        Instant now = clock.now();
        Instant last = heartbeat.last().orElse(null);
        if (last != null && Duration.between(last, now).compareTo(settings.grace()) > 0) {
            List<RepoEvent> gaps = new ArrayList<>();
            for (Sender sender : senders.values()) {
                gaps.add(FeedEvents.gap(sender.feed(), "receiver", last, now, "it was down", now));
            }
            sink.events(gaps);
            counts.addAndGet(Outcome.GAP.ordinal(), gaps.size());
        }
        heartbeat.beat(now);
    }

    private Reply count(Outcome outcome, Reply reply) {
        counts.incrementAndGet(outcome.ordinal());
        return reply;
    }
}
