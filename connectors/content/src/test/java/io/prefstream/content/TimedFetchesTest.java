package io.prefstream.content;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class TimedFetchesTest {

    @Test
    void givesUpOnAFetchThatHangsAndInterruptsIt() throws Exception {
        CountDownLatch interrupted = new CountDownLatch(1);
        try (TimedFetches fetches = new TimedFetches("test", Duration.ofMillis(50))) {
            FetchResult result =
                    fetches.run(
                            deadline -> {
                                try {
                                    new CountDownLatch(1).await();
                                } catch (InterruptedException e) {
                                    interrupted.countDown();
                                }
                                return new Fetched(List.of(), List.of());
                            });
            assertThat(result)
                    .isInstanceOfSatisfying(
                            FetchFailed.class,
                            failed -> {
                                assertThat(failed.reason()).isEqualTo(FetchFailure.TIMEOUT);
                                assertThat(failed.reason().retryable()).isTrue();
                            });
            assertThat(interrupted.await(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void keepsTheInterruptOfItsCaller() {
        try (TimedFetches fetches = new TimedFetches("test", Duration.ofMinutes(1))) {
            Thread.currentThread().interrupt();
            FetchResult result =
                    fetches.run(
                            deadline -> {
                                while (!deadline.passed()) {
                                    Thread.onSpinWait();
                                }
                                return new Fetched(List.of(), List.of());
                            });
            assertThat(Thread.interrupted()).isTrue();
            assertThat(result)
                    .isEqualTo(
                            new FetchFailed(
                                    FetchFailure.INTERRUPTED, "interrupted while fetching"));
        }
    }
}
