package io.prefstream.generation.openai;

import static io.prefstream.generation.openai.RawCompletionServer.events;
import static io.prefstream.generation.openai.TestGenerators.REQUEST;
import static io.prefstream.generation.openai.TestGenerators.STOP;
import static io.prefstream.generation.openai.TestGenerators.USAGE;
import static io.prefstream.generation.openai.TestGenerators.completion;
import static io.prefstream.generation.openai.TestGenerators.settings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prefstream.generation.Generation;
import io.prefstream.generation.GenerationException;
import io.prefstream.generation.GenerationRequest;
import io.prefstream.generation.alarm.FakeAlarms;
import io.prefstream.generation.openai.RawCompletionServer.Answer;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests that wait, are cancelled, late or closed: the server gets to know. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class OpenAiEndingsTest {
    private final FakeAlarms alarms = new FakeAlarms();
    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch told = new CountDownLatch(1);
    private final CountDownLatch hungUp = new CountDownLatch(1);

    /** Says something and then nothing more, until the client is gone. */
    private final Answer halfway =
            connection -> {
                connection.beginEvents();
                connection.event(completion("half"));
                connection.awaitHangUp();
                hungUp.countDown();
            };

    private final Answer silent =
            connection -> {
                reached.countDown();
                connection.awaitHangUp();
                hungUp.countDown();
            };

    @Test
    void cancellingHangsUpAmidTheAnswer() throws Exception {
        try (RawCompletionServer server = new RawCompletionServer(halfway);
                OpenAiTextGenerator generator = open(server)) {
            CompletableFuture<Generation> asked = generator.generate(REQUEST, this::hear);
            told.await();

            asked.cancel(false);

            hungUp.await();
            assertThat(heard).containsExactly("half");
            assertThat(asked).isCancelled();
            assertThat(server.requests()).hasSize(1);
            assertThat(alarms.delays()).isEmpty();
        }
    }

    @Test
    void cancellingHangsUpBeforeTheAnswer() throws Exception {
        try (RawCompletionServer server = new RawCompletionServer(silent);
                OpenAiTextGenerator generator = open(server)) {
            CompletableFuture<Generation> asked = generator.generate(REQUEST);
            reached.await();

            asked.cancel(false);

            hungUp.await();
            assertThat(asked).isCancelled();
        }
    }

    @Test
    void aPlaceThatACancelledRequestHadIsFree() throws Exception {
        Answer good = events(completion("good"), STOP, USAGE);
        try (RawCompletionServer server = new RawCompletionServer(silent, good);
                OpenAiTextGenerator generator = open(server)) {
            CompletableFuture<Generation> first = generator.generate(REQUEST);
            reached.await();
            CompletableFuture<Generation> second = generator.generate(REQUEST);
            assertThat(server.requests()).hasSize(1);

            first.cancel(false);

            assertThat(second.get().text()).isEqualTo("good");
        }
    }

    @Test
    void whatIsCancelledWhileItWaitsIsNeverAsked() throws Exception {
        Answer good = events(completion("good"), STOP, USAGE);
        try (RawCompletionServer server = new RawCompletionServer(silent, good);
                OpenAiTextGenerator generator = open(server)) {
            CompletableFuture<Generation> first = generator.generate(REQUEST);
            reached.await();
            CompletableFuture<Generation> second = generator.generate(REQUEST);
            CompletableFuture<Generation> third = generator.generate(REQUEST);

            second.cancel(false);
            first.cancel(false);

            third.get();
            assertThat(server.requests()).hasSize(2);
        }
    }

    @Test
    void tooManyThatWaitAreRefused() throws Exception {
        try (RawCompletionServer server = new RawCompletionServer(silent);
                OpenAiTextGenerator generator = open(server)) {
            generator.generate(REQUEST);
            reached.await();
            generator.generate(REQUEST);
            generator.generate(REQUEST);

            assertThatThrownBy(() -> generator.generate(REQUEST).get())
                    .hasRootCauseMessage("2 requests wait already: max-waiting=2")
                    .cause()
                    .matches(e -> ((GenerationException) e).retryable());
        }
    }

    @Test
    void afterItsDeadlineARequestIsGivenUp() throws Exception {
        GenerationRequest request = REQUEST.withDeadline(FakeAlarms.HELD);
        try (RawCompletionServer server = new RawCompletionServer(halfway);
                OpenAiTextGenerator generator = open(server)) {
            CompletableFuture<Generation> asked = generator.generate(request, this::hear);
            told.await();

            alarms.goOff();

            assertThatThrownBy(asked::get)
                    .hasCauseInstanceOf(TimeoutException.class)
                    .hasRootCauseMessage("no answer within deadline=PT1H");
            hungUp.await();
            assertThat(heard).containsExactly("half");
        }
    }

    @Test
    void theDeadlineOfARequestThatIsDoneIsCalledOff() throws Exception {
        try (RawCompletionServer server =
                        new RawCompletionServer(events(completion("good"), STOP, USAGE));
                OpenAiTextGenerator generator = open(server)) {
            generator.generate(REQUEST.withDeadline(FakeAlarms.HELD)).get();

            alarms.awaitNoneHeld();
        }
    }

    @Test
    void theThreadOfRealAlarmsKeepsDeadlines() throws Exception {
        try (RawCompletionServer server = new RawCompletionServer(silent);
                OpenAiTextGenerator generator = new OpenAiTextGenerator(settings(server.url()))) {
            assertThatThrownBy(
                            () ->
                                    generator
                                            .generate(REQUEST.withDeadline(TestGenerators.SHORT))
                                            .get())
                    .hasCauseInstanceOf(TimeoutException.class);
        }
    }

    @Test
    void aListenerThatThrowsEndsItsRequest() throws Exception {
        try (RawCompletionServer server = new RawCompletionServer(halfway);
                OpenAiTextGenerator generator = open(server)) {
            CompletableFuture<Generation> asked =
                    generator.generate(
                            REQUEST,
                            text -> {
                                throw new IllegalStateException("I can't hear that");
                            });

            assertThatThrownBy(asked::get).hasRootCauseMessage("I can't hear that");
            hungUp.await();
        }
    }

    @Test
    void closingGivesUpWhatIsUnderWayAndWhatWaits() throws Exception {
        try (RawCompletionServer server = new RawCompletionServer(silent)) {
            OpenAiTextGenerator generator = open(server);
            CompletableFuture<Generation> first = generator.generate(REQUEST);
            reached.await();
            CompletableFuture<Generation> second = generator.generate(REQUEST);

            generator.close();
            generator.close();

            hungUp.await();
            assertThatThrownBy(first::get).hasRootCauseMessage("the client is closed");
            assertThatThrownBy(second::get).hasRootCauseMessage("the client is closed");
            assertThatThrownBy(() -> generator.generate(REQUEST).get())
                    .hasRootCauseMessage("the client is closed");
        }
    }

    @Test
    void aFutureIsCompletedOnce() throws Exception {
        try (RawCompletionServer server = new RawCompletionServer(silent);
                OpenAiTextGenerator generator = open(server)) {
            List<Throwable> endings = new CopyOnWriteArrayList<>();
            CompletableFuture<Generation> asked = generator.generate(REQUEST);
            asked.whenComplete((generation, failure) -> endings.add(failure));
            reached.await();

            asked.cancel(false);
            hungUp.await();
            generator.close();

            assertThat(endings).singleElement().isInstanceOf(CancellationException.class);
        }
    }

    private void hear(String text) {
        heard.add(text);
        told.countDown();
    }

    private OpenAiTextGenerator open(RawCompletionServer server) {
        return TestGenerators.of(settings(server.url()), alarms);
    }
}
