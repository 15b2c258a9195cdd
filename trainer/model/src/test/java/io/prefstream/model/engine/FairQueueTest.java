package io.prefstream.model.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.prefstream.generation.Sampling;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FairQueueTest {
    private final FairQueue queue = new FairQueue();

    /** Two come for each that is taken, each of another client. */
    @Test
    void clientsOfOneTextAreServedInOrderOfArrivalUnderOverload() {
        for (int i = 0; i < 2_000; i++) {
            queue.add(text("client " + 2 * i, 40));
            queue.add(text("client " + (2 * i + 1), 40));
            assertThat(poll().client).isEqualTo("client " + i);
        }
    }

    /**
     * Twenty others wait at any time, always new ones. The second text of 200 tokens comes at the
     * latest at turn ⌊2 · 200 / 64⌋ + 1 = 7, before which each of twenty others has had one.
     */
    @Test
    void aSecondTextIsNotPassedForEverByClientsThatCome() {
        IntStream.range(0, 20).forEach(i -> queue.add(text("early " + i, 100)));
        queue.add(text("two", 200));
        Sequence second = text("two", 200);
        queue.add(second);
        int taken = 0;
        for (Sequence next = poll(); next != second; next = poll()) {
            queue.add(text("late " + taken, 100));
            taken++;
            assertThat(taken).isLessThanOrEqualTo(7 * 21);
        }
        assertThat(taken).isGreaterThan(2 * 20);
    }

    /** One has many short texts, the other one long text after another, never two at once. */
    @Test
    void clientsGetEqualTokensWhateverTheirTextsAre() {
        IntStream.range(0, 5_000).forEach(i -> queue.add(text("short", 10)));
        queue.add(text("long", 640));
        Map<String, Integer> tokens = new HashMap<>();
        for (int i = 0; i < 3_000; i++) {
            Sequence taken = poll();
            tokens.merge(taken.client, taken.longest(), Integer::sum);
            if (taken.client.equals("long")) {
                queue.add(text("long", 640));
            }
        }
        assertThat((double) tokens.getOrDefault("long", 0) / tokens.getOrDefault("short", 0))
                .isCloseTo(1, within(0.05));
    }

    @Test
    void thoseThatGaveTheirPlaceUpComeFirstAndCostNobodyATurn() {
        IntStream.range(0, 3).forEach(i -> queue.add(text("a", 100)));
        IntStream.range(0, 3).forEach(i -> queue.add(text("b", 100)));
        Sequence first = poll();
        Sequence second = poll();
        assertThat(first.client).isEqualTo("a");
        assertThat(second.client).isEqualTo("b");
        // As the scheduler does: the last one admitted gives way first.
        queue.putBack(second);
        queue.putBack(first);
        assertThat(queue.size()).isEqualTo(6);
        assertThat(queue.peek()).isSameAs(first).isSameAs(queue.peekPreempted());
        assertThat(poll()).isSameAs(first);
        assertThat(poll()).isSameAs(second);
        assertThat(queue.peekPreempted()).isNull();
        assertThat(poll().client).isEqualTo("a");
        assertThat(poll().client).isEqualTo("b");
    }

    @Test
    void whatIsTakenOutIsNotCounted() {
        queue.add(text("a", 10));
        queue.add(text("b", 10));
        queue.putBack(text("c", 10));
        queue.removeIf(text -> !text.client.equals("b"));
        assertThat(queue.size()).isOne();
        assertThat(poll().client).isEqualTo("b");
        assertThat(queue.peek()).isNull();
        assertThat(queue.poll()).isNull();
        assertThat(queue.size()).isZero();
    }

    private Sequence poll() {
        return Objects.requireNonNull(queue.poll());
    }

    /** Of so many tokens with its answer. */
    private static Sequence text(String client, int tokens) {
        return new Sequence(
                new int[tokens - 1],
                new Sequence.Continue(Sampling.GREEDY, 1, Set.of(), 0, -1, new Recorded()),
                client,
                0,
                Long.MAX_VALUE);
    }
}
