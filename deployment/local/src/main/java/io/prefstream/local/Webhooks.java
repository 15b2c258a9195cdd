package io.prefstream.local;

import io.prefstream.feeds.webhook.WebhookSettings;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Webhooks that a run receives, checked when it is made.
 *
 * @param githubSecretFile absolute path of the file with GitHub's secret; null for none
 * @param gitlabTokenFile absolute path of the file with GitLab's token; null for none
 * @param port to listen on
 */
record Webhooks(@Nullable String githubSecretFile, @Nullable String gitlabTokenFile, int port) {

    Webhooks {
        if (githubSecretFile == null && gitlabTokenFile == null) {
            throw new BadUsageException(
                    "--feed webhook needs --github-secret-file FILE or --gitlab-token-file FILE");
        }
        if (port < 1 || port > 65_535) {
            throw new BadUsageException(
                    "--webhook-port=%d must be from 1 to 65535".formatted(port));
        }
        githubSecretFile = absolute(githubSecretFile);
        gitlabTokenFile = absolute(gitlabTokenFile);
    }

    /**
     * What the receiver believes and takes.
     *
     * @param state folder for accepted deliveries and the heartbeat
     * @throws BadUsageException if a secret can't be read
     */
    WebhookSettings settings(Path state) {
        return Receiver.settings(
                path(githubSecretFile),
                path(gitlabTokenFile),
                state,
                WebhookSettings.DEFAULT_MAX_BODY_BYTES,
                Receiver.DEFAULT_RATE,
                Receiver.DEFAULT_GRACE);
    }

    static @Nullable String absolute(@Nullable String file) {
        return file == null ? null : Path.of(file).toAbsolutePath().normalize().toString();
    }

    private static @Nullable Path path(@Nullable String file) {
        return file == null ? null : Path.of(file);
    }
}
