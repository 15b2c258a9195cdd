package io.prefstream.verify;

import io.prefstream.model.engine.TextEngine;
import io.prefstream.trainer.serve.CompletionServer;
import io.prefstream.trainer.serve.ServerSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Clock;
import java.util.Random;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** Hangs up on who asks for as long as it is away, then serves at the same address. */
final class ServerThatComesBack implements AutoCloseable {
    private final ServerSocket dying = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
    private final int port = dying.getLocalPort();
    private final Thread life;
    private volatile @Nullable CompletionServer server;

    /**
     * @param away whether it hangs up once more, asked with how often it has
     */
    ServerThatComesBack(TextEngine engine, IntPredicate away) throws IOException {
        life = new Thread(() -> live(engine, away), "server-that-comes-back");
        life.start();
    }

    static CompletionServer serve(TextEngine engine, int port) throws IOException {
        ServerSettings defaults = ServerSettings.defaults();
        return CompletionServer.start(
                engine,
                "model",
                new ServerSettings(
                        defaults.host(),
                        port,
                        defaults.maxQueued(),
                        defaults.maxBodyBytes(),
                        defaults.clientBuffer(),
                        defaults.writeTimeout(),
                        defaults.keepAlive(),
                        defaults.grace()),
                Clock.systemUTC(),
                new Random(1)::nextLong);
    }

    private void live(TextEngine engine, IntPredicate away) {
        try {
            for (int hangUps = 0; away.test(hangUps); hangUps++) {
                dying.accept().close();
            }
            dying.close();
            server = serve(engine, port);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    String address() {
        return "http://127.0.0.1:" + port;
    }

    @Override
    public void close() throws Exception {
        dying.close();
        life.join();
        CompletionServer back = server;
        if (back != null) {
            back.close();
        }
    }
}
