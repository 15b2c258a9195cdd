package io.prefstream.feeds.webhook;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How webhooks are received.
 *
 * @param github secrets of {@code /github}; null to refuse it
 * @param gitlab tokens of {@code /gitlab}; null to refuse it
 * @param state folder for what must outlive the process
 * @param maxBodyBytes largest body; GitHub sends at most 25 MB
 * @param perSecond requests that are accepted on average
 * @param burst requests that are accepted at once
 * @param rememberedDeliveries deliveries whose repeats are known
 * @param grace downtime that is no gap, since senders try again or nothing was sent
 */
public record WebhookSettings(
        @Nullable Secrets github,
        @Nullable Secrets gitlab,
        Path state,
        int maxBodyBytes,
        double perSecond,
        int burst,
        int rememberedDeliveries,
        Duration grace) {

    public static final int DEFAULT_MAX_BODY_BYTES = 25 << 20;
    public static final int DEFAULT_REMEMBERED = 100_000;

    public WebhookSettings {
        if (github == null && gitlab == null) {
            throw new IllegalArgumentException(
                    "there is neither a GitHub secret nor a GitLab token: nobody could be"
                            + " believed");
        }
    }
}
