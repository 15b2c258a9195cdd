package io.prefstream.model.engine;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides which tokens of which sequences make up a step. Knows no kernels and no clock.
 *
 * <p>Sequences that generate come first with one token each; what is left of the token budget goes
 * to prompts, in chunks, in order of admission. Several steps may be under way side by side, each
 * with sequences of its own and about an equal share of the tokens; none waits for another. A
 * sequence is admitted when its prompt and the answer that is expected fit the blocks that are free
 * and not expected to be needed by those that run. When the expectation was too low the last one
 * admitted gives its blocks up and starts again later: its tokens are kept and its text does not
 * change.
 */
final class Scheduler {
    /** Tokens that are worth a step beside another one. */
    private static final int WORTH_A_STEP = 4;

    private final BlockPool pool;
    private final FairQueue waiting;
    private final List<Sequence> running = new ArrayList<>();
    private int maxSequences;
    private int tokensPerStep;
    private long preemptions;
    private int stepsUnderWay;

    /** Share of the asked tokens that answers have used lately. */
    private double expectedShare = 1;

    /** So many of a sequence's next tokens. */
    record Turn(Sequence sequence, int count) {}

    Scheduler(BlockPool pool, FairQueue waiting, int maxSequences, int tokensPerStep) {
        this.pool = pool;
        this.waiting = waiting;
        this.maxSequences = maxSequences;
        this.tokensPerStep = tokensPerStep;
    }

    List<Sequence> running() {
        return running;
    }

    long preemptions() {
        return preemptions;
    }

    int maxSequences() {
        return maxSequences;
    }

    int tokensPerStep() {
        return tokensPerStep;
    }

    /** Whether a sequence runs that no step under way has a turn of. */
    boolean ready() {
        return running.stream().anyMatch(Scheduler::ready);
    }

    private static boolean ready(Sequence sequence) {
        return sequence.underWay == 0;
    }

    /**
     * The turns of a step beside those that are under way; none when nothing can run, or what runs
     * is not worth another step. {@link #made} follows when it was made.
     *
     * @param admit whether others than those that ran already may join
     * @param steps so many at most may be under way side by side
     */
    List<Turn> plan(boolean admit, int steps) {
        while (running.size() > maxSequences && ready()) {
            preempt(lastReady());
        }
        admit(admit);
        int budget = tokensPerStep - running.stream().mapToInt(sequence -> sequence.underWay).sum();
        int tokens = Math.min(tokensPerStep, running.stream().mapToInt(Sequence::remaining).sum());
        int parts = Math.max(1, Math.min(steps, tokens / WORTH_A_STEP));
        List<Turn> turns = new ArrayList<>();
        if (stepsUnderWay < parts) {
            int share = Math.min(budget, (tokens + parts - 1) / parts);
            generate(share, turns);
            boolean lastPart = stepsUnderWay + 1 == parts;
            readPrompts(share, lastPart ? budget : share, budget, turns);
        }
        if (!turns.isEmpty()) {
            turns.forEach(turn -> turn.sequence.underWay = turn.count);
            stepsUnderWay++;
        }
        return turns;
    }

    private void generate(int share, List<Turn> turns) {
        for (Sequence sequence : List.copyOf(running)) {
            if (ready(sequence)
                    && sequence.remaining() == 1
                    && turns.size() < share
                    && reserve(sequence, 1, turns)) {
                turns.add(new Turn(sequence, 1));
            }
        }
    }

    /**
     * Begins no prompt beyond the share, and ends within the limit unless the step would be empty:
     * what is left then is another step's, which may begin at once.
     */
    private void readPrompts(int share, int limit, int budget, List<Turn> turns) {
        for (Sequence sequence : List.copyOf(running)) {
            if (!ready(sequence) || sequence.remaining() == 1) {
                continue;
            }
            int before = turns.stream().mapToInt(Turn::count).sum();
            int count = Math.min(sequence.remaining(), budget - before);
            if (before < share
                    && (before == 0 || before + count <= limit)
                    && reserve(sequence, count, turns)) {
                turns.add(new Turn(sequence, count));
            }
        }
    }

    /** A step was made, or has failed: its sequences may have another turn. */
    void made(List<Turn> turns) {
        turns.forEach(turn -> turn.sequence.underWay = 0);
        stepsUnderWay--;
    }

    /** After a turn: its blocks that became full are known from now on. */
    void computed(Turn turn) {
        Sequence sequence = turn.sequence;
        int blockTokens = pool.blockTokens();
        int full = sequence.computed / blockTokens;
        sequence.computed += turn.count;
        for (int block = full; block < sequence.computed / blockTokens; block++) {
            pool.filled(sequence.table, block, sequence.tokens);
        }
    }

    /** Takes a sequence out for good. */
    void finish(Sequence sequence) {
        if (running.remove(sequence)) {
            free(sequence);
        }
        if (sequence.work instanceof Sequence.Continue c) {
            double used = (double) (sequence.length - sequence.promptLength) / c.maxTokens();
            expectedShare += 0.05 * (used - expectedShare);
        }
    }

    /**
     * Halves the limits; sequences beyond them wait from the next plan on.
     *
     * @return false when there is nothing left to halve
     */
    boolean shrink() {
        if (tokensPerStep == 1 || (running.size() <= 1 && tokensPerStep <= 16)) {
            return false;
        }
        tokensPerStep = Math.max(1, tokensPerStep / 2);
        maxSequences = Math.max(1, Math.min(maxSequences / 2, tokensPerStep));
        return true;
    }

    /** Those that ran already go on whatever weights come. */
    private void admit(boolean others) {
        while (running.size() < maxSequences) {
            @Nullable Sequence next = others ? waiting.peek() : waiting.peekPreempted();
            if (next == null || !fits(next)) {
                return;
            }
            waiting.poll();
            for (int block : pool.reuse(next.tokens, next.reusable())) {
                next.addBlock(block);
            }
            next.computed = next.blocks * pool.blockTokens();
            running.add(next);
        }
    }

    private boolean fits(Sequence next) {
        if (running.isEmpty()) {
            return true;
        }
        int promised = 0;
        for (Sequence sequence : running) {
            promised += Math.max(0, pool.blocksFor(expected(sequence)) - sequence.blocks);
        }
        return pool.freeBlocks() - promised >= pool.blocksFor(expected(next));
    }

    private int expected(Sequence sequence) {
        int answer = sequence.longest() - sequence.promptLength;
        int likely = sequence.promptLength + (int) Math.ceil(answer * expectedShare);
        return Math.min(sequence.longest(), Math.max(likely, sequence.length + 1));
    }

    /**
     * Gets blocks for the next {@code count} tokens, from those admitted later if need be; false
     * when it has to wait for them. It does not give its own up while steps are under way: one of
     * their sequences may be the later one.
     */
    private boolean reserve(Sequence sequence, int count, List<Turn> turns) {
        if (!running.contains(sequence)) {
            return false;
        }
        int needed = pool.blocksFor(sequence.computed + count);
        while (sequence.blocks < needed) {
            int block = pool.allocate(sequence.lastBlock());
            if (block >= 0) {
                sequence.addBlock(block);
                continue;
            }
            Sequence last = lastReady();
            if (last == sequence && stepsUnderWay > 0) {
                return false;
            }
            turns.removeIf(turn -> turn.sequence == last);
            preempt(last);
            if (last == sequence) {
                return false;
            }
        }
        return true;
    }

    /** While {@link #ready()}. */
    private Sequence lastReady() {
        int last = running.size() - 1;
        while (!ready(running.get(last))) {
            last--;
        }
        return running.get(last);
    }

    private void preempt(Sequence sequence) {
        running.remove(sequence);
        free(sequence);
        sequence.startAgain();
        waiting.putBack(sequence);
        preemptions++;
    }

    private void free(Sequence sequence) {
        pool.release(sequence.table, sequence.blocks);
        sequence.blocks = 0;
    }
}
