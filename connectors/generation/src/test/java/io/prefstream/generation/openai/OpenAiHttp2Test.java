package io.prefstream.generation.openai;

import static io.prefstream.generation.openai.Http2CompletionServer.event;
import static io.prefstream.generation.openai.TestGenerators.REQUEST;
import static io.prefstream.generation.openai.TestGenerators.STOP;
import static io.prefstream.generation.openai.TestGenerators.USAGE;
import static io.prefstream.generation.openai.TestGenerators.completion;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prefstream.generation.Generation;
import io.prefstream.generation.GenerationRequest;
import io.prefstream.generation.Sampling;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An endpoint that offers HTTP/2 is asked by it: one connection carries all requests. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class OpenAiHttp2Test {
    private static final String STORE = "javax.net.ssl.trustStore";
    private static final String STORE_PASSWORD = "javax.net.ssl.trustStorePassword";
    private static final int AT_ONCE = 4;

    @TempDir Path folder;

    @AfterEach
    void trustAsBefore() {
        System.clearProperty(STORE);
        System.clearProperty(STORE_PASSWORD);
    }

    @Test
    void requestsAtOnceShareAConnection() throws Exception {
        CyclicBarrier allAreHere = new CyclicBarrier(AT_ONCE);
        try (Http2CompletionServer server =
                        new Http2CompletionServer(
                                folder,
                                (body, events) -> {
                                    event(events, completion("a"));
                                    await(allAreHere);
                                    event(events, completion("b"));
                                    end(events);
                                });
                OpenAiTextGenerator generator = generator(server)) {
            List<CompletableFuture<Generation>> asked = new ArrayList<>();
            Map<Integer, StringBuilder> heard = new TreeMap<>();
            for (int i = 0; i < AT_ONCE; i++) {
                StringBuilder text = new StringBuilder();
                heard.put(i, text);
                asked.add(generator.generate(request("def f" + i), text::append));
            }
            for (CompletableFuture<Generation> one : asked) {
                assertThat(one.get().text()).isEqualTo("ab");
            }

            assertThat(heard.values()).allSatisfy(text -> assertThat(text).hasToString("ab"));
            assertThat(server.requests())
                    .hasSize(AT_ONCE)
                    .allSatisfy(request -> assertThat(request.protocol()).isEqualTo("HTTP/2.0"))
                    .allSatisfy(
                            request -> assertThat(request.target()).isEqualTo("/v1/completions"));
            int before = server.requests().size();
            List<CompletableFuture<Generation>> again = new ArrayList<>();
            for (int i = 0; i < AT_ONCE; i++) {
                again.add(generator.generate(request("def g" + i)));
            }
            for (CompletableFuture<Generation> one : again) {
                assertThat(one.get().text()).isEqualTo("ab");
            }
            assertThat(
                            server.requests().subList(before, 2 * AT_ONCE).stream()
                                    .map(Http2CompletionServer.Request::clientPort)
                                    .distinct())
                    .hasSize(1);
        }
    }

    @Test
    void whoIsCancelledEndsItsStreamAloneAndTheServerNotices() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch noticed = new CountDownLatch(1);
        try (Http2CompletionServer server =
                        new Http2CompletionServer(
                                folder,
                                (body, events) -> {
                                    if (body.contains("endless")) {
                                        begun.countDown();
                                        writeUntilRefused(events, noticed);
                                    } else {
                                        event(events, completion("whole"));
                                        end(events);
                                    }
                                });
                OpenAiTextGenerator generator = generator(server)) {
            assertThat(generator.generate(REQUEST).get().text()).isEqualTo("whole");
            CompletableFuture<Generation> endless = generator.generate(request("endless"));
            begun.await();

            endless.cancel(false);
            noticed.await();

            assertThatThrownBy(endless::get).isInstanceOf(CancellationException.class);
            assertThat(generator.generate(REQUEST).get().text()).isEqualTo("whole");
            assertThat(
                            server.requests().stream()
                                    .map(Http2CompletionServer.Request::clientPort)
                                    .distinct())
                    .hasSize(1);
        }
    }

    private static OpenAiTextGenerator generator(Http2CompletionServer server) {
        System.setProperty(STORE, server.trustStore().toString());
        System.setProperty(STORE_PASSWORD, Http2CompletionServer.PASSWORD);
        return new OpenAiTextGenerator(OpenAiSettings.of("coder", List.of(server.url())));
    }

    private static GenerationRequest request(String prompt) {
        return GenerationRequest.of(prompt, Sampling.GREEDY, 1 << 20, 7);
    }

    private static void end(OutputStream events) throws IOException {
        event(events, STOP);
        event(events, USAGE);
        event(events, "[DONE]");
    }

    private static void writeUntilRefused(OutputStream events, CountDownLatch noticed) {
        try {
            while (true) {
                event(events, completion("more"));
            }
        } catch (IOException e) {
            noticed.countDown();
        }
    }

    private static void await(CyclicBarrier barrier) throws IOException {
        try {
            barrier.await();
        } catch (InterruptedException | BrokenBarrierException e) {
            throw new IOException(e);
        }
    }
}
