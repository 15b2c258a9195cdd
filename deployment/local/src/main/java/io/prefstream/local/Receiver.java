package io.prefstream.local;

import io.prefstream.feeds.watch.FeedClock;
import io.prefstream.feeds.webhook.Secrets;
import io.prefstream.feeds.webhook.WebhookServer;
import io.prefstream.feeds.webhook.WebhookSettings;
import io.prefstream.topics.TopicsConnection;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/** Takes webhooks and writes what they announce to repo-events, until it is closed. */
final class Receiver implements AutoCloseable {

    /** Requests a second that are accepted. */
    static final int DEFAULT_RATE = 50;

    static final int DEFAULT_PORT = 8090;
    static final String DEFAULT_ADDRESS = "127.0.0.1";

    /** Downtime that is not reported as a gap. */
    static final Duration DEFAULT_GRACE = Duration.ofSeconds(30);

    private final TopicEventSink sink;
    private final WebhookServer server;

    private Receiver(TopicEventSink sink, WebhookServer server) {
        this.sink = sink;
        this.server = server;
    }

    /**
     * Starts to listen.
     *
     * @param port 0 for any free one
     * @throws BadUsageException if the broker or the registry can't be used
     * @throws BindException if the address can't be listened on
     */
    static Receiver start(
            TopicsConnection topics, WebhookSettings settings, String address, int port)
            throws IOException {
        WebhookServer.LIMITS.forEach(
                (key, value) -> {
                    if (System.getProperty(key) == null) {
                        System.setProperty(key, value);
                    }
                });
        TopicEventSink sink = sink(topics);
        try {
            return new Receiver(
                    sink,
                    WebhookServer.start(
                            new InetSocketAddress(address, port),
                            settings,
                            sink,
                            FeedClock.SYSTEM));
        } catch (IOException e) {
            sink.close();
            throw e;
        }
    }

    /**
     * What is believed and how much is taken.
     *
     * @throws BadUsageException if there is no secret at all, or one can't be read
     */
    static WebhookSettings settings(
            @Nullable Path githubSecrets,
            @Nullable Path gitlabTokens,
            Path state,
            int maxBodyBytes,
            int rate,
            Duration grace) {
        try {
            return new WebhookSettings(
                    secrets("--github-secret-file", githubSecrets),
                    secrets("--gitlab-token-file", gitlabTokens),
                    state,
                    maxBodyBytes,
                    rate,
                    2 * rate,
                    WebhookSettings.DEFAULT_REMEMBERED,
                    grace);
        } catch (IllegalArgumentException e) {
            throw new BadUsageException(
                    "--github-secret-file, --gitlab-token-file: " + e.getMessage());
        }
    }

    int port() {
        return server.port();
    }

    /** What became of the requests, in one line. */
    String counts() {
        return server.counts().toString();
    }

    @Override
    public void close() throws IOException {
        try (sink) {
            server.close();
        }
    }

    private static TopicEventSink sink(TopicsConnection topics) {
        try {
            return new TopicEventSink(topics);
        } catch (IllegalArgumentException | KafkaException e) {
            throw new BadUsageException(
                    "--bootstrap-servers=%s, --registry-url=%s: %s"
                            .formatted(
                                    topics.bootstrapServers(),
                                    topics.registryUrl(),
                                    Failures.oneLine(e)));
        }
    }

    private static @Nullable Secrets secrets(String option, @Nullable Path file) {
        if (file == null) {
            return null;
        }
        if (!Files.isReadable(file)) {
            throw new BadUsageException(
                    "%s=%s is no file that can be read".formatted(option, file));
        }
        try {
            return Secrets.parse(Files.readString(file));
        } catch (IOException | IllegalArgumentException e) {
            throw new BadUsageException(
                    "%s=%s cannot be used: %s".formatted(option, file, Failures.oneLine(e)));
        }
    }
}
