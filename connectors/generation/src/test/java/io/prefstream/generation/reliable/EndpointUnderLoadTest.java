package io.prefstream.generation.reliable;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.prefstream.generation.Generation;
import io.prefstream.generation.GenerationRequest;
import io.prefstream.generation.Sampling;
import io.prefstream.generation.alarm.Alarms;
import io.prefstream.generation.openai.OpenAiSettings;
import io.prefstream.generation.openai.OpenAiTextGenerator;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The client without retries of its own behind {@link ReliableGenerator}, as jobs have it. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class EndpointUnderLoadTest {
    private static final String ANSWER =
            """
            data: {"id":"c","model":"m","choices":[{"index":0,"text":"good","finish_reason":"stop"}]}

            data: [DONE]

            """;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicInteger asked = new AtomicInteger();
    private final ManualTime time = new ManualTime();
    private HttpServer server;

    @BeforeEach
    void listen() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
        threads.shutdownNow();
    }

    @Test
    void nothingIsLostThoughMostIsRefused() {
        AtomicInteger served = new AtomicInteger();
        server.createContext(
                "/",
                exchange -> {
                    if (asked.incrementAndGet() % 8 == 0) {
                        served.incrementAndGet();
                        answer(exchange);
                    } else {
                        exchange.sendResponseHeaders(asked.get() % 2 == 0 ? 429 : 503, -1);
                        exchange.close();
                    }
                });
        try (ReliableGenerator generator = generator(1)) {
            List<CompletableFuture<Generation>> all = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                all.add(generator.generate(request(i), new RetryBudget(1, 0)));
            }
            CompletableFuture<Void> done =
                    CompletableFuture.allOf(all.toArray(CompletableFuture<?>[]::new));
            while (!done.isDone()) {
                time.passUntilNext();
            }

            assertThat(all).allSatisfy(each -> assertThat(each.join().text()).isEqualTo("good"));
            assertThat(served).hasValue(40);
        }
    }

    @Test
    void theOnlyReplicaIsAskedAgainWhenItsRetryAfterIsOver() throws Exception {
        server.createContext(
                "/",
                exchange -> {
                    if (asked.incrementAndGet() == 1) {
                        exchange.getResponseHeaders().set("Retry-After", "7");
                        exchange.sendResponseHeaders(429, -1);
                        exchange.close();
                    } else {
                        answer(exchange);
                    }
                });
        try (ReliableGenerator generator = generator(5)) {
            CompletableFuture<Generation> refused =
                    generator.generate(request(0), new RetryBudget(5, 0));
            time.awaitAlarms(2); // the pause, and the next try
            CompletableFuture<Generation> other =
                    generator.generate(request(1), new RetryBudget(5, 0));

            time.pass(Duration.ofMillis(6_999));
            assertThat(generator.metrics().inFlight()).isZero();
            assertThat(asked).hasValue(1);

            time.pass(Duration.ofMillis(1));
            assertThat(refused.get().text()).isEqualTo("good");
            assertThat(other.get().text()).isEqualTo("good");
            assertThat(asked).hasValue(3);
        }
    }

    private ReliableGenerator generator(int tries) {
        URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/v1");
        ReliableSettings defaults = ReliableSettings.DEFAULTS;
        return new ReliableGenerator(
                new OpenAiTextGenerator(
                        OpenAiSettings.of("m", List.of(url))
                                .withLimits(Duration.ofMinutes(1), 0, 512)),
                new ReliableSettings(
                        defaults.maxTokens(),
                        tries,
                        defaults.failuresToPause(),
                        defaults.firstPause(),
                        defaults.longestPause(),
                        defaults.slow(),
                        0,
                        0),
                null,
                time,
                time::nanos,
                () -> 0);
    }

    private static GenerationRequest request(long seed) {
        return GenerationRequest.of("prompt", Sampling.GREEDY, 8, seed);
    }

    private static void answer(HttpExchange exchange) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
        byte[] bytes = ANSWER.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    /** Time that passes when a test says so, and alarms that go off when they are due. */
    private static final class ManualTime implements Alarms {
        private record Due(long at, Runnable task) implements Comparable<Due> {
            @Override
            public int compareTo(Due other) {
                return Long.compare(at, other.at);
            }
        }

        private final Queue<Due> set = new PriorityQueue<>();
        private long now = 1;

        synchronized long nanos() {
            return now;
        }

        @Override
        public synchronized Alarm after(Duration delay, Runnable task) {
            Due due = new Due(now + delay.toNanos(), task);
            set.add(due);
            notifyAll();
            return () -> cancel(due);
        }

        private synchronized void cancel(Due due) {
            set.remove(due);
        }

        synchronized void awaitAlarms(int count) throws InterruptedException {
            while (set.size() < count) {
                wait();
            }
        }

        void pass(Duration time) {
            passTo(nanos() + time.toNanos());
        }

        void passUntilNext() {
            long next;
            synchronized (this) {
                next = set.isEmpty() ? now : set.peek().at;
            }
            Thread.onSpinWait();
            passTo(next);
        }

        private void passTo(long at) {
            List<Due> due = new ArrayList<>();
            synchronized (this) {
                now = Math.max(now, at);
                while (!set.isEmpty() && set.peek().at <= now) {
                    due.add(set.remove());
                }
            }
            due.forEach(each -> each.task.run());
        }

        @Override
        public void close() {}
    }
}
