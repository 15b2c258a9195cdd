package io.prefstream.trainer.serve;

import io.prefstream.model.engine.TextEngine;
import java.io.PrintStream;
import java.net.SocketException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
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
        try (TextEngine engine = model.open(maxQueued)) {
            String called = name == null ? model.name() : name;
            try (CompletionServer server =
                    CompletionServer.start(
                            engine,
                            called,
                            settings,
                            Clock.systemUTC(),
                            () -> ThreadLocalRandom.current().nextLong())) {
                print.printf("serving %s on %s%n", called, server.address());
                stopped.await();
            }
        } catch (SocketException e) {
            throw new IllegalArgumentException(
                    "--host=%s --port=%d: %s".formatted(host, port, e.getMessage()), e);
        }
        return 0;
    }
}
