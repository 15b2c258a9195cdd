package io.prefstream.model.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.generation.Sampling;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SchedulerTest {
    private final FairQueue waiting = new FairQueue();

    @Test
    void twoStepsSideBySideShareTheTextsAndKeepThem() {
        Scheduler scheduler = scheduler(100, 64, 512);
        generating(10);
        List<Scheduler.Turn> first = scheduler.plan(true, 2);
        List<Scheduler.Turn> second = scheduler.plan(true, 2);
        assertThat(first).hasSize(5);
        assertThat(second).hasSize(5);
        assertThat(texts(second)).doesNotContainAnyElementsOf(texts(first));
        assertThat(scheduler.plan(true, 2)).isEmpty();
        make(scheduler, second);
        assertThat(texts(scheduler.plan(true, 2))).isEqualTo(texts(second));
    }

    @Test
    void fewTokensAreOneStep() {
        Scheduler scheduler = scheduler(100, 64, 512);
        generating(7);
        assertThat(scheduler.plan(true, 2)).hasSize(7);
    }

    @Test
    void aLongPromptIsAStepOfItsOwnBesideThoseWhoGenerate() {
        Scheduler scheduler = scheduler(100, 64, 512);
        generating(10);
        waiting.add(text(300));
        List<Scheduler.Turn> first = scheduler.plan(true, 2);
        List<Scheduler.Turn> second = scheduler.plan(true, 2);
        assertThat(first).hasSize(10).allMatch(turn -> turn.count() == 1);
        assertThat(second).extracting(Scheduler.Turn::count).containsExactly(300);
    }

    /** The other step has a prompt of its own, so nobody else could read this one meanwhile. */
    @Test
    void theLastStepTakesAPromptBesideItsTexts() {
        Scheduler scheduler = scheduler(100, 64, 512);
        waiting.add(text(200));
        List<Scheduler.Turn> first = scheduler.plan(true, 1);
        generating(4);
        waiting.add(text(250));
        List<Scheduler.Turn> second = scheduler.plan(true, 2);
        assertThat(first).extracting(Scheduler.Turn::count).containsExactly(200);
        assertThat(second).extracting(Scheduler.Turn::count).containsExactly(1, 1, 1, 1, 250);
    }

    @Test
    void stepsSideBySideHaveOneTokenBudget() {
        Scheduler scheduler = scheduler(100, 8, 64);
        IntStream.range(0, 3).forEach(i -> waiting.add(text(50)));
        List<Scheduler.Turn> first = scheduler.plan(true, 3);
        List<Scheduler.Turn> second = scheduler.plan(true, 3);
        assertThat(first).extracting(Scheduler.Turn::count).containsExactly(50);
        assertThat(second).extracting(Scheduler.Turn::count).containsExactly(14);
        assertThat(scheduler.plan(true, 3)).isEmpty();
    }

    /** Ten texts fill the ten blocks; the first five each need another one for their next token. */
    @Test
    void withoutBlocksLaterTextsGiveWayButNoneOfAStepUnderWay() {
        Scheduler scheduler = scheduler(10, 64, 512);
        // Answers have been short, so each text is expected to do with one block.
        IntStream.range(0, 200).forEach(i -> scheduler.finish(text(1)));
        List<Sequence> texts = IntStream.range(0, 10).mapToObj(i -> text(i < 5 ? 15 : 8)).toList();
        texts.forEach(waiting::add);
        make(scheduler, scheduler.plan(true, 1));
        List<Scheduler.Turn> first = scheduler.plan(false, 2);
        List<Scheduler.Turn> second = scheduler.plan(false, 2);
        assertThat(texts(first)).isEqualTo(texts.subList(0, 5));
        assertThat(texts(second)).isEqualTo(texts.subList(5, 10));
        make(scheduler, first);

        List<Scheduler.Turn> third = scheduler.plan(false, 2);
        assertThat(texts(third)).isEqualTo(texts.subList(0, 2));
        assertThat(scheduler.preemptions()).isEqualTo(2);
        assertThat(scheduler.running()).contains(texts.get(2)).containsAll(texts.subList(5, 10));

        make(scheduler, second);
        assertThat(texts(scheduler.plan(false, 2))).contains(texts.get(2));
        assertThat(scheduler.preemptions()).isEqualTo(3);
        assertThat(scheduler.running()).doesNotContain(texts.get(9));
    }

    private Scheduler scheduler(int blocks, int maxSequences, int tokensPerStep) {
        return new Scheduler(new BlockPool(blocks, 16), waiting, maxSequences, tokensPerStep);
    }

    /** So many texts with one new token each. */
    private void generating(int count) {
        IntStream.range(0, count).forEach(i -> waiting.add(text(1)));
    }

    private static void make(Scheduler scheduler, List<Scheduler.Turn> turns) {
        scheduler.made(turns);
        turns.forEach(turn -> computed(scheduler, turn));
    }

    private static void computed(Scheduler scheduler, Scheduler.Turn turn) {
        scheduler.computed(turn);
        turn.sequence().append(1);
    }

    private static List<Sequence> texts(List<Scheduler.Turn> turns) {
        return turns.stream().map(Scheduler.Turn::sequence).toList();
    }

    private static Sequence text(int tokens) {
        return Recorded.sequence(new int[tokens], Sampling.GREEDY, 16, 0, new Recorded());
    }
}
