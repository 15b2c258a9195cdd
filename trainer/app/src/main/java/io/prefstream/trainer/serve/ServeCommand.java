package io.prefstream.trainer.serve;

import io.prefstream.model.ReleaseNote;
import io.prefstream.model.engine.TextEngine;
import java.io.IOException;
import java.io.PrintStream;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import sun.misc.Signal;

/** {@code serve}: a {@link CompletionServer} until a signal ends it. */
@Command(
        name = "serve",
        sortOptions = false,
        mixinStandardHelpOptions = true,
        description = {
            "Serve a model over HTTP, as OpenAI's clients ask (/v1/completions,"
                    + " /v1/chat/completions, /v1/models), with rewards and log-likelihoods"
                    + " (/v1/score), /health and /metrics.",
            "Plain HTTP without keys: put it behind what ends TLS and asks for them."
        })
public final class ServeCommand implements Callable<Integer> {
    @Mixin private EngineArguments model = new EngineArguments();

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "What requests call the model. Default: its folder's name.")
    private @Nullable String name;

    @Option(
            names = "--follow",
            description =
                    "--model is a folder of releases, as a trainer's OUT/releases: serve the newest"
                            + " whole one and move to each newer one without dropping a request."
                            + " Answers say the release's id, which requests may call the model,"
                            + " too.")
    private boolean follow;

    @Option(
            names = "--poll",
            defaultValue = "PT10S",
            paramLabel = "DURATION",
            description = "With --follow, between two looks. Default ${DEFAULT-VALUE}.")
    private Duration poll = Duration.ZERO;

    @Option(
            names = "--host",
            defaultValue = "127.0.0.1",
            paramLabel = "ADDRESS",
            description = "Address to listen on. Default ${DEFAULT-VALUE}.")
    private String host = "";

    @Option(
            names = "--port",
            defaultValue = "8000",
            paramLabel = "PORT",
            description = "Port to listen on; 0 for any free one. Default ${DEFAULT-VALUE}.")
    private int port;

    @Option(
            names = "--max-queued",
            defaultValue = "256",
            paramLabel = "N",
            description =
                    "Texts in hand at most, running ones among them; more are answered 429."
                            + " Default ${DEFAULT-VALUE}.")
    private int maxQueued;

    @Option(
            names = "--max-body-bytes",
            defaultValue = "4194304",
            paramLabel = "N",
            description = "Largest body of a request. Default ${DEFAULT-VALUE}.")
    private int maxBodyBytes;

    @Option(
            names = "--grace",
            defaultValue = "PT30S",
            paramLabel = "DURATION",
            description = "For what runs when a signal ends the server. Default ${DEFAULT-VALUE}.")
    private Duration grace = Duration.ZERO;

    private final PrintStream print;

    /**
     * @param print told where the server is, in one line
     */
    public ServeCommand(PrintStream print) {
        this.print = print;
    }

    @Override
    public Integer call() throws Exception {
        ServerSettings defaults = ServerSettings.defaults();
        ServerSettings settings =
                new ServerSettings(
                        host,
                        port,
                        maxQueued,
                        maxBodyBytes,
                        defaults.clientBuffer(),
                        defaults.writeTimeout(),
                        defaults.keepAlive(),
                        grace);
        CountDownLatch stopped = new CountDownLatch(1);
        for (String signal : new String[] {"INT", "TERM"}) {
            Signal.handle(new Signal(signal), unused -> stopped.countDown());
        }
        MarginScales scales = new MarginScales();
        if (!follow) {
            try (TextEngine engine = model.open(maxQueued)) {
                scales.put(engine.model(), ReleaseNote.read(model.folder()).marginScale());
                serve(engine, model.name(), scales, settings, stopped::await);
            }
            return 0;
        }
        if (poll.isNegative() || poll.isZero()) {
            throw new IllegalArgumentException("--poll=%s must be above 0".formatted(poll));
        }
        Path releases = model.releases();
        ReleaseFollower follower = new ReleaseFollower(releases, scales);
        AtomicReference<@Nullable TextEngine> first = new AtomicReference<>();
        ReleaseFollower.Use load = (release, id) -> first.set(model.open(release, id, maxQueued));
        if (!follower.look(load)) {
            print.printf("waiting for a release in %s%n", releases);
            do {
                if (stopped.await(poll.toMillis(), TimeUnit.MILLISECONDS)) {
                    return 0;
                }
            } while (!follower.look(load));
        }
        try (TextEngine engine = Objects.requireNonNull(first.get())) {
            serve(
                    engine,
                    String.valueOf(releases.toRealPath().getFileName()),
                    scales,
                    settings,
                    () -> {
                        while (!stopped.await(poll.toMillis(), TimeUnit.MILLISECONDS)) {
                            follower.look((release, id) -> move(engine, release, id));
                        }
                    });
        }
        return 0;
    }

    /** What would end the command at its start, such as memory that runs out, doesn't later. */
    private static void move(TextEngine engine, Path release, String id) throws IOException {
        try {
            engine.reload(release, id);
        } catch (RuntimeException e) {
            throw new IOException(e.toString(), e);
        }
    }

    /** Until the waiting ends. */
    private interface Waiting {
        void end() throws InterruptedException;
    }

    private void serve(
            TextEngine engine,
            String folder,
            MarginScales scales,
            ServerSettings settings,
            Waiting waiting)
            throws IOException, InterruptedException {
        String called = name == null ? folder : name;
        try (CompletionServer server =
                CompletionServer.start(
                        engine,
                        called,
                        scales,
                        settings,
                        Clock.systemUTC(),
                        () -> ThreadLocalRandom.current().nextLong())) {
            print.printf("serving %s on %s%n", called, server.address());
            waiting.end();
        } catch (SocketException e) {
            throw new IllegalArgumentException(
                    "--host=%s --port=%d: %s".formatted(host, port, e.getMessage()), e);
        }
    }
}
