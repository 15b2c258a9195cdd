package io.prefstream.generation.openai;

import io.prefstream.generation.RewardAnswer;
import io.prefstream.generation.RewardRequest;
import io.prefstream.generation.RewardRequest.Text;
import io.prefstream.generation.alarm.Alarms;
import io.prefstream.generation.alarm.Backoff;
import io.prefstream.generation.alarm.ThreadAlarms;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import okhttp3.ConnectionPool;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/**
 * A preference model behind one or more servers with {@code POST /score} below their base URLs, as
 * {@code prefstream serve} has. Whatever model a server has answers, and says its name.
 *
 * <p>Tries, retries, turns and replicas are those of {@link OpenAiTextGenerator}; an answer that
 * isn't one (too long, half, of other texts than were asked for) is retried, one without rewards
 * refuses all. Cancelling a future resets the connection.
 */
public final class RewardClient implements AutoCloseable {
    private final OkHttpClient client;
    private final List<ScoreEndpoint> endpoints;
    private final ReplicaCalls calls;

    /**
     * Opens connections when they are needed.
     *
     * @throws IllegalArgumentException if the key isn't where the settings say
     */
    public RewardClient(OpenAiSettings settings) {
        this(
                settings,
                System::getenv,
                new ThreadAlarms(),
                Clock.systemUTC(),
                ReplicaCalls.backoff(settings));
    }

    /** With an environment, alarms, a clock for {@code Retry-After} and a backoff of a test's. */
    RewardClient(
            OpenAiSettings settings,
            Function<String, @Nullable String> environment,
            Alarms alarms,
            Clock clock,
            Backoff backoff) {
        ApiKey key = ApiKey.read(settings, environment);
        ExchangeGuard guard = new ExchangeGuard(key != null, ExchangeGuard.Form.JSON);
        UnaryOperator<String> mask = key == null ? UnaryOperator.identity() : key::mask;
        client = connections(settings, guard);
        endpoints =
                settings.baseUrls().stream()
                        .map(URI::toString)
                        .map(
                                url ->
                                        new ScoreEndpoint(
                                                url,
                                                client,
                                                guard,
                                                key,
                                                new Failures(url, settings, mask, clock)))
                        .toList();
        calls = new ReplicaCalls(settings, alarms, backoff);
    }

    /** Asks for rewards. The future fails as that of a text does. */
    public CompletableFuture<RewardAnswer> rewards(RewardRequest request) {
        Text first = request.texts().get(0);
        return calls.begin(
                new RunningRequest<>(request.client(), request.deadline(), first.prompt()) {
                    @Override
                    RewardAnswer ask(int replica, Exchange exchange) throws TryFailedException {
                        return endpoints.get(replica).ask(request, exchange);
                    }
                });
    }

    /** Gives up what is under way; its futures fail. */
    @Override
    public void close() {
        calls.close();
        client.connectionPool().evictAll();
    }

    private static OkHttpClient connections(OpenAiSettings settings, ExchangeGuard guard) {
        Duration keepAlive = Replicas.KEEP_ALIVE;
        return new OkHttpClient.Builder()
                .connectTimeout(settings.connectTimeout())
                .readTimeout(settings.idleTimeout())
                .writeTimeout(settings.idleTimeout())
                .callTimeout(settings.requestTimeout())
                .followRedirects(false)
                .followSslRedirects(false)
                .connectionPool(
                        new ConnectionPool(
                                settings.baseUrls().size() * settings.maxInFlight(),
                                keepAlive.toMillis(),
                                TimeUnit.MILLISECONDS))
                .addInterceptor(guard)
                .build();
    }
}
