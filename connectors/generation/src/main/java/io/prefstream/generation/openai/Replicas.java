package io.prefstream.generation.openai;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.LogLevel;
import com.openai.core.Timeout;
import io.prefstream.generation.GenerationRequest;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The endpoints of one model, over one official client and its pool of connections.
 *
 * <p>The client's own retries (which know one endpoint), logs (which could hold prompts), reports
 * of this machine and redirects (which could take the key elsewhere) are off.
 */
final class Replicas implements AutoCloseable {
    static final Duration KEEP_ALIVE = Duration.ofMinutes(1);

    /** The client wants one; the guard takes it out. */
    private static final String NO_KEY = "none";

    private final OpenAIClient client;
    private final List<Replica> replicas;

    /**
     * @param key null to send none
     * @param clock that {@code Retry-After} dates are compared with
     */
    Replicas(OpenAiSettings settings, @Nullable ApiKey key, Clock clock) {
        ExchangeGuard guard = new ExchangeGuard(key != null, ExchangeGuard.Form.EVENTS);
        UnaryOperator<String> mask = key == null ? UnaryOperator.identity() : key::mask;
        List<String> urls = settings.baseUrls().stream().map(URI::toString).toList();
        client =
                OpenAIOkHttpClient.builder()
                        .baseUrl(urls.get(0))
                        .apiKey(key == null ? NO_KEY : key.secret())
                        .timeout(
                                Timeout.builder()
                                        .connect(settings.connectTimeout())
                                        .read(settings.idleTimeout())
                                        .write(settings.idleTimeout())
                                        .request(settings.requestTimeout())
                                        .build())
                        .maxRetries(0)
                        .followRedirects(false)
                        .maxIdleConnections(urls.size() * settings.maxInFlight())
                        .keepAliveDuration(KEEP_ALIVE)
                        .addInterceptor(guard)
                        .logLevel(LogLevel.OFF)
                        .disableTelemetry(true)
                        .replaceHeaders("User-Agent", "prefstream")
                        .build();
        replicas =
                urls.stream()
                        .map(
                                url ->
                                        new Replica(
                                                client.withOptions(o -> o.baseUrl(url)),
                                                guard,
                                                settings.model(),
                                                new Failures(url, settings, mask, clock)))
                        .toList();
    }

    /**
     * Asks one of them once; see {@link Replica#ask}.
     *
     * @throws TryFailedException if there is no answer
     */
    void ask(int replica, GenerationRequest request, Answer answer, Exchange exchange)
            throws TryFailedException {
        replicas.get(replica).ask(request, answer, exchange);
    }

    @Override
    public void close() {
        client.close();
    }
}
