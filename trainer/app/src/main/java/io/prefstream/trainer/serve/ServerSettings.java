package io.prefstream.trainer.serve;

import java.time.Duration;

/**
 * Where a server listens and what it allows.
 *
 * @param port 0 for any free one
 * @param maxQueued texts in hand at most, running ones among them; as the engine's limit
 * @param maxBodyBytes of a request
 * @param clientBuffer characters that may wait for a client before it is given up
 * @param writeTimeout for one write to a client before it is given up
 * @param keepAlive between comments to clients that wait
 * @param grace for what runs when the server closes
 */
public record ServerSettings(
        String host,
        int port,
        int maxQueued,
        int maxBodyBytes,
        int clientBuffer,
        Duration writeTimeout,
        Duration keepAlive,
        Duration grace) {
    public ServerSettings {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("port=%d must be from 0 to 65535".formatted(port));
        }
        atLeastOne("max-queued", maxQueued);
        atLeastOne("max-body-bytes", maxBodyBytes);
        atLeastOne("client-buffer", clientBuffer);
        if (writeTimeout.isNegative() || writeTimeout.isZero()) {
            throw new IllegalArgumentException(
                    "write-timeout=" + writeTimeout + " must be above 0");
        }
        if (keepAlive.isNegative() || keepAlive.isZero()) {
            throw new IllegalArgumentException("keep-alive=" + keepAlive + " must be above 0");
        }
        if (grace.isNegative()) {
            throw new IllegalArgumentException("grace=" + grace + " must be at least 0");
        }
    }

    /** Loopback, any port, 256 texts, 4 MiB a request, 256 Ki characters a client. */
    public static ServerSettings defaults() {
        return new ServerSettings(
                "127.0.0.1",
                0,
                256,
                4 << 20,
                256 << 10,
                Duration.ofSeconds(20),
                Duration.ofSeconds(10),
                Duration.ofSeconds(30));
    }

    private static void atLeastOne(String key, int value) {
        if (value < 1) {
            throw new IllegalArgumentException("%s=%d must be at least 1".formatted(key, value));
        }
    }
}
