package io.prefstream.generation.reliable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prefstream.generation.Generation;
import io.prefstream.generation.GenerationException;
import io.prefstream.generation.GenerationRequest;
import io.prefstream.generation.QueueFullException;
import io.prefstream.generation.Sampling;
import io.prefstream.generation.alarm.Alarms;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReliableGeneratorTest {
    private static final int TOKENS = 100;
    private static final GenerationException AWAY = GenerationException.passing("away", null);

    private final ScriptedGenerator model = new ScriptedGenerator();
    private final Clock time = new Clock();
    private ReliableGenerator generator = generator(1_000, 3, 3);

    @AfterEach
    void close() {
        generator.close();
    }

    @Test
    void sendsNoMoreTokensThanTheLimitAllows() {
        List<CompletableFuture<Generation>> asked =
                ask("a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k");

        assertThat(model.prompts()).hasSize(10);
        assertThat(generator.metrics().waiting()).isEqualTo(1);
        model.next().answer("A");

        assertThat(asked.get(0).join().text()).isEqualTo("A");
        assertThat(model.prompts()).hasSize(10).endsWith("k");
    }

    @Test
    void aRequestOverTheLimitIsSentAlone() {
        generator.close();
        generator = generator(50, 3, 3);

        ask("a", "b");

        assertThat(model.prompts()).containsExactly("a");
    }

    @Test
    void overloadTakesThreeTenthsOfTheLimitOncePerRound() {
        ask("a", "b", "c");
        time.pass(Duration.ofSeconds(1));

        model.next().fail(AWAY);
        model.next().fail(new QueueFullException("full"));
        assertThat(generator.metrics().tokenLimit()).isEqualTo(700);

        time.pass(Duration.ofSeconds(1));
        time.goOff(); // a and b again, sent after the decrease
        model.next(); // c stays
        model.next().fail(AWAY);
        assertThat(generator.metrics().tokenLimit()).isEqualTo(490);
    }

    @Test
    void whatKeepsUpRaisesTheLimitAgain() {
        ask("a");
        time.pass(Duration.ofSeconds(1));
        model.next().fail(AWAY);
        time.goOff();
        model.next().answer("A"); // a limit of which less than half is used says nothing
        assertThat(generator.metrics().tokenLimit()).isEqualTo(700);

        ask("b", "c", "d", "e", "f", "g", "h");
        model.next().answer("B");

        // One sixteenth of the most for a whole round; this was a seventh of one.
        assertThat(generator.metrics().tokenLimit()).isEqualTo(Math.round(700 + 1000 / 16.0 / 7));
    }

    @Test
    void aSlowAnswerIsASignOfOverloadToo() {
        CompletableFuture<Generation> slow = ask("a").get(0);
        time.pass(ReliableSettings.DEFAULTS.slow().plusMillis(1));
        model.next().answer("A");

        assertThat(slow.join().text()).isEqualTo("A");
        assertThat(generator.metrics().tokenLimit()).isEqualTo(700);
    }

    @Test
    void aGeneratorThatFailsInARowIsLeftAloneAndTriedByOne() {
        List<CompletableFuture<Generation>> asked = ask("a", "b", "c");
        model.next().fail(AWAY);
        model.next().fail(new TimeoutException("late"));
        assertThat(generator.metrics().paused()).isFalse();
        model.next().fail(AWAY);
        assertThat(generator.metrics().paused()).isTrue();
        ask("d");
        time.goOff();
        assertThat(model.prompts()).isEmpty(); // waits and pause have gone off, the clock stands

        time.pass(Duration.ofSeconds(1));
        ask("e");
        assertThat(model.prompts()).hasSize(1);
        model.next().fail(AWAY); // twice as long from now on
        time.pass(Duration.ofMillis(999));
        ask("f");
        assertThat(model.prompts()).isEmpty();
        time.pass(Duration.ofMillis(1_001));
        time.goOff();
        assertThat(model.prompts()).hasSize(1);

        model.next().answer("?");
        assertThat(generator.metrics().paused()).isFalse();
        while (!model.open.isEmpty()) {
            model.next().answer("!");
            time.goOff();
        }
        assertThat(asked)
                .allMatch(CompletableFuture::isDone)
                .noneMatch(CompletableFuture::isCompletedExceptionally);
        assertThat(generator.metrics().completed()).isEqualTo(6);
        assertThat(generator.metrics().pauses()).isEqualTo(2);
    }

    @Test
    void aServerThatAsksForALongerPauseGetsItUpToTheLongest() {
        generator.close();
        generator = generator(1_000, 3, 1);
        ask("a");
        model.next().fail(GenerationException.passing("busy", null, Duration.ofSeconds(7)));

        time.pass(Duration.ofMillis(6_999));
        time.goOff();
        assertThat(model.prompts()).isEmpty();
        time.pass(Duration.ofMillis(1));
        ask("b");
        assertThat(model.prompts()).hasSize(1);
    }

    @Test
    void whatOneServerAsksForItGetsAfterItsFirstRefusalWhateverItServesMeanwhile() {
        ask("a", "b", "c");
        model.next().fail(GenerationException.overloaded("busy", Duration.ofSeconds(7)));
        model.next().answer("B");
        assertThat(generator.metrics().paused()).isTrue();
        assertThat(generator.metrics().pauses()).isEqualTo(1);

        time.pass(Duration.ofMillis(6_999));
        ask("d");
        model.next().fail(GenerationException.overloaded("busy", Duration.ofMinutes(5)));
        time.pass(Duration.ofMillis(1));
        time.goOff();
        assertThat(model.prompts()).isEmpty();

        time.pass(Duration.ofSeconds(30)); // the longest pause
        time.goOff();
        ask("e");
        assertThat(model.prompts()).containsExactlyInAnyOrder("a", "c", "d", "e");
        assertThat(generator.metrics().paused()).isFalse();
    }

    @Test
    void refusalsForLoadNeverCountAgainstARequest() {
        generator.close();
        generator = generator(100_000, 3, 3);
        RetryBudget budget = new RetryBudget(1, 0);
        CompletableFuture<Generation> refused = generator.generate(request("a"), budget);
        for (int i = 0; i < 50; i++) {
            ScriptedGenerator.Open open = model.next();
            ask("other " + i);
            model.next().answer("fine");
            open.fail(
                    i % 2 == 0
                            ? GenerationException.overloaded("answered 429", null)
                            : new QueueFullException("full"));
            time.pass(Duration.ofMinutes(1));
            time.goOff();
        }
        assertThat(budget.spent()).isZero();

        model.next().answer("A");
        assertThat(refused.join().text()).isEqualTo("A");
    }

    @Test
    void whoIsRefusedForLoadAgainAndAgainComesBackMoreSeldom() {
        ask("a");
        for (int i = 0; i < 4; i++) {
            model.next().fail(new QueueFullException("full"));
            time.goOff();
        }

        assertThat(time.delays)
                .containsExactly(
                        Duration.ofMillis(500),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(4));
    }

    @Test
    void failuresCountAgainstARequestOnlyWhileOthersAreServed() {
        RetryBudget budget = new RetryBudget(2, 0);
        CompletableFuture<Generation> poison = generator.generate(request("poison"), budget);
        for (int i = 0; i < 10; i++) {
            model.next().fail(AWAY);
            time.pass(Duration.ofMinutes(1));
            time.goOff();
        }
        assertThat(budget.spent()).isZero();

        ask("good"); // waits while the poison is what tries the model
        model.next().fail(AWAY);
        time.pass(Duration.ofMinutes(1));
        time.goOff();
        assertThat(model.prompts()).containsExactly("good");
        model.next().answer("fine");
        for (int i = 1; i <= 2; i++) {
            ask("good " + i);
            ScriptedGenerator.Open bad = model.next();
            model.next().answer("fine");
            bad.fail(AWAY);
            assertThat(budget.spent()).isEqualTo(i);
            time.pass(Duration.ofMinutes(1));
            time.goOff();
        }

        assertThatThrownBy(poison::join)
                .hasCauseInstanceOf(GenerationException.class)
                .hasMessageContaining("after 2 tries, while others were served: away");
        assertThat(generator.metrics().failed()).isEqualTo(1);
    }

    @Test
    void triesSpentBeforeARestartStaySpent() {
        RetryBudget budget = new RetryBudget(2, 1);
        CompletableFuture<Generation> poison = generator.generate(request("poison"), budget);
        ask("good");
        ScriptedGenerator.Open bad = model.next();
        model.next().answer("fine");
        bad.fail(AWAY);

        assertThat(poison).isCompletedExceptionally();
    }

    @Test
    void aRefusalOfTheRequestItselfIsFinal() {
        CompletableFuture<Generation> asked = ask("a").get(0);
        model.next().fail(new GenerationException("a prompt of 900 tokens"));

        assertThatThrownBy(asked::join).hasMessageContaining("a prompt of 900 tokens");
        assertThat(generator.metrics().tokensInFlight()).isZero();
        assertThat(generator.metrics().paused()).isFalse();
    }

    @Test
    void aRefusedKeyStopsEverythingAndLosesNothing() {
        List<CompletableFuture<Generation>> asked = ask("a", "b", "c");
        for (int i = 0; i < 3; i++) {
            model.next().fail(GenerationException.refusesAll("answered 401"));
        }
        assertThat(generator.metrics().paused()).isTrue();
        assertThat(asked).noneMatch(CompletableFuture::isDone);

        time.pass(Duration.ofMinutes(1));
        time.goOff();
        while (!model.open.isEmpty()) {
            model.next().answer("!");
        }
        assertThat(asked).allMatch(CompletableFuture::isDone);
    }

    @Test
    void whatIsRefusedLikeAWrongKeyWhileOthersAreServedIsGivenUpInTheEnd() {
        RetryBudget budget = new RetryBudget(2, 0);
        CompletableFuture<Generation> flagged = generator.generate(request("flagged"), budget);
        for (int i = 0; i < 3; i++) {
            assertThat(budget.spent()).isEqualTo(Math.max(0, i - 1));
            model.next().fail(GenerationException.refusesAll("answered 403"));
            time.pass(Duration.ofSeconds(1));
            ask("good");
            model.next().answer("fine");
            time.goOff();
        }

        assertThatThrownBy(flagged::join)
                .hasMessageContaining("after 2 tries, while others were served: answered 403");
    }

    @Test
    void cancellingGivesUpTheWorkAndItsPlace() {
        List<CompletableFuture<Generation>> asked = ask("a", "b");
        ScriptedGenerator.Open first = model.next();

        asked.get(0).cancel(true);

        assertThat(first.result()).isCancelled();
        assertThat(generator.metrics().tokensInFlight()).isEqualTo(tokens("b"));
    }

    @Test
    void cancellingWhatIsToldGivesUpTheWorkToo() {
        CompletableFuture<Generation> told = generator.generate(request("a"), text -> {});

        told.cancel(true);

        assertThat(model.next().result()).isCancelled();
    }

    @Test
    void closingFailsWhatIsUnderWayAndClosesTheModel() {
        List<CompletableFuture<Generation>> asked = ask("a", "b");
        generator.close();

        assertThat(asked).allMatch(CompletableFuture::isCompletedExceptionally);
        assertThat(model.closed).isTrue();
        assertThat(ask("c").get(0)).isCompletedExceptionally();
    }

    @Test
    void aKnownAnswerIsNotAskedForAgain(@TempDir Path folder) throws Exception {
        try (AnswerLog log = AnswerLog.open(folder, 1 << 20)) {
            generator.close();
            generator = generator(1_000, 3, 3, log);
            CompletableFuture<Generation> first = ask("a").get(0);
            model.next().answer("A");

            assertThat(ask("a").get(0).join()).isEqualTo(first.join());
            assertThat(model.prompts()).isEmpty();
            assertThat(generator.metrics().answeredFromLog()).isEqualTo(1);
            assertThat(generator.metrics().completionTokens()).isEqualTo(2);
        }
    }

    @Test
    void countsTimeTokensAndCost() {
        ask("a", "b");
        time.pass(Duration.ofSeconds(2));
        model.next().answer("A");
        time.pass(Duration.ofSeconds(1));
        model.next().answer("B");
        time.pass(Duration.ofSeconds(5));

        ReliableMetrics metrics = generator.metrics();
        assertThat(Duration.ofNanos(metrics.busyNanos())).isEqualTo(Duration.ofSeconds(3));
        assertThat(Duration.ofNanos(metrics.latencyNanos())).isEqualTo(Duration.ofSeconds(5));
        assertThat(metrics.promptTokens()).isEqualTo(6);
        assertThat(metrics.cost()).isEqualTo((6 * 1.5 + 4 * 2.5) / 1e6);
    }

    private List<CompletableFuture<Generation>> ask(String... prompts) {
        List<CompletableFuture<Generation>> asked = new ArrayList<>();
        for (String prompt : prompts) {
            asked.add(generator.generate(request(prompt), new RetryBudget(3, 0)));
        }
        return asked;
    }

    private static long tokens(String prompt) {
        return prompt.length() / 4 + TOKENS;
    }

    private static GenerationRequest request(String prompt) {
        return GenerationRequest.of(prompt, Sampling.GREEDY, TOKENS, 1);
    }

    private ReliableGenerator generator(long maxTokens, int tries, int failuresToPause) {
        return generator(maxTokens, tries, failuresToPause, null);
    }

    private ReliableGenerator generator(
            long maxTokens, int tries, int failuresToPause, AnswerLog log) {
        ReliableSettings settings =
                new ReliableSettings(
                        maxTokens,
                        tries,
                        failuresToPause,
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(30),
                        ReliableSettings.DEFAULTS.slow(),
                        1.5,
                        2.5);
        return new ReliableGenerator(model, settings, log, time, time::nanos, () -> 1);
    }

    /** A clock that stands, and alarms that go off when a test says so. */
    private static final class Clock implements Alarms {
        private final AtomicLong nanos = new AtomicLong(1);
        private final List<Duration> delays = new ArrayList<>();
        private List<Runnable> set = new ArrayList<>();

        long nanos() {
            return nanos.get();
        }

        void pass(Duration time) {
            nanos.addAndGet(time.toNanos());
        }

        void goOff() {
            List<Runnable> due = set;
            set = new ArrayList<>();
            due.forEach(Runnable::run);
        }

        @Override
        public Alarm after(Duration delay, Runnable task) {
            delays.add(delay);
            set.add(task);
            return () -> set.remove(task);
        }

        @Override
        public void close() {}
    }
}
