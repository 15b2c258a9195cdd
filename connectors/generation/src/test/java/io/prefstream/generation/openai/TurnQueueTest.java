package io.prefstream.generation.openai;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TurnQueueTest {
    private final TurnQueue<String> queue = new TurnQueue<>();

    @Test
    void clientsComeInTurn() {
        queue.add("a", "a1");
        queue.add("a", "a2");
        queue.add("a", "a3");
        queue.add("b", "b1");

        assertThat(queue.size()).isEqualTo(4);
        assertThat(queue.poll()).hasValue("a1");
        assertThat(queue.poll()).hasValue("b1");
        assertThat(queue.poll()).hasValue("a2");
        assertThat(queue.poll()).hasValue("a3");
        assertThat(queue.poll()).isEmpty();
    }

    @Test
    void whatIsTakenOutWaitsNoMore() {
        queue.add("a", "a1");
        queue.remove("a", "a1");
        queue.remove("a", "a1");
        queue.remove("b", "b1");

        assertThat(queue.size()).isZero();
        assertThat(queue.poll()).isEmpty();
    }
}
