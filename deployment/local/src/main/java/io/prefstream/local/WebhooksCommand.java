package io.prefstream.local;

import io.prefstream.feeds.webhook.WebhookSettings;
import java.net.BindException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import sun.misc.Signal;

/** Receives webhooks until a signal ends it. */
@Command(
        name = "webhooks",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Receive webhooks of GitHub (POST /github) and GitLab (POST /gitlab) and write what"
                    + " they announce to repo-events.",
            "Plain HTTP: put it behind what ends TLS. GET /health and /metrics say how it is."
        })
final class WebhooksCommand implements Callable<Integer> {

    @Mixin private ConnectionOptions connection = new ConnectionOptions();

    @Option(
            names = "--github-secret-file",
            paramLabel = "FILE",
            description = "File with GitHub's webhook secret; several lines while it is changed.")
    private @Nullable Path githubSecrets;

    @Option(
            names = "--gitlab-token-file",
            paramLabel = "FILE",
            description = "File with GitLab's secret token; several lines while it is changed.")
    private @Nullable Path gitlabTokens;

    @Option(
            names = "--state",
            required = true,
            paramLabel = "DIR",
            description = "Folder for accepted deliveries and the heartbeat.")
    private Path state = Path.of("");

    @Option(
            names = "--bind",
            defaultValue = Receiver.DEFAULT_ADDRESS,
            paramLabel = "ADDRESS",
            description = "Address to listen on (default: ${DEFAULT-VALUE}).")
    private String bind = "";

    @Option(
            names = "--port",
            defaultValue = "" + Receiver.DEFAULT_PORT,
            paramLabel = "PORT",
            description = "Port to listen on; 0 for any free one (default: ${DEFAULT-VALUE}).")
    private int port;

    @Option(
            names = "--rate",
            defaultValue = "" + Receiver.DEFAULT_RATE,
            paramLabel = "N",
            description = "Requests a second that are accepted (default: ${DEFAULT-VALUE}).")
    private int rate;

    @Option(
            names = "--max-body-bytes",
            defaultValue = "" + WebhookSettings.DEFAULT_MAX_BODY_BYTES,
            paramLabel = "N",
            description = "Largest body (default: ${DEFAULT-VALUE}, GitHub's own limit).")
    private int maxBodyBytes;

    @Option(
            names = "--downtime-grace",
            defaultValue = "PT30S",
            paramLabel = "DURATION",
            description = "Downtime that is not reported as a gap (default: ${DEFAULT-VALUE}).")
    private Duration grace = Duration.ZERO;

    @Override
    public Integer call() throws Exception {
        if (port < 0 || port > 65_535 || rate < 1 || maxBodyBytes < 1) {
            throw new BadUsageException(
                    "--port=%d must be from 0 to 65535, --rate=%d and --max-body-bytes=%d at least 1"
                            .formatted(port, rate, maxBodyBytes));
        }
        WebhookSettings settings =
                Receiver.settings(githubSecrets, gitlabTokens, state, maxBodyBytes, rate, grace);
        try (Receiver receiver = Receiver.start(connection.open(), settings, bind, port)) {
            CountDownLatch stopped = new CountDownLatch(1);
            for (String signal : new String[] {"INT", "TERM"}) {
                Signal.handle(new Signal(signal), unused -> stopped.countDown());
            }
            System.out.printf("receiving on http://%s:%d%n", bind, receiver.port());
            stopped.await();
            System.out.println("stopping: " + receiver.counts());
        } catch (BindException e) {
            throw new BadUsageException(
                    "--bind=%s --port=%d: %s".formatted(bind, port, e.getMessage()));
        }
        return Prefstream.DONE;
    }
}
