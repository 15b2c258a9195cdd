package io.prefstream.trainer.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class EventStreamTest {
    private final Deque<Runnable> writers = new ArrayDeque<>();
    private final ByteArrayOutputStream client = new ByteArrayOutputStream();
    private final AtomicInteger gone = new AtomicInteger();
    private final List<Outcome> over = new ArrayList<>();

    @Test
    void nothingIsWrittenBeforeTheStartAndEverythingAfterIt() {
        EventStream stream = stream(() -> client, 10_000);
        stream.send(() -> "a", 1);
        stream.end(Outcome.OK);
        stream.send(() -> "late", 4);
        assertThat(writers).isEmpty();
        stream.start();
        run();
        assertThat(client.toString(StandardCharsets.UTF_8)).isEqualTo("data: a\n\n");
        assertThat(over).containsExactly(Outcome.OK);
        assertThat(gone).hasValue(0);
    }

    @Test
    void eventsKeepTheirOrderAcrossWriters() {
        EventStream stream = stream(() -> client, 10_000);
        stream.start();
        stream.send(() -> "a", 1);
        run();
        stream.send(() -> "b", 1);
        stream.send(() -> "c", 1);
        assertThat(writers).hasSize(1);
        run();
        assertThat(over).isEmpty();
        stream.end(Outcome.OK);
        run();
        assertThat(client.toString(StandardCharsets.UTF_8))
                .isEqualTo("data: a\n\ndata: b\n\ndata: c\n\n");
        assertThat(over).containsExactly(Outcome.OK);
    }

    @Test
    void aClientThatLetsTooMuchPileUpIsGivenUp() {
        EventStream stream = stream(() -> client, 10_000);
        stream.start();
        for (int i = 0; i < 100; i++) {
            stream.send(() -> "x", 1);
        }
        assertThat(stream.isGone()).isTrue();
        assertThat(gone).hasValue(1);
        run();
        assertThat(client.size()).isZero();
        assertThat(over).containsExactly(Outcome.CANCELLED);
    }

    @Test
    void aClientThatCannotBeWrittenToHasGone() {
        EventStream stream =
                stream(
                        () -> {
                            throw new IOException("broken pipe");
                        },
                        10_000);
        stream.send(() -> "a", 1);
        stream.start();
        run();
        stream.end(Outcome.OK);
        run();
        assertThat(gone).hasValue(1);
        assertThat(over).containsExactly(Outcome.CANCELLED);
    }

    @Test
    void aPingIsACommentAndOnlyWhereNothingElseIsSaid() {
        EventStream stream = stream(() -> client, 10_000);
        stream.ping();
        stream.start();
        run();
        stream.ping();
        run();
        stream.send(() -> "a", 1);
        stream.ping();
        run();
        assertThat(client.toString(StandardCharsets.UTF_8)).isEqualTo(": \n\ndata: a\n\n");
    }

    @Test
    void aWriteThatTakesTooLongIsCut() throws Exception {
        AtomicLong now = new AtomicLong();
        TimedWrites writes = new TimedWrites(Duration.ofSeconds(1), now::get);
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch cut = new CountDownLatch(1);
        Thread writer =
                new Thread(
                        () -> {
                            try {
                                writes.run(
                                        () -> {
                                            begun.countDown();
                                            blockUntilInterrupted();
                                        });
                            } catch (IOException e) {
                                cut.countDown();
                            }
                        });
        writer.start();
        begun.await();
        writes.cut();
        now.addAndGet(Duration.ofSeconds(2).toNanos());
        writes.cut();
        assertThat(cut.await(20, TimeUnit.SECONDS)).isTrue();
        writer.join();
    }

    private static void blockUntilInterrupted() throws IOException {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            throw new IOException("cut", e);
        }
    }

    private EventStream stream(EventStream.Opening client, int limit) {
        EventStream.Listener listener =
                new EventStream.Listener() {
                    @Override
                    public void gone() {
                        gone.incrementAndGet();
                    }

                    @Override
                    public void over(EventStream stream, Outcome outcome) {
                        over.add(outcome);
                    }
                };
        return new EventStream(client, writers::add, limit, listener);
    }

    private void run() {
        for (Runnable next = writers.poll(); next != null; next = writers.poll()) {
            next.run();
        }
    }
}
